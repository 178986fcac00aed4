/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.sched: the counts of the scheduler. Source: runtime/runtime2.go, schedt, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_SCHED_H
#define GOPM_RUNTIME_SCHED_H

#include "runtime/runtime.h"

struct gopm__sched {
	uint64_t address;
	uint64_t goidgen;  /* last goroutine id that a P reserved */
	int64_t last_poll; /* nanotime of the last poll of the network; 0: polling now */
	uint32_t idle_ms, locked_idle_ms, max_ms, system_ms;
	uint32_t idle_ps, spinning_ms, system_gs;
	uint64_t ms_made, ms_freed; /* since the process started */
};

/* Found on first use, and valid as long as the runtime. NULL: not found, and a finding says so. Thread-safe. */
const struct gopm__sched *gopm__sched(struct gopm__runtime *rt);

#endif
