/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands, and the code that they share. */
#ifndef GOPM_COMMAND_COMMAND_H
#define GOPM_COMMAND_COMMAND_H

#include <getopt.h>
#include <gopm/gopm.h>
#include <stdbool.h>
#include <stdio.h>

#include "options.h"

/* Exit codes: part of the command's interface, see docs/reference/README.md. */
#define EXIT_DONE 0
#define EXIT_FAILED 1  /* a file cannot be read, or is malformed */
#define EXIT_USAGE 2   /* the command line is wrong */
#define EXIT_NOTHING 3 /* no failure, but nothing matches */

struct command {
	const char *name;
	const char *summary;
	const char *arguments;                   /* of the usage line: "[options] CORE [EXE]" */
	const char *about;                       /* a paragraph or two for --help */
	const struct option_row *const *options; /* its own tables, then NULL; session_rows follow */
	const struct example *examples;
	int (*run)(const struct command *command, int argc, char **argv);
	/* A letter that an option had before, then the one it has now: accepted with a warning, and not in --help. */
	const char *old_letter;
};

extern const struct command command_info, command_goroutines, command_stack, command_traceback, command_threads,
    command_findings, command_heap, command_mappings, command_slim, command_snapshot, command_vars, command_type,
    command_print, command_profile, command_requests, command_object, command_why, command_leaks, command_functions,
    command_types, command_sources;

/* The arguments that every subcommand has: CORE [EXE], and options for opening them. */
struct session {
	const struct command *command;
	const char *core_path, *exe_path;
	gopm_core_options options;
	bool quiet;
	gopm_core *core;
};

void session_init(struct session *session, const struct command *command);

/* Handles an option of session_rows, '?' and ':' too. Returns -1 to continue, else the exit code.
 * `argv` is for the message. */
int session_option(struct session *session, int option, char **argv);

/* Takes GLOB, if it is there, from [GLOB] CORE [EXE]: if there are two arguments, the first is GLOB unless it is an
 * existing file. NULL: it is not. */
const char *session_glob(const struct session *session, int argc, char **argv);

/* Takes CORE [EXE], or [EXE] after --pid, from the arguments that follow the options. CORE "-" is standard input.
 * CORE and EXE may be swapped, if both are files.
 * Returns -1 to continue, else the exit code. */
int session_files(struct session *session, int argc, char **argv);

/* session_files(), then opens the core. Returns -1 to continue, else the exit code. */
int session_open(struct session *session, int argc, char **argv);

/* session_init(), then all options of a command whose only option is --json. Returns -1 to continue, else the exit
 * code. */
int session_options_json(struct session *session, const struct command *command, int argc, char **argv, bool *json);

/* Prints findings as warnings, closes the core, flushes the output. Returns `code`. */
int session_close(struct session *session, int code);

/* Prints `err` and frees it; prints the status if `err` is NULL. Returns EXIT_FAILED. */
int session_fail(gopm_status status, gopm_error *err);

/* session_fail() with the error of opening the core. */
int session_fail_open(const struct session *session, gopm_status status, gopm_error *err);

/* Prints that a goroutine or thread does not exist. Returns EXIT_NOTHING. */
int session_no_stack(uint64_t goroutine_id, uint64_t thread_id);

/* Prints a message about the command line. Returns EXIT_USAGE. */
int usage_error(const struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* True if `text` is a whole number, decimal or with 0x. */
bool parse_u64(const char *text, uint64_t *value);

/* Parses a number of bytes that may end in K, M or G. */
bool parse_size(const char *text, uint64_t *value);

/* The value of option --`name`: a number above 0. Returns -1 to continue, else the exit code. */
int option_number(const struct session *session, const char *name, uint64_t *value);

/* The rows of a command that has no option but --json. */
extern const struct option_row *const json_options[];

#endif
