/* SPDX-License-Identifier: Apache-2.0 */
/* Matches the threads of the core with the ms of the runtime, by what each thread holds. */
#ifndef GOPM_RUNTIME_THREAD_MATCH_H
#define GOPM_RUNTIME_THREAD_MATCH_H

#include "runtime/runtime.h"

/* Sets rt->thread_ms, the thread of each m of rt->ms, and what was learned on the way (rt->tls_slot, rt->own_ids).
 * `tls_size`: bytes of the executable's thread-local block; 0: unknown. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__threads_match(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t tls_size);

#endif
