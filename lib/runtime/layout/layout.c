/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/layout/source.h"

static const struct {
	const char *name;
	bool needed;   /* without it a program cannot be read */
	bool expected; /* see gopm__layout_struct_expected(): the linker drops the others if a program does not use them
	                */
} structs[GOPM__STRUCT_COUNT] = {
    [GOPM__STRUCT_G] = {"runtime.g", true, true},
    [GOPM__STRUCT_M] = {"runtime.m", true, true},
    [GOPM__STRUCT_P] = {"runtime.p", false, true},
    [GOPM__STRUCT_SUDOG] = {"runtime.sudog", false, true},
    [GOPM__STRUCT_HCHAN] = {"runtime.hchan", false, true},
    [GOPM__STRUCT_TIMER] = {"runtime.timer", false, true},
    [GOPM__STRUCT_POLL] = {"runtime.pollDesc", false, false},
    [GOPM__STRUCT_PANIC] = {"runtime._panic", false, true},
    [GOPM__STRUCT_BUBBLE] = {"runtime.synctestBubble", false, true},
    [GOPM__STRUCT_SPAN] = {"runtime.mspan", false, true},
    [GOPM__STRUCT_DEFER] = {"runtime._defer", false, true},
    [GOPM__STRUCT_MCACHE] = {"runtime.mcache", false, true},
    [GOPM__STRUCT_SPECIAL] = {"runtime.special", false, true},
    /* Not expected: only their Go version would tell that they are missing. */
    [GOPM__STRUCT_VECTORS] = {"runtime.xRegState", false, false},    /* since Go 1.26 */
    [GOPM__STRUCT_CLEANUP_FN] = {"runtime.cleanupFn", false, false}, /* since Go 1.26 */
};

#define ROW(id, group, member, path, size, needed)                                                                     \
	{                                                                                                              \
		offsetof(struct gopm__layout, group.member), GOPM__STRUCT_##id, (size), (needed), (path)               \
	}

/* If two rows set one member, the first path that the program has wins. */
static const struct field_row {
	size_t into;
	uint8_t which, size; /* enum gopm__layout_struct; bytes that are read of the field */
	bool needed;
	const char *path;
} rows[] = {
    ROW(G, g, stack_lo, "stack.lo", 8, true),
    ROW(G, g, stack_hi, "stack.hi", 8, true),
    ROW(G, g, panic, "_panic", 8, false),
    ROW(G, g, m, "m", 8, true),
    ROW(G, g, sched_sp, "sched.sp", 8, true),
    ROW(G, g, sched_pc, "sched.pc", 8, true),
    ROW(G, g, sched_lr, "sched.lr", 8, false),
    ROW(G, g, sched_bp, "sched.bp", 8, false),
    ROW(G, g, syscallsp, "syscallsp", 8, true),
    ROW(G, g, syscallpc, "syscallpc", 8, true),
    ROW(G, g, syscallbp, "syscallbp", 8, false),
    ROW(G, g, atomicstatus, "atomicstatus", 4, true),
    ROW(G, g, goid, "goid", 8, true),
    ROW(G, g, waitsince, "waitsince", 8, false),
    ROW(G, g, waitreason, "waitreason", 1, false),
    ROW(G, g, lockedm, "lockedm", 8, false),
    ROW(G, g, sig, "sig", 4, false),
    ROW(G, g, sigcode0, "sigcode0", 8, false),
    ROW(G, g, sigcode1, "sigcode1", 8, false),
    ROW(G, g, sigpc, "sigpc", 8, false),
    ROW(G, g, parent_goid, "parentGoid", 8, false),
    ROW(G, g, gopc, "gopc", 8, true),
    ROW(G, g, startpc, "startpc", 8, true),
    ROW(G, g, waiting, "waiting", 8, false),
    ROW(G, g, labels, "labels", 8, false),
    ROW(G, g, param, "param", 8, false),
    ROW(G, g, ancestors, "ancestors", 8, false),
    ROW(G, g, timer, "timer", 8, false),
    ROW(G, g, sleep_when, "sleepWhen", 8, false),
    ROW(G, g, vectors, "xRegs.state", 8, false), /* since Go 1.26 */
    ROW(G, g, ctxt, "sched.ctxt", 8, false),
    ROW(G, g, defer, "_defer", 8, false),
    ROW(G, g, async_safe_point, "asyncSafePoint", 1, false),
    ROW(G, g, running_cleanups, "runningCleanups", 1, false),
    ROW(G, g, bubble, "bubble", 8, false),
    ROW(G, g, bubble, "syncGroup", 8, false),
    ROW(M, m, g0, "g0", 8, true),
    ROW(M, m, gsignal, "gsignal", 8, false),
    ROW(M, m, curg, "curg", 8, true),
    ROW(M, m, procid, "procid", 8, true),
    ROW(M, m, id, "id", 8, true),
    ROW(M, m, alllink, "alllink", 8, true),
    ROW(M, m, throwing, "throwing", 4, false),
    ROW(M, m, caughtsig, "caughtsig", 8, false),
    ROW(M, m, dying, "dying", 4, false),
    ROW(M, m, vdso_sp, "vdsoSP", 8, false),
    ROW(M, m, vdso_pc, "vdsoPC", 8, false),
    ROW(M, m, idle_next, "idleNode.next", 8, false), /* since Go 1.26; schedlink before */
    ROW(M, m, idle_next, "schedlink", 8, false),
    ROW(M, m, lockedg, "lockedg", 8, false),
    ROW(P, p, id, "id", 4, false),
    ROW(P, p, status, "status", 4, false),
    ROW(P, p, link, "link", 8, false),
    ROW(P, p, goidcacheend, "goidcacheend", 8, false),
    ROW(P, p, sudogcache, "sudogcache", 24, false),
    ROW(P, p, mcache, "mcache", 8, false),
    ROW(P, p, cleanups, "cleanups", 8, false),   /* since Go 1.25 */
    ROW(P, p, timers, "timers.heap", 24, false), /* since Go 1.23 */
    ROW(P, p, timers, "timers", 24, false),
    ROW(P, p, pcache, "pcache", 24, false),
    ROW(P, p, schedwhen, "sysmontick.schedwhen", 8, false),
    ROW(P, p, syscallwhen, "sysmontick.syscallwhen", 8, false),
    ROW(P, p, m, "m", 8, false),
    ROW(P, p, schedtick, "schedtick", 4, false),
    ROW(P, p, seentick, "sysmontick.schedtick", 4, false),
    ROW(P, p, runqhead, "runqhead", 4, false),
    ROW(P, p, runqtail, "runqtail", 4, false),
    ROW(P, p, runq, "runq", 8, false),
    ROW(P, p, runnext, "runnext", 8, false),
    ROW(SUDOG, sudog, g, "g", 8, false),
    ROW(SUDOG, sudog, next, "next", 8, false),
    ROW(SUDOG, sudog, prev, "prev", 8, false),
    ROW(SUDOG, sudog, parent, "parent", 8, false),
    ROW(SUDOG, sudog, waitlink, "waitlink", 8, false),
    ROW(SUDOG, sudog, elem, "elem.vu", 8, false),
    ROW(SUDOG, sudog, elem, "elem", 8, false),
    ROW(SUDOG, sudog, c, "c.maybeTraceablePtr.vu", 8, false),
    ROW(SUDOG, sudog, c, "c", 8, false),
    ROW(HCHAN, hchan, qcount, "qcount", 8, false),
    ROW(HCHAN, hchan, dataqsiz, "dataqsiz", 8, false),
    ROW(HCHAN, hchan, buf, "buf", 8, false),
    ROW(HCHAN, hchan, elemsize, "elemsize", 2, false),
    ROW(HCHAN, hchan, closed, "closed", 4, false),
    ROW(HCHAN, hchan, timer, "timer", 8, false), /* since Go 1.23 */
    ROW(HCHAN, hchan, elemtype, "elemtype", 8, false),
    ROW(HCHAN, hchan, recvx, "recvx", 8, false),
    ROW(HCHAN, hchan, recvq, "recvq.first", 8, false),
    ROW(HCHAN, hchan, sendq, "sendq.first", 8, false),
    ROW(HCHAN, hchan, sendx, "sendx", 8, false),
    ROW(HCHAN, hchan, recvq_last, "recvq.last", 8, false),
    ROW(HCHAN, hchan, sendq_last, "sendq.last", 8, false),
    ROW(HCHAN, hchan, lock, "lock.key", 8, false),
    ROW(TIMER, timer, when, "when", 8, false),
    ROW(TIMER, timer, f, "f", 8, false),
    ROW(TIMER, timer, arg, "arg", 16, false),
    ROW(POLL, poll, fd, "fd", 8, false),
    ROW(POLL, poll, rg, "rg", 8, false),
    ROW(POLL, poll, wg, "wg", 8, false),
    ROW(PANIC, panic, arg, "arg", 16, false),
    ROW(PANIC, panic, link, "link", 8, false),
    ROW(PANIC, panic, recovered, "recovered", 1, false),
    ROW(PANIC, panic, repanicked, "repanicked", 1, false),
    ROW(PANIC, panic, goexit, "goexit", 1, false),
    ROW(BUBBLE, bubble, id, "id", 8, false),
    ROW(SPAN, span, base, "startAddr", 8, false),
    ROW(SPAN, span, npages, "npages", 8, false),
    ROW(SPAN, span, freeindex, "freeindex", 2, false), /* 8 bytes until Go 1.21 */
    ROW(SPAN, span, nelems, "nelems", 2, false),       /* likewise */
    ROW(SPAN, span, elemsize, "elemsize", 8, false),
    ROW(SPAN, span, limit, "limit", 8, false),
    ROW(SPAN, span, alloc_bits, "allocBits", 8, false),
    ROW(SPAN, span, gcmark_bits, "gcmarkBits", 8, false),
    ROW(SPAN, span, alloc_count, "allocCount", 2, false),
    ROW(SPAN, span, spanclass, "spanclass", 1, false),
    ROW(SPAN, span, state, "state", 1, false),
    ROW(SPAN, span, sweepgen, "sweepgen", 4, false),
    ROW(SPAN, span, specials, "specials", 8, false),
    ROW(SPAN, span, large_type, "largeType", 8, false),        /* since Go 1.22 */
    ROW(SPAN, span, user_arena, "isUserArenaChunk", 1, false), /* since Go 1.20 */
    ROW(DEFER, defer, fn, "fn", 8, false),
    ROW(DEFER, defer, link, "link", 8, false),
    ROW(DEFER, defer, heap, "heap", 1, false),
    ROW(DEFER, defer, siz, "siz", 4, false), /* until Go 1.17 */
    ROW(DEFER, defer, sp, "sp", 8, false),
    ROW(DEFER, defer, started, "started", 1, false),     /* until Go 1.21 */
    ROW(DEFER, defer, rangefunc, "rangefunc", 1, false), /* since Go 1.22 */
    ROW(DEFER, defer, head, "head", 8, false),           /* since Go 1.22 */
    ROW(MCACHE, mcache, tiny, "tiny", 8, false),
    ROW(SPECIAL, special, next, "next", 8, false),
    ROW(SPECIAL, special, offset, "offset", 2, false), /* 8 bytes since Go 1.24 */
    ROW(SPECIAL, special, kind, "kind", 1, false),
};

/* Bytes. The runtime's structures are smaller; a larger size is damage. */
#define MAX_STRUCT_SIZE 65536

const char *gopm__layout_struct_name(enum gopm__layout_struct which)
{
	return structs[which].name;
}

bool gopm__layout_struct_expected(enum gopm__layout_struct which)
{
	return structs[which].expected;
}

bool gopm__layout_path(size_t number, enum gopm__layout_struct *which, const char **path)
{
	if (number >= sizeof rows / sizeof rows[0]) {
		return false;
	}
	*which = (enum gopm__layout_struct)rows[number].which;
	*path = rows[number].path;
	return true;
}

static int32_t *row_member(struct gopm__layout *layout, const struct field_row *row)
{
	return (int32_t *)(void *)((char *)layout + row->into);
}

bool gopm__layout_has(const struct gopm__layout *layout, size_t number)
{
	return *(const int32_t *)(const void *)((const char *)layout + rows[number].into) >= 0;
}

bool gopm__layout_complete(struct gopm__layout *layout, struct gopm__layout_source *source,
                           enum gopm__layout_struct which)
{
	uint64_t size;

	if (!source->struct_size(source, which, &size) || size == 0 || size > MAX_STRUCT_SIZE) {
		return false;
	}
	layout->size[which] = (uint32_t)size;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct gopm__layout_field field;
		int32_t *into = row_member(layout, &rows[i]);
		/* Readers of whole structs rely on offsets inside them. */
		if (rows[i].which == which && *into < 0 && source->field(source, which, rows[i].path, &field) &&
		    field.size >= rows[i].size && field.offset <= size && field.size <= size - field.offset) {
			*into = (int32_t)field.offset;
		}
	}
	return true;
}

void gopm__layout_forget(struct gopm__layout *layout, enum gopm__layout_struct which)
{
	layout->size[which] = 0;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].which == which) {
			*row_member(layout, &rows[i]) = -1;
		}
	}
}

gopm_status gopm__layout_fill(struct gopm__layout *layout, struct gopm__layout_source *source, gopm_error **err)
{
	for (size_t i = 0; i < GOPM__STRUCT_COUNT; i++) {
		gopm__layout_forget(layout, (enum gopm__layout_struct)i);
	}
	for (size_t i = 0; i < GOPM__STRUCT_COUNT; i++) {
		if (!gopm__layout_complete(layout, source, (enum gopm__layout_struct)i) && structs[i].needed) {
			return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__NOWHERE, "%s is missing", structs[i].name);
		}
	}
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].needed && *row_member(layout, &rows[i]) < 0) {
			return gopm__fail(err, GOPM_ERR_FORMAT, GOPM__NOWHERE, "%s has no field %s",
			                  structs[rows[i].which].name, rows[i].path);
		}
	}
	return GOPM_OK;
}
