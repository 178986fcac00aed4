/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/p.h"

#include "runtime/layout/field.h"
#include "runtime/runtime.h"
#include "util/allocate.h"

#define MAX_PS 65536u

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
		running +=
		    !gopm__field(reader, rt->ps[i], rt->layout.p.status, 4, &status) || status == GOPM__P_RUNNING;
	}
	return rt->p_count != 0 ? running : UINT64_MAX;
}

/* runq is a ring, whose head and tail only grow; runnext is before it (runtime/proc.go, runqget). */
static uint32_t ring_length(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t p, uint32_t *head)
{
	uint64_t begin, end;

	if (!gopm__field(reader, p, l->p.runqhead, 4, &begin) || !gopm__field(reader, p, l->p.runqtail, 4, &end)) {
		return 0;
	}
	*head = (uint32_t)begin;
	const uint32_t length = (uint32_t)end - (uint32_t)begin;
	return length <= GOPM__P_QUEUE ? length : 0;
}

bool gopm__p_read(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, struct gopm__p *out)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t id, status, tick = 0, seen = 0, when = 0;
	uint32_t head = 0;

	*out = (struct gopm__p){.address = address};
	if (!gopm__field(reader, address, l->p.id, 4, &id) || !gopm__field(reader, address, l->p.status, 4, &status) ||
	    id >= rt->p_count || status > GOPM__P_DEAD) {
		return false;
	}
	out->id = id;
	out->status = (uint32_t)status;
	out->m = gopm__field_or_0(reader, address, l->p.m, 8);
	/* sysmon notes the time when it sees another tick than before (runtime/proc.go, retake). */
	if (gopm__field(reader, address, l->p.schedtick, 4, &tick) &&
	    gopm__field(reader, address, l->p.seentick, 4, &seen) && tick == seen &&
	    gopm__field_u64(reader, address, l->p.schedwhen, &when) && when <= INT64_MAX) {
		out->sched_when = (int64_t)when;
	}
	out->queued =
	    ring_length(l, reader, address, &head) + (gopm__field_or_0(reader, address, l->p.runnext, 8) != 0);
	return true;
}

size_t gopm__p_queue(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__p *p,
                     uint64_t *out)
{
	const struct gopm__layout *l = &rt->layout;
	uint32_t head = 0;
	const uint32_t length = ring_length(l, reader, p->address, &head);
	const uint64_t next = gopm__field_or_0(reader, p->address, l->p.runnext, 8);
	size_t count = 0;

	if (next != 0) {
		out[count++] = next;
	}
	for (uint32_t i = 0; i < length && l->p.runq >= 0; i++) {
		uint64_t g;
		if (gopm__read_u64(reader,
		                   p->address + (uint64_t)l->p.runq + (uint64_t)((head + i) % GOPM__P_QUEUE) * 8, &g) &&
		    g != 0) {
			out[count++] = g;
		}
	}
	return count;
}
