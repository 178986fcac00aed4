/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.p: what a thread needs to run Go code. Source: runtime/runtime2.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_P_H
#define GOPM_RUNTIME_P_H

#include "core/corefile.h"

struct gopm__runtime; /* runtime/runtime.h */

/* Goroutines in the queue of a P: the length of runtime.p.runq. */
#define GOPM__P_QUEUE 256u

/* p.status */
enum {
	GOPM__P_IDLE,
	GOPM__P_RUNNING,
	GOPM__P_SYSCALL, /* not since Go 1.26 */
	GOPM__P_GCSTOP,
	GOPM__P_DEAD,
};

struct gopm__p {
	uint64_t address, id;
	uint32_t status;    /* GOPM__P_* */
	uint64_t m;         /* address of the m that has it; 0: none */
	int64_t sched_when; /* nanotime at which sysmon saw it run the current goroutine first; 0: it did not see it
	                       yet, or unknown */
	uint32_t queued;    /* goroutines in its queue, at most GOPM__P_QUEUE + 1 */
};

/* Reads the elements of runtime.allp into rt->ps. Damage is a finding.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__ps_load(struct gopm__runtime *rt, struct gopm__reader *reader);

/* How many may be running code. A P whose status is unknown counts; UINT64_MAX: no P is known. */
uint64_t gopm__ps_running(const struct gopm__runtime *rt, struct gopm__reader *reader);

/* False: it is not in the core, or damaged. */
bool gopm__p_read(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, struct gopm__p *out);

/* Fills up to GOPM__P_QUEUE + 1 addresses of the goroutines in its queue, the next one first. Returns how many. */
size_t gopm__p_queue(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__p *p,
                     uint64_t *out);

#endif
