/* SPDX-License-Identifier: Apache-2.0 */
/* Layout: the offsets of the runtime's structures in this program, resolved once when it is opened.
 *
 *	layout.h   the structures and fields that this library reads; layout.c has their names in Go
 *	source.h   three sources of offsets: type descriptors, DWARF, a table of Go versions (table.h)
 *	choice.h   takes the first source whose offsets the core confirms
 *	check.h    checks offsets with the goroutines, ms and ps of the core
 *	field.h    reads a field
 */
#ifndef GOPM_RUNTIME_LAYOUT_LAYOUT_H
#define GOPM_RUNTIME_LAYOUT_LAYOUT_H

#include <gopm/error.h>
#include <stdbool.h>

enum gopm__layout_struct {
	GOPM__STRUCT_G,
	GOPM__STRUCT_M,
	GOPM__STRUCT_P,
	GOPM__STRUCT_SUDOG,
	GOPM__STRUCT_HCHAN,
	GOPM__STRUCT_TIMER,
	GOPM__STRUCT_POLL,
	GOPM__STRUCT_PANIC,
	GOPM__STRUCT_BUBBLE,
	GOPM__STRUCT_SPAN,
	GOPM__STRUCT_DEFER,
	GOPM__STRUCT_MCACHE,
	GOPM__STRUCT_SPECIAL,
	GOPM__STRUCT_VECTORS,
	GOPM__STRUCT_CLEANUP_FN,
	GOPM__STRUCT_COUNT,
};

/* Offsets in bytes. -1: the struct has no such field, in this Go version or in the source. */
struct gopm__layout {
	uint32_t size[GOPM__STRUCT_COUNT]; /* bytes; 0: no source has the struct */
	struct {
		int32_t stack_lo, stack_hi, panic, m, sched_sp, sched_pc, sched_lr, sched_bp, syscallsp, syscallpc,
		    syscallbp;
		int32_t atomicstatus, goid, waitsince, waitreason, lockedm, sig, sigcode0, sigcode1, sigpc;
		int32_t parent_goid, gopc, startpc, waiting, labels, param, timer, sleep_when, running_cleanups, bubble;
		int32_t ancestors, vectors, ctxt, defer, async_safe_point;
	} g;
	struct {
		int32_t g0, gsignal, curg, procid, id, alllink, throwing, caughtsig, dying, vdso_sp, vdso_pc;
		int32_t idle_next, lockedg;
	} m;
	struct {
		int32_t id, sudogcache, schedwhen, syscallwhen, status, link, goidcacheend, pcache, mcache, cleanups,
		    timers, m, schedtick, seentick, runqhead, runqtail, runq, runnext;
	} p;
	struct {
		int32_t g, next, prev, parent, waitlink, elem, c;
	} sudog;
	struct {
		int32_t qcount, dataqsiz, buf, elemsize, closed, timer, elemtype, recvx, recvq, sendq;
		int32_t sendx, recvq_last, sendq_last, lock;
	} hchan;
	struct {
		int32_t when, f, arg;
	} timer;
	struct {
		int32_t fd, rg, wg;
	} poll;
	struct {
		int32_t arg, link, recovered, repanicked, goexit;
	} panic;
	struct {
		int32_t id;
	} bubble;
	struct {
		int32_t base, npages, freeindex, nelems, elemsize, limit, alloc_bits, gcmark_bits, alloc_count;
		int32_t spanclass, state, sweepgen, specials, large_type, user_arena;
	} span;
	struct {
		int32_t fn, link, heap, siz, sp, started, rangefunc, head;
	} defer;
	struct {
		int32_t tiny;
	} mcache;
	struct {
		int32_t next, offset, kind;
	} special;
};

struct gopm__layout_source; /* runtime/layout/source.h */

/* The name in Go: "runtime.g". Static. */
const char *gopm__layout_struct_name(enum gopm__layout_struct which);

/* True if every program of a Go that has the struct describes it. If it is missing then, the executable is damaged. */
bool gopm__layout_struct_expected(enum gopm__layout_struct which);

/* Field `number`, from 0: its struct and its path in Go, as "sched.sp". False: there are no more. */
bool gopm__layout_path(size_t number, enum gopm__layout_struct *which, const char **path);
/* True if the layout has field `number`. */
bool gopm__layout_has(const struct gopm__layout *layout, size_t number);

/* Sets the layout to all that `source` has. The rest is 0 and -1.
 * @return GOPM_OK; GOPM_ERR_FORMAT (the source lacks g, m or a needed field of them). */
gopm_status gopm__layout_fill(struct gopm__layout *layout, struct gopm__layout_source *source, gopm_error **err);

/* Adds one struct that the layout lacks. False: the source lacks it too. */
bool gopm__layout_complete(struct gopm__layout *layout, struct gopm__layout_source *source,
                           enum gopm__layout_struct which);

/* Removes one struct. */
void gopm__layout_forget(struct gopm__layout *layout, enum gopm__layout_struct which);

#endif
