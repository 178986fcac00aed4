/* SPDX-License-Identifier: Apache-2.0 */
/* The place in code where a goroutine waits, as its author sees it: all waits for a lock are in package sync. */
#ifndef GOPM_WHY_WAIT_FRAME_H
#define GOPM_WHY_WAIT_FRAME_H

#include "unwind/locate.h"

/* True for functions of the runtime, package sync and internal packages. */
bool gopm__waits_inside(gopm_str function);

/* Finds the innermost frame outside of these, inlined calls included; info NULL: there is none. `budget`: of the walk;
 * may be NULL. */
void gopm__wait_frame(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t *budget,
                      struct gopm__place_in_code *out);

#endif
