/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the GODEBUG variable that change a traceback. */
#ifndef GOPM_RUNTIME_GODEBUG_H
#define GOPM_RUNTIME_GODEBUG_H

#include "core/corefile.h"
#include "exe/executable.h"

/* True if tracebacks of this process print pprof labels: tracebacklabels=1. `minor` is the N of Go 1.N; 0: unknown. */
bool gopm__godebug_traceback_labels(const struct gopm__corefile *core, struct gopm__executable *exe, int minor);

#endif
