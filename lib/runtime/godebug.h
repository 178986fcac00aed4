/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the GODEBUG variable that change a traceback or a profile. */
#ifndef GOPM_RUNTIME_GODEBUG_H
#define GOPM_RUNTIME_GODEBUG_H

#include "core/corefile.h"
#include "exe/executable.h"

/* True if tracebacks of this process print pprof labels: tracebacklabels=1. `minor` is the N of Go 1.N; 0: unknown. */
bool gopm__godebug_traceback_labels(const struct gopm__corefile *core, struct gopm__executable *exe, int minor);

/* The value of profstackdepth, the greatest number of calls in a profile's stack; `before` if it is not set. Only the
 * environment can set it: runtime/runtime1.go, dbgvars (Go 1.23 to 1.27). */
uint32_t gopm__godebug_stack_depth(const struct gopm__corefile *core, uint32_t before);

#endif
