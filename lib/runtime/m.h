/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.m: a thread of the runtime. Source: runtime/runtime2.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_M_H
#define GOPM_RUNTIME_M_H

#include "core/corefile.h"

struct gopm__runtime; /* runtime/runtime.h */

struct gopm__m {
	uint64_t address, id, procid, g0, gsignal, curg, lockedg;
	uint64_t vdso_sp, vdso_pc;
	const struct gopm__thread *thread; /* of the core; NULL: not known, or the core lacks it (thread_match.h) */
	bool throwing, dying;
	bool caught_signal; /* a deadly signal made it throw */
};

/* Reads the list of ms from its first one, runtime.allm, into rt->ms. Damage is a finding, and ends the list.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__ms_load(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t first);

/* The m at `address`, or NULL. */
const struct gopm__m *gopm__runtime_m(const struct gopm__runtime *rt, uint64_t address);

/* The m of a thread of the core, or NULL. */
const struct gopm__m *gopm__runtime_m_of_thread(const struct gopm__runtime *rt, const struct gopm__thread *thread);

#endif
