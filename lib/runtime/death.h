/* SPDX-License-Identifier: Apache-2.0 */
/* Why the process ended, as far as the runtime and the kernel wrote it down. */
#ifndef GOPM_RUNTIME_DEATH_H
#define GOPM_RUNTIME_DEATH_H

#include "runtime/runtime.h"

struct gopm__death {
	uint32_t kind; /* GOPM_DEATH_* */
	int32_t signal, signal_code;
	uint64_t fault_address, thread, goroutine;
	uint64_t g;    /* address of that goroutine's g; 0: none */
	gopm_str text; /* in rt->arena or the core */
};

/* Called once, at open. */
void gopm__death_find(struct gopm__death *death, struct gopm__runtime *rt);

#endif
