/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of the runtime itself: Ps with their run queues, ms, and what the runtime's own goroutines wait for. */
#ifndef GOPM_WHY_RUNTIME_OBJECT_H
#define GOPM_WHY_RUNTIME_OBJECT_H

#include <gopm/object.h>

#include "program/program.h"

/* GOPM_OBJECT_COLLECTOR or GOPM_OBJECT_FINALIZERS by the wait reason; else GOPM_OBJECT_OTHER. */
uint8_t gopm__runtime_wait_kind(gopm_str reason);

/* GOPM_OBJECT_P or GOPM_OBJECT_M, if one is at the address; else GOPM_OBJECT_OTHER. */
uint8_t gopm__runtime_object_kind(const struct gopm__runtime *rt, uint64_t address);

struct gopm__runtime_object {
	uint64_t id;        /* of a P or m */
	uint64_t goroutine; /* that it runs; 0: none */
	uint64_t partner;   /* address of the m of a P; 0: none */
	uint64_t queued;    /* goroutines in its queue */
	gopm_str state;     /* "running", "idle", "waits for a lock in runtime.mallocgc"; empty: unknown */
};

/* Describes the object. The text is in the arena, or static. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__runtime_object(struct gopm__program *program, struct gopm__arena *arena, uint8_t kind,
                                 uint64_t address, struct gopm__runtime_object *out);

/* A goroutine in the run queue of a P. */
struct gopm__queued {
	uint64_t p, g; /* addresses */
};

/* Lists all goroutines in run queues of Ps; the caller frees the list. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__queued_list(struct gopm__runtime *rt, struct gopm__queued **list, size_t *count);

#endif
