/* SPDX-License-Identifier: Apache-2.0 */
/* How much of values is shown, and showing them: shared by the subcommands that print values by name. */
#ifndef GOPM_COMMAND_VALUES_H
#define GOPM_COMMAND_VALUES_H

#include "command.h"

struct values {
	gopm_value_options options;
	bool json, full;
};

#define VALUES_OPTIONS                                                                                                 \
	{"json", no_argument, NULL, 'j'}, {"full", no_argument, NULL, 0x300},                                          \
	    {"max-depth", required_argument, NULL, 0x301}, {"max-string", required_argument, NULL, 0x302},             \
	    {"max-elements", required_argument, NULL, 0x303},                                                          \
	{                                                                                                              \
		"max-fields", required_argument, NULL, 0x304                                                           \
	}
#define VALUES_USAGE                                                                                                   \
	"      --full          nested values one level deep, and all fields\n"                                         \
	"      --max-depth N   levels of nested values that are opened (default 0, with\n"                             \
	"                      --full or --json 1)\n"                                                                  \
	"      --max-string N, --max-elements N, --max-fields N\n"                                                     \
	"                      how much of a value is shown (default 64, 64 and 16,\n"                                 \
	"                      with --full or --json all fields)\n"

/* Handles one of VALUES_OPTIONS, and what session_option() does. Returns -1 to go on, else the exit code. */
int values_option(struct values *values, struct session *session, int option, char **argv);

/* Sets what the command line did not. */
void values_finish(struct values *values);

/* The value as one line, without the line's end. */
void values_text(const gopm_value *value);

#endif
