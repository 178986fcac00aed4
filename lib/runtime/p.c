/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/p.h"

#include "runtime/layout/field.h"
#include "runtime/runtime.h"
#include "util/allocate.h"

#define MAX_PS 65536u
#define P_RUNNING 1u /* runtime/runtime2.go, _Prunning */

gopm_status gopm__ps_load(struct gopm__runtime *rt, struct gopm__reader *reader)
{
	uint64_t array, count;

	if (rt->allp == 0 || !gopm__read_u64(reader, rt->allp, &array) ||
	    !gopm__read_u64(reader, rt->allp + 8, &count) || count > MAX_PS) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "runtime.allp was not found: times of waits are estimated without it");
		return GOPM_OK;
	}
	rt->ps = gopm__calloc((size_t)count + 1, sizeof *rt->ps);
	if (rt->ps == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (uint64_t i = 0; i < count; i++) {
		uint64_t p = 0, id = i;
		if (!gopm__read_u64(reader, array + i * 8, &p) || p == 0 ||
		    (gopm__field(reader, p, rt->layout.p.id, 4, &id) && id != i)) {
			gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(array + i * 8),
			                  "runtime.allp: entry is not the P of its index");
			continue;
		}
		rt->ps[rt->p_count++] = p;
	}
	return GOPM_OK;
}

uint64_t gopm__ps_running(const struct gopm__runtime *rt, struct gopm__reader *reader)
{
	uint64_t status, running = 0;

	for (size_t i = 0; i < rt->p_count; i++) {
		running += !gopm__field(reader, rt->ps[i], rt->layout.p.status, 4, &status) || status == P_RUNNING;
	}
	return rt->p_count != 0 ? running : UINT64_MAX;
}
