/* SPDX-License-Identifier: Apache-2.0 */
/* Prints goroutines exactly as the runtime's own traceback does. Source: runtime/traceback.go, Go 1.16 to 1.27. */
#ifndef GOPM_EXPORT_TRACEBACK_H
#define GOPM_EXPORT_TRACEBACK_H

#include <gopm/traceback.h>

#include "unwind/walk.h"
#include "util/text.h"

/* Appends the block of one goroutine: the header, the frames, "created by" and the ancestors. `level` is
 * GOPM_TRACEBACK_*. `frames_only`: only the frames. `budget` is the walk's, and may be NULL. */
void gopm__traceback_goroutine(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t level,
                               bool frames_only, uint64_t *budget, struct gopm__text *out);

/* True if the runtime would print the goroutine at this level. */
bool gopm__traceback_shows(const struct gopm__runtime *rt, const struct gopm__g *g, uint32_t level);

#endif
