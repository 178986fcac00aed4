/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of values and their text, for the subcommands that print values. */
#ifndef GOPM_COMMAND_VALUES_H
#define GOPM_COMMAND_VALUES_H

#include "command.h"

struct values {
	gopm_value_options options;
	bool json, full;
};

/* Handles one of limit_rows, and options as session_option() does. Returns -1 to continue, else the exit code. */
int limits_option(gopm_value_options *options, struct session *session, int option, char **argv);

/* Handles --json, --full, and options as limits_option() does. Returns -1 to continue, else the exit code. */
int values_option(struct values *values, struct session *session, int option, char **argv);

/* Sets the limits that the command line did not set. */
void values_finish(struct values *values);

/* Prints a value as one line, without a newline. */
void values_text(const gopm_value *value);

#endif
