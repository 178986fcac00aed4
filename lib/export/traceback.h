/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime's own traceback text. Source: runtime/traceback.go, Go 1.16 to 1.27. */
#ifndef GOPM_EXPORT_TRACEBACK_H
#define GOPM_EXPORT_TRACEBACK_H

#include <gopm/traceback.h>

#include "unwind/walk.h"
#include "util/text.h"

/* Appends the block of one goroutine: header, frames, "created by". `budget` is the walk's. */
void gopm__traceback_goroutine(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t level,
                               bool frames_only, uint64_t *budget, struct gopm__text *out);

/* Whether the runtime would print it at this level. */
bool gopm__traceback_shows(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t level);

#endif
