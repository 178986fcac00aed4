/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the subcommands as tables. getopt's tables, --help, the reference pages and the man page come from them.
 */
#ifndef GOPM_COMMAND_OPTIONS_H
#define GOPM_COMMAND_OPTIONS_H

#include <stdbool.h>

struct command;

/* One option. A table of options ends with a row without a name. */
struct option_row {
	int id;            /* its letter, or a number above 255 if it has none */
	const char *name;  /* "group-by" */
	const char *value; /* "KEY"; NULL: the option has no value */
	const char *text;  /* for --help, which wraps it */
};

/* One example of --help. A table of examples ends with a row without arguments. */
struct example {
	const char *arguments; /* "goroutines --group-by user core" */
	const char *text;
};

/* Options of every command, and those that several commands share. */
extern const struct option_row session_rows[], filter_rows[], limit_rows[], slim_rows[];

/* Reads the next option as getopt_long() does. Returns its id, -1 after the last one, or '?' or ':' on an error. */
int options_next(const struct command *command, int argc, char **argv);

/* Prints why options_next() returned `option`, '?' or ':', and the option that may be meant. Returns EXIT_USAGE. */
int options_error(const struct command *command, int option, char **argv);

/* True if the command line has the command's option --json, whatever else is wrong with it. */
bool options_ask_json(const struct command *command, int argc, char **argv);

/* Prints --help of a command. */
void help_print(const struct command *command);

#endif
