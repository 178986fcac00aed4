/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a layout belongs to this program: what goroutines, ms and ps say of themselves must fit. */
#ifndef GOPM_RUNTIME_LAYOUT_CHECK_H
#define GOPM_RUNTIME_LAYOUT_CHECK_H

#include "runtime/runtime.h"

/* The addresses of runtime.allgs, allm and allp; 0: not found. */
struct gopm__layout_anchors {
	uint64_t allgs, allm, allp;
};

/* Reads by rt->layout. Not strict: unless most of the first goroutines contradict it, it fits. Strict: goroutines, ms,
 * ps and sudogs have to be there and to confirm it. `why` then says what does not. */
bool gopm__layout_check(struct gopm__runtime *rt, const struct gopm__layout_anchors *anchors, bool strict, char *why,
                        size_t size);

#endif
