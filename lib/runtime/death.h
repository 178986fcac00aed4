/* SPDX-License-Identifier: Apache-2.0 */
/* The death of the process: a signal, a panic or a fatal error, by what the kernel and the runtime recorded. */
#ifndef GOPM_RUNTIME_DEATH_H
#define GOPM_RUNTIME_DEATH_H

#include "runtime/runtime.h"

struct gopm__death {
	uint32_t kind; /* GOPM_DEATH_* */
	int32_t signal, signal_code;
	uint64_t fault_address, thread, goroutine;
	uint64_t g;    /* address of the goroutine's g; 0: none */
	gopm_str text; /* in rt->arena or the core */
};

/* Called once, when the core is opened. */
void gopm__death_find(struct gopm__death *death, struct gopm__runtime *rt);

#endif
