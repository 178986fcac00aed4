/* SPDX-License-Identifier: Apache-2.0 */
/* The closures of the deferred calls of a goroutine that are pending. claim_defer.c knows what they do with locks and
 * channels; this is for objects of libraries. */
#ifndef GOPM_WHY_DEFERRED_H
#define GOPM_WHY_DEFERRED_H

#include "runtime/g.h"

/* Fills up to `capacity` addresses of closures. Returns how many were filled. */
size_t gopm__deferred_closures(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                               uint64_t *out, size_t capacity);

#endif
