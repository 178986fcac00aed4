/* SPDX-License-Identifier: Apache-2.0 */
/* The options and the call that `gopm slim` and `gopm snapshot` share. */
#ifndef GOPM_COMMAND_SLIM_H
#define GOPM_COMMAND_SLIM_H

#include "command.h"

struct slim {
	gopm_slim_options options;
	bool json;
};

/* session_init(), then all options. Returns -1 to continue, else the exit code. */
int slim_options(struct slim *slim, struct session *session, const struct command *command, int argc, char **argv);

/* Writes the small core and prints its size. Returns the exit code. */
int slim_write(struct slim *slim, struct session *session);

/* The tables of both commands. */
extern const struct option_row *const slim_tables[];

#endif
