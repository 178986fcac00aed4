/* SPDX-License-Identifier: Apache-2.0 */
/* Check of a layout: with right offsets, goroutines, ms and ps are consistent. */
#ifndef GOPM_RUNTIME_LAYOUT_CHECK_H
#define GOPM_RUNTIME_LAYOUT_CHECK_H

#include "runtime/runtime.h"

/* The array of runtime.allgs, and the addresses of the variables allm and allp; 0: not found. */
struct gopm__layout_anchors {
	uint64_t gs, g_count, allm, allp;
};

/* True if rt->layout fits the core. Not strict: at most half of the first goroutines contradict it. Strict: goroutines,
 * ms and ps are in the core and confirm it; so do sudogs, if any goroutine has one. On failure `why` has the reason. */
bool gopm__layout_check(struct gopm__runtime *rt, const struct gopm__layout_anchors *anchors, bool strict, char *why,
                        size_t size);

#endif
