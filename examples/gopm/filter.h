/* SPDX-License-Identifier: Apache-2.0 */
/* --where KEY=GLOB. */
#ifndef GOPM_COMMAND_FILTER_H
#define GOPM_COMMAND_FILTER_H

#include "command.h"

#define FILTER_USAGE                                                                                                   \
	"      --where KEY=GLOB\n"                                                                                     \
	"                      only goroutines for which this holds; repeatable, all must\n"                           \
	"                      hold. user, start, go, current: the function's name;\n"                                 \
	"                      status, reason: as in the traceback; id, thread: a number;\n"                           \
	"                      label=NAME or label=NAME=VALUE: a pprof label;\n"                                       \
	"                      object=ADDRESS: waits on it; waiting=TIME: waits at least\n"                            \
	"                      so long (30s, 5m, 2h); system=true|false; dead=true\n"

/* Adds one condition. Returns -1 to go on, else the exit code. Changes and keeps `argument`. */
int filter_where(const struct command *command, gopm_goroutine_filter *filter, char *argument);

#endif
