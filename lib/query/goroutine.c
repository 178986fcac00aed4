/* SPDX-License-Identifier: Apache-2.0 */
/* The goroutine that a scan is at: where it runs, how long it waits, its public record. Parts are found on demand and
 * only once, since unwinding costs most of a scan. */
#include "query/query.h"
#include "runtime/g_check.h"
#include "runtime/labels.h"
#include "runtime/layout/field.h"

uint64_t gopm__goroutine_address(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t id)
{
	uint64_t dead = 0;

	for (uint64_t i = 0; i < rt->g_count; i++) {
		uint64_t address = gopm__runtime_g_at(rt, reader, i), found;
		struct gopm__g g;
		if (!gopm__field_u64(reader, address, rt->layout.g.goid, &found) || found != id ||
		    !gopm__g_read(rt, reader, address, &g)) {
			continue;
		}
		if (!gopm__g_is_dead(&g)) {
			return address;
		}
		dead = dead != 0 ? dead : address;
	}
	return dead;
}

/* A hash of the functions and lines of the stack. Function names are unique in their table, so that the address of a
 * name identifies it. */
static uint64_t hash_stack(struct gopm__scan *scan)
{
	struct gopm__walk walk;
	uint64_t id = UINT64_C(0xcbf29ce484222325);

	gopm__walk_goroutine(&walk, scan->rt, &scan->g, false, &scan->budget);
	for (bool more = walk.at_frame; more; more = gopm__walk_next(&walk)) {
		uint32_t calls = walk.info->known ? walk.info->call_count : 0;
		for (uint32_t i = 0; i < calls; i++) {
			const struct gopm__call *call = &walk.info->calls[i];
			id = (id ^ (uintptr_t)call->function.data) * UINT64_C(0x9e3779b97f4a7c15);
			id = ((id ^ id >> 32) + call->line) * UINT64_C(0xff51afd7ed558ccd);
		}
		if (calls == 0) {
			id = (id ^ walk.pc) * UINT64_C(0x9e3779b97f4a7c15);
		}
	}
	if (gopm__walk_is_cut(&walk)) {
		gopm__walk_report(&walk);
		scan->partial = true;
	}
	return id != 0 ? id : 1;
}

static void check_birth(struct gopm__scan *scan)
{
	struct gopm__symtab *symtab = scan->rt->symtab;
	uint32_t faults = 0;

	if (!gopm__is_start(scan->rt, gopm__symtab_pc(symtab, scan->g.startpc))) {
		faults |= UINT32_C(1) << GOPM__FAULT_START;
	}
	if (!gopm__is_go_statement(scan->rt, gopm__symtab_pc(symtab, scan->g.gopc))) {
		faults |= UINT32_C(1) << GOPM__FAULT_GO;
	}
	if ((faults & ~scan->g.faults) != 0) {
		gopm__g_report(scan->rt, &scan->g, faults & ~scan->g.faults);
		scan->g.faults |= faults;
		scan->partial = true;
	}
}

void gopm__scan_locate(struct gopm__scan *scan, uint32_t fields)
{
	bool delve = (scan->query->filter.flags & GOPM_FILTER_DELVE) != 0;
	uint32_t missing = fields & ~scan->found;

	if ((missing & (GOPM_FIELD_CURRENT | GOPM_FIELD_USER)) != 0) {
		struct gopm__place_in_code *user = (fields & GOPM_FIELD_USER) != 0 ? &scan->user : NULL;
		if (!(delve ? gopm__locate_delve : gopm__locate)(scan->rt, &scan->g, &scan->budget, &scan->current,
		                                                 user)) {
			scan->partial = true;
		}
		scan->found |= GOPM_FIELD_CURRENT | (fields & GOPM_FIELD_USER);
	}
	if ((missing & (GOPM_FIELD_GO | GOPM_FIELD_START)) != 0) {
		check_birth(scan);
	}
	if ((missing & GOPM_FIELD_GO) != 0) {
		gopm__locate_go(scan->rt, &scan->g, delve, &scan->go);
	}
	if ((missing & GOPM_FIELD_START) != 0) {
		scan->start = gopm__locate_start(scan->rt, &scan->g, delve, &scan->budget);
	}
	if ((missing & GOPM_FIELD_STACK) != 0) {
		scan->stack_id = hash_stack(scan);
	}
	scan->found |= missing & (GOPM_FIELD_GO | GOPM_FIELD_START | GOPM_FIELD_STACK);
}

int64_t gopm__scan_wait_time(const struct gopm__scan *scan)
{
	const struct gopm__g *g = &scan->g;

	if (g->wait_since <= 0 || scan->rt->now <= g->wait_since ||
	    (g->status != GOPM_G_WAITING && g->status != GOPM_G_SYSCALL && g->status != GOPM_G_LEAKED)) {
		return 0;
	}
	return scan->rt->now - g->wait_since;
}

void gopm__scan_record(struct gopm__scan *scan, gopm_goroutine *record)
{
	const struct gopm__g *g = &scan->g;
	uint32_t fields = scan->query->fields;
	const struct gopm__arch *arch = scan->rt->core->arch;

	*record = (gopm_goroutine){
	    .address = g->address,
	    .id = g->id,
	    .parent_id = g->parent_id,
	    .status = g->status,
	    .raw_status = g->raw_status,
	    .flags = g->flags | (gopm__g_is_system(scan->rt, g) ? GOPM_G_FLAG_SYSTEM : 0),
	    .raw_wait_reason = g->raw_wait_reason,
	    .status_name = gopm__g_status_name(g->status),
	    .wait_reason = gopm__g_wait_reason(scan->rt, g),
	    .wait_since = g->wait_since,
	    .wait_time = gopm__scan_wait_time(scan),
	    .stack_lo = g->stack_lo,
	    .stack_hi = g->stack_hi,
	    .m = g->m_address,
	    .m_id = g->m != NULL ? g->m->id : 0,
	    .thread_id = g->thread != NULL ? g->thread->id : 0,
	    .wait = {.fd = -1},
	};
	if (g->lockedm != 0) {
		const struct gopm__m *locked = gopm__runtime_m(scan->rt, g->lockedm);
		if (locked != NULL && locked->thread != NULL) {
			record->locked_thread_id = locked->thread->id;
		} else {
			record->locked_thread_id = locked != NULL && !scan->rt->own_ids ? locked->procid : 0;
		}
	}
	if (gopm__g_at_syscall(g)) {
		record->pc = g->syscall_pc;
		record->sp = g->syscall_sp;
	} else if (g->status == GOPM_G_RUNNING && g->thread != NULL) {
		record->pc = g->thread->registers.value[arch->pc];
		record->sp = g->thread->registers.value[arch->sp];
	} else if (!gopm__g_is_dead(g)) {
		record->pc = g->sched_pc;
		record->sp = g->sched_sp;
	}
	gopm__scan_locate(scan, fields);
	if ((fields & GOPM_FIELD_CURRENT) != 0) {
		record->current = gopm__place_location(&scan->current);
	}
	if ((fields & GOPM_FIELD_USER) != 0) {
		record->user = gopm__place_location(&scan->user);
	}
	if ((fields & GOPM_FIELD_GO) != 0) {
		record->go_statement = gopm__place_location(&scan->go);
	}
	if ((fields & GOPM_FIELD_START) != 0) {
		record->start = scan->start;
	}
	if ((fields & GOPM_FIELD_STACK) != 0) {
		record->stack_id = scan->stack_id;
	}
	if ((fields & GOPM_FIELD_WAIT) != 0) {
		record->wait_count = (uint32_t)gopm__waits(scan->rt, &scan->reader, &scan->cache, g, &record->wait, 1);
		scan->partial = scan->partial || (record->wait.flags & GOPM_WAIT_FLAG_UNREADABLE) != 0;
	}
	if ((fields & GOPM_FIELD_LABELS) != 0) {
		record->label_count = (uint32_t)gopm__labels(scan->rt, &scan->reader, g, NULL, 0);
	}
	record->flags |= scan->partial ? GOPM_G_FLAG_PARTIAL : 0;
}
