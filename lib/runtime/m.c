/* SPDX-License-Identifier: Apache-2.0 */
/* Reads runtime.allm, a list linked by alllink, newest m first. */
#include "runtime/m.h"

#include <stdlib.h>

#include "runtime/g.h"
#include "runtime/layout/field.h"
#include "runtime/runtime.h"
#include "util/map64.h"
#include "util/search.h"
#include "util/vector.h"

#define MAX_MS 1000000u
/* runtime/panic.go, startpanic_m: a fourth one exits at once. */
#define MAX_DYING 3u

static int compare_addresses(const void *a, const void *b)
{
	const struct gopm__m *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

const struct gopm__m *gopm__runtime_m(const struct gopm__runtime *rt, uint64_t address)
{
	size_t i;

	GOPM__LOWER_BOUND(i, rt->m_count, rt->ms[i].address < address);
	return i < rt->m_count && rt->ms[i].address == address ? &rt->ms[i] : NULL;
}

const struct gopm__m *gopm__runtime_m_of_thread(const struct gopm__runtime *rt, const struct gopm__thread *thread)
{
	return rt->thread_ms != NULL ? rt->thread_ms[thread - rt->core->threads] : NULL;
}

static struct gopm__m read_m(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t at)
{
	return (struct gopm__m){
	    .address = at,
	    .id = gopm__field_or_0(reader, at, l->m.id, 8),
	    .procid = gopm__field_or_0(reader, at, l->m.procid, 8),
	    .g0 = gopm__field_or_0(reader, at, l->m.g0, 8),
	    .gsignal = gopm__field_or_0(reader, at, l->m.gsignal, 8),
	    .curg = gopm__field_or_0(reader, at, l->m.curg, 8),
	    .lockedg = gopm__field_or_0(reader, at, l->m.lockedg, 8),
	    .vdso_sp = gopm__field_or_0(reader, at, l->m.vdso_sp, 8),
	    .vdso_pc = gopm__field_or_0(reader, at, l->m.vdso_pc, 8),
	    .throwing = gopm__field_or_0(reader, at, l->m.throwing, 4) != 0,
	    .caught_signal = gopm__field_or_0(reader, at, l->m.caughtsig, 8) != 0,
	    .dying = gopm__field_or_0(reader, at, l->m.dying, 4) != 0,
	};
}

static const char *const faults[] = {
    "its g0 does not point back to it",
    "its current goroutine is that of another m",
    "the goroutine that is locked to it is not",
    "its id is not one",
    "its count of panics is not one",
    "its signal stack does not point back to it",
    "its current goroutine is not one",
};

/* True if a goroutine with an id can be at `g`, or the core lacks it. */
static bool is_goroutine(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t g)
{
	uint64_t id, status;

	return g % 8 == 0 &&
	       (!gopm__field_u64(reader, g, l->g.goid, &id) || !gopm__field(reader, g, l->g.atomicstatus, 4, &status) ||
	        (id != 0 && gopm__g_status((uint32_t)status) != GOPM_G_UNKNOWN));
}

/* startpanic_m() adds to m.mallocing, the word before m.throwing, before it sets m.dying, and nothing takes that back
 * (runtime/panic.go, runtime2.go, Go 1.16 to 1.27). */
static bool has_wrong_dying(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t m)
{
	const uint64_t dying = gopm__field_or_0(reader, m, l->m.dying, 4);
	uint64_t mallocing = 1;

	if (dying != 0 && l->m.throwing >= 4) {
		(void)gopm__field(reader, m, l->m.throwing - 4, 4, &mallocing);
	}
	return dying > MAX_DYING || (uint32_t)mallocing - 1 >= (uint32_t)INT32_MAX;
}

/* Checks the goroutines of an m. mpreinit() makes gsignal before allm has the m (runtime/os_linux.go). execute() sets
 * m.curg before g.m, dropg() clears g.m first; LockOSThread() sets m.lockedg before g.lockedm, and a goroutine that
 * starts locked has both (runtime/proc.go, Go 1.16 to 1.27). */
static void check_m(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__m *m)
{
	const struct gopm__layout *l = &rt->layout;
	uint64_t of_g0 = 0, of_curg = 0, of_gsignal = 0, locked = 0, status = 0;

	const bool bad[] = {
	    !gopm__field_u64(reader, m->g0, l->g.m, &of_g0) || of_g0 != m->address,
	    m->curg != 0 && gopm__field_u64(reader, m->curg, l->g.m, &of_curg) && of_curg != 0 && of_curg != m->address,
	    m->lockedg != 0 && gopm__field_u64(reader, m->lockedg, l->g.lockedm, &locked) && locked != m->address &&
	        gopm__field(reader, m->lockedg, l->g.atomicstatus, 4, &status) && !gopm__g_is_running((uint32_t)status),
	    m->id > INT32_MAX, /* each was a thread */
	    has_wrong_dying(l, reader, m->address),
	    m->gsignal != 0 && gopm__field_u64(reader, m->gsignal, l->g.m, &of_gsignal) && of_gsignal != m->address,
	    m->curg != 0 && !is_goroutine(l, reader, m->curg),
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (bad[i]) {
			gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(m->address),
			                  "an m of runtime.allm is damaged: %s", faults[i]);
		}
	}
}

/* sched.mnext gives each m its id once (runtime/proc.go, mReserveID). */
static void check_ids(const struct gopm__runtime *rt)
{
	struct gopm__map64 ids = {0};
	bool fresh = true;

	for (size_t i = 0; i < rt->m_count && fresh; i++) {
		if (gopm__map64_put(&ids, (rt->ms[i].id & UINT32_MAX) + 1, &fresh) == NULL) {
			break;
		}
		if (!fresh) {
			gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(rt->ms[i].address),
			                  "an m of runtime.allm is damaged: another one has its id");
		}
	}
	gopm__map64_free(&ids);
}

gopm_status gopm__ms_load(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t first)
{
	const struct gopm__layout *l = &rt->layout;
	struct gopm__map64 seen = {0};
	gopm_status status = GOPM_ERR_NO_MEMORY;
	size_t capacity = 0;
	bool ends = false;

	for (uint64_t at = first; at != 0; at = gopm__field_or_0(reader, at, l->m.alllink, 8)) {
		bool fresh;
		uint64_t probe;
		if (!gopm__read_word(reader, at, 1, &probe)) {
			gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(at),
			                  "an m of runtime.allm is not in the core: threads may be missing");
			break;
		}
		if (gopm__map64_put(&seen, at, &fresh) == NULL) {
			goto out;
		}
		if (!fresh || rt->m_count >= MAX_MS) {
			gopm__finding_add(rt->findings, fresh ? GOPM_FINDING_LIMIT : GOPM_FINDING_CYCLE,
			                  GOPM__AT_ADDRESS(at), "runtime.allm does not end");
			break;
		}
		if (!GOPM__VECTOR_RESERVE(rt->ms, rt->m_count, capacity, 1)) {
			goto out;
		}
		rt->ms[rt->m_count] = read_m(l, reader, at);
		check_m(rt, reader, &rt->ms[rt->m_count]);
		ends = rt->ms[rt->m_count++].id == 0;
	}
	check_ids(rt);
	/* The first m made is m0, the last of the list, and never leaves it (runtime/proc.go, mexit). */
	if (rt->m_count != 0 && !ends) {
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(first),
		                  "runtime.allm does not end with the first m: threads may be missing");
	}
	rt->all_ms = rt->m_count != 0 && ends;
	if (rt->m_count != 0) {
		qsort(rt->ms, rt->m_count, sizeof *rt->ms, compare_addresses);
	}
	status = GOPM_OK;
out:
	gopm__map64_free(&seen);
	return status;
}
