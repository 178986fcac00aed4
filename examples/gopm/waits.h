/* SPDX-License-Identifier: Apache-2.0 */
/* The objects that goroutines wait on. */
#ifndef GOPM_COMMAND_WAITS_H
#define GOPM_COMMAND_WAITS_H

#include <gopm/gopm.h>

struct wait_objects; /* wait_objects.h */

/* A line for each object, after `indent`. */
void text_waits(gopm_core *core, const gopm_goroutine *g, const struct wait_objects *objects, const char *indent);

/* ", fires in 59m", by the newest time that the core knows; nothing where there is no deadline. */
void text_deadline(gopm_core *core, int64_t deadline);

#endif
