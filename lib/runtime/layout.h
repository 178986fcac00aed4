/* Where the fields of the runtime's structures are in this program: offsets in bytes, resolved
 * once from the program's own type descriptors. -1: this Go does not have the field. */
#ifndef GOPM_RUNTIME_LAYOUT_H
#define GOPM_RUNTIME_LAYOUT_H

#include "symbol/symtab.h"

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
	GOPM__STRUCT_COUNT,
};

struct gopm__layout {
	uint32_t size[GOPM__STRUCT_COUNT]; /* bytes; 0: the program has no descriptor of it */
	struct {
		int32_t stack_lo, stack_hi, panic, m, sched_sp, sched_pc, sched_bp, syscallsp, syscallpc, syscallbp;
		int32_t atomicstatus, goid, waitsince, waitreason, lockedm, sig, sigcode0, sigcode1, sigpc;
		int32_t parent_goid, gopc, startpc, waiting, labels, timer, sleep_when, running_cleanups, bubble;
		int32_t ancestors;
	} g;
	struct {
		int32_t g0, gsignal, curg, procid, id, alllink, throwing, caughtsig, dying, vdso_sp, vdso_pc;
	} m;
	struct {
		int32_t id, sudogcache, schedwhen, syscallwhen;
	} p;
	struct {
		int32_t g, next, waitlink, elem, c;
	} sudog;
	struct {
		int32_t qcount, dataqsiz, closed, elemtype, recvq, sendq;
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
};

/* @return GOPM_OK; GOPM_ERR_FORMAT (no descriptor of g or m, or a field they must have is missing). */
gopm_status gopm__layout_load(struct gopm__layout *layout, const struct gopm__symtab *symtab, gopm_error **err);

#endif
