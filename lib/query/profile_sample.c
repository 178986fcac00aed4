/* SPDX-License-Identifier: Apache-2.0 */
#include "query/profile.h"

#include "util/vector.h"

struct gopm__profile_sample *gopm__profile_add(struct gopm__profile *p, const uint64_t *pcs, size_t count)
{
	if (!GOPM__VECTOR_RESERVE(p->samples, p->count, p->capacity, 1) ||
	    !GOPM__VECTOR_RESERVE(p->pcs, p->pc_count, p->pc_capacity, count + 1)) {
		return NULL;
	}
	struct gopm__profile_sample *sample = &p->samples[p->count++];
	*sample = (struct gopm__profile_sample){.first_pc = p->pc_count, .pc_count = (uint32_t)count};
	if (count != 0) {
		memcpy(p->pcs + p->pc_count, pcs, count * sizeof *pcs);
	}
	p->pc_count += count;
	return sample;
}
