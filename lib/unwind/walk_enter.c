/* SPDX-License-Identifier: Apache-2.0 */
/* Enters a frame: sets the walk to a pc and sp, or to the end of the stack. */
#include "unwind/walk_private.h"

#include "unwind/cfa.h"
#include "unwind/return_address.h"

void gopm__walk_end(struct gopm__walk *walk, uint32_t end, uint64_t address)
{
	walk->at_frame = false;
	walk->end = end;
	walk->end_address = address;
}

/* Makes (at->pc, sp) the current frame. `exact`: pc is the next instruction, not a return address. */
void gopm__walk_enter_at(struct gopm__walk *walk, const struct gopm__pcinfo *at, uint64_t sp, bool exact,
                         uint32_t flags)
{
	const uint64_t pc = at->pc;

	walk->pc = pc;
	walk->sp = sp;
	walk->flags = flags;
	walk->lookup_pc = pc;
	walk->cfa = 0;
	walk->at_frame = true;
	walk->info = at;
	/* Look up the call, not the instruction after it: a call may be the last instruction of a function. */
	if (!exact && at->known && pc > at->func.entry) {
		walk->lookup_pc = pc - 1;
		walk->info = at->call_site != NULL ? at->call_site : gopm__symtab_pc(walk->rt->symtab, pc - 1);
	} else if (!exact && !walk->info->known) {
		const struct gopm__pcinfo *before = gopm__symtab_pc(walk->rt->symtab, pc - 1);
		if (before != NULL && before->known) {
			walk->lookup_pc = pc - 1;
			walk->info = before;
		}
	}
	if (walk->info == NULL) {
		gopm__walk_end(walk, GOPM_STACK_END_LIMIT, pc);
	} else if (walk->info->known) {
		const struct gopm__arch *arch = walk->rt->core->arch;
		bool plain =
		    walk->info->role == GOPM__ROLE_NORMAL && walk->info->func.flag == 0 && walk->info->sp_delta > 0;
		/* Nearly all frames; without a call. */
		walk->cfa = plain ? sp + (uint64_t)walk->info->sp_delta +
		                        (arch->return_address_on_stack ? arch->pointer_size : 0)
		                  : gopm__frame_cfa(walk, exact);
	} else if (walk->native != NULL) {
		walk->lookup_pc = exact || pc == 0 ? pc : pc - 1;
		gopm__walk_meet_native(walk);
	}
}

void gopm__walk_enter(struct gopm__walk *walk, uint64_t pc, uint64_t sp, bool exact, uint32_t flags)
{
	const struct gopm__pcinfo *at = gopm__symtab_pc(walk->rt->symtab, pc);

	if (at == NULL) {
		gopm__walk_end(walk, GOPM_STACK_END_LIMIT, pc);
		return;
	}
	gopm__walk_enter_at(walk, at, sp, exact, flags);
}

static uint32_t stack_flags(const struct gopm__walk *walk, const struct gopm__g *g0, const struct gopm__g *gsignal,
                            uint64_t sp)
{
	if (gopm__on_stack(sp, walk->g_lo, walk->g_hi)) {
		return 0;
	}
	if (gopm__on_stack(sp, g0->stack_lo, g0->stack_hi)) {
		return GOPM_FRAME_SYSTEM_STACK;
	}
	return gopm__on_stack(sp, gsignal->stack_lo, gsignal->stack_hi) ? GOPM_FRAME_SIGNAL_STACK : 0;
}

uint32_t gopm__walk_place(struct gopm__walk *walk, uint64_t sp)
{
	struct gopm__g g0 = {0}, gsignal = {0};

	if (walk->m != NULL && walk->m->g0 != 0) {
		(void)gopm__g_read(walk->rt, &walk->reader, walk->m->g0, &g0);
	}
	if (walk->m != NULL && walk->m->gsignal != 0) {
		(void)gopm__g_read(walk->rt, &walk->reader, walk->m->gsignal, &gsignal);
	}
	uint32_t flags = stack_flags(walk, &g0, &gsignal, sp);
	walk->lo = walk->hi = 0;
	if ((flags & GOPM_FRAME_SYSTEM_STACK) != 0) {
		walk->lo = g0.stack_lo;
		walk->hi = g0.stack_hi;
	} else if ((flags & GOPM_FRAME_SIGNAL_STACK) != 0) {
		walk->lo = gsignal.stack_lo;
		walk->hi = gsignal.stack_hi;
	} else if (gopm__on_stack(sp, walk->g_lo, walk->g_hi)) {
		walk->lo = walk->g_lo;
		walk->hi = walk->g_hi;
	}
	return flags;
}

uint64_t gopm__walk_return_place(const struct gopm__walk *walk)
{
	const struct gopm__arch *arch = walk->rt->core->arch;

	if (arch->return_address_on_stack) {
		return walk->cfa - arch->pointer_size;
	}
	if (walk->info->sp_delta > 0) {
		return walk->cfa - (uint64_t)walk->info->sp_delta;
	}
	return walk->lr != 0 && walk->info->sp_delta == 0 ? 0 : walk->sp;
}
