/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.p: what a thread needs to run Go code. Source: runtime/runtime2.go, Go 1.16 to 1.27. */
#ifndef GOPM_RUNTIME_P_H
#define GOPM_RUNTIME_P_H

#include "core/corefile.h"

struct gopm__runtime; /* runtime/runtime.h */

/* Reads the elements of runtime.allp into rt->ps. Damage is a finding.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__ps_load(struct gopm__runtime *rt, struct gopm__reader *reader);

/* How many may be running code. A P whose status is unknown counts; UINT64_MAX: no P is known. */
uint64_t gopm__ps_running(const struct gopm__runtime *rt, struct gopm__reader *reader);

#endif
