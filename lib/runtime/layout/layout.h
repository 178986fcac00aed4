/* SPDX-License-Identifier: Apache-2.0 */
/* Where the fields of the runtime's structures are in this program: offsets in bytes, resolved once
 * (layout_choice.h says from what). -1: this Go does not have the field. */
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
	GOPM__STRUCT_COUNT,
};

struct gopm__layout {
	uint32_t size[GOPM__STRUCT_COUNT]; /* bytes; 0: nothing tells it */
	struct {
		int32_t stack_lo, stack_hi, panic, m, sched_sp, sched_pc, sched_bp, syscallsp, syscallpc, syscallbp;
		int32_t atomicstatus, goid, waitsince, waitreason, lockedm, sig, sigcode0, sigcode1, sigpc;
		int32_t parent_goid, gopc, startpc, waiting, labels, timer, sleep_when, running_cleanups, bubble;
		int32_t ancestors, vectors;
	} g;
	struct {
		int32_t g0, gsignal, curg, procid, id, alllink, throwing, caughtsig, dying, vdso_sp, vdso_pc;
		int32_t idle_next;
	} m;
	struct {
		int32_t id, sudogcache, schedwhen, syscallwhen, status, link, goidcacheend;
	} p;
	struct {
		int32_t g, next, prev, parent, waitlink, elem, c;
	} sudog;
	struct {
		int32_t qcount, dataqsiz, buf, elemsize, closed, timer, elemtype, recvx, recvq, sendq;
	} hchan;
	struct {
		int32_t when;
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
		int32_t spanclass, state;
	} span;
};

struct gopm__layout_source; /* layout_source.h */

/* "runtime.g" */
const char *gopm__layout_struct_name(enum gopm__layout_struct which);

/* Whether every program of a Go that has the struct describes it: what is missing then was lost. */
bool gopm__layout_struct_expected(enum gopm__layout_struct which);

/* The fields that are looked for, by number from 0; false: there are no more. */
bool gopm__layout_path(size_t number, enum gopm__layout_struct *which, const char **path);

/* Everything that `source` knows; the rest is absent.
 * @return GOPM_OK; GOPM_ERR_FORMAT (it has no g or m, or no field that they must have). */
gopm_status gopm__layout_fill(struct gopm__layout *layout, struct gopm__layout_source *source, gopm_error **err);

/* The same of one struct that is absent; false: the source does not know it. */
bool gopm__layout_complete(struct gopm__layout *layout, struct gopm__layout_source *source,
                           enum gopm__layout_struct which);

/* Makes one struct absent. */
void gopm__layout_forget(struct gopm__layout *layout, enum gopm__layout_struct which);

#endif
