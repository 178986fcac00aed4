/* SPDX-License-Identifier: Apache-2.0 */
/* The option --where KEY=GLOB. */
#ifndef GOPM_COMMAND_FILTER_H
#define GOPM_COMMAND_FILTER_H

#include "command.h"

/* Adds one condition. Returns -1 to continue, else the exit code. Changes `argument`, and keeps pointers to it. */
int filter_where(const struct command *command, gopm_goroutine_filter *filter, char *argument);

/* After the core is open: finds what only the whole core tells. Returns -1 to continue, else the exit code. */
int filter_complete(struct session *session, gopm_goroutine_filter *filter);

#endif
