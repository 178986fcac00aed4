/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/g.h"

#include "runtime/g_check.h"
#include "runtime/layout/field.h"

static uint64_t g_word(const uint8_t *g, int32_t offset)
{
	return offset >= 0 ? gopm__load64(g + offset) : 0;
}

bool gopm__g_read(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, struct gopm__g *out)
{
	const struct gopm__layout *l = &rt->layout;
	uint8_t copy[2048];
	const uint8_t *g = l->size[GOPM__STRUCT_G] <= sizeof copy
	                       ? gopm__read_view(reader, address, l->size[GOPM__STRUCT_G], copy)
	                       : NULL;

	if (g == NULL) {
		*out = (struct gopm__g){.address = address, .status = GOPM_G_UNKNOWN, .flags = GOPM_G_FLAG_PARTIAL};
		return false;
	}
	const uint32_t status = gopm__load32(g + l->g.atomicstatus);
	/* All fields: a structure of this size that is cleared first costs as much as all that follows. */
	*out = (struct gopm__g){
	    .address = address,
	    .id = g_word(g, l->g.goid),
	    .parent_id = g_word(g, l->g.parent_goid),
	    .raw_status = status,
	    .status = gopm__g_status(status),
	    .flags = (status & GOPM__G_SCAN) != 0 ? GOPM_G_FLAG_SCAN : 0,
	    .faults = 0,
	    .raw_wait_reason = l->g.waitreason >= 0 ? g[l->g.waitreason] : 0,
	    .wait_since = (int64_t)g_word(g, l->g.waitsince),
	    .stack_lo = g_word(g, l->g.stack_lo),
	    .stack_hi = g_word(g, l->g.stack_hi),
	    .stack_guard = g_word(g, l->g.stack_lo + GOPM__TO_STACKGUARD),
	    .sched_pc = g_word(g, l->g.sched_pc),
	    .sched_sp = g_word(g, l->g.sched_sp),
	    .syscall_pc = g_word(g, l->g.syscallpc),
	    .syscall_sp = g_word(g, l->g.syscallsp),
	    .sched_lr = g_word(g, l->g.sched_lr),
	    .gopc = g_word(g, l->g.gopc),
	    .startpc = g_word(g, l->g.startpc),
	    .waiting = g_word(g, l->g.waiting),
	    .labels = g_word(g, l->g.labels),
	    .timer = g_word(g, l->g.timer),
	    .panic = g_word(g, l->g.panic),
	    .bubble = g_word(g, l->g.bubble),
	    .ancestors = g_word(g, l->g.ancestors),
	    .vectors = g_word(g, l->g.vectors),
	    .sleep_when = (int64_t)g_word(g, l->g.sleep_when),
	    .m_address = g_word(g, l->g.m),
	    .lockedm = g_word(g, l->g.lockedm),
	    .running_cleanups = l->g.running_cleanups >= 0 ? g[l->g.running_cleanups] : 0,
	    .m = NULL,
	    .thread = NULL,
	};
	if (out->lockedm != 0) {
		out->flags |= GOPM_G_FLAG_LOCKED;
	}
	if (out->m_address != 0) {
		out->m = gopm__runtime_m(rt, out->m_address);
		if (out->m != NULL && (out->m->curg == address || out->m->g0 == address)) {
			out->thread = out->m->thread;
		}
	}
	out->faults = gopm__g_check(rt, out);
	return true;
}

gopm_str gopm__g_wait_reason(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	if ((g->status != GOPM_G_WAITING && g->status != GOPM_G_LEAKED) ||
	    g->raw_wait_reason >= rt->wait_reason_count) {
		return (gopm_str){NULL, 0};
	}
	return rt->wait_reasons[g->raw_wait_reason];
}

bool gopm__g_is_system(const struct gopm__runtime *rt, const struct gopm__g *g)
{
	const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, g->startpc);

	if (info == NULL || !info->known) {
		return false;
	}
	switch (info->role) {
	case GOPM__ROLE_MAIN:
	case GOPM__ROLE_COROSTART:
	case GOPM__ROLE_ASYNC_EVENT:
		return false;
	case GOPM__ROLE_FINALIZERS:
		return !rt->finalizer_running;
	case GOPM__ROLE_CLEANUPS:
		return g->running_cleanups == 0;
	default:
		return gopm__name_is_runtime(info->calls[info->call_count - 1].symbol);
	}
}
