/* SPDX-License-Identifier: Apache-2.0 */
#include "query/query.h"

#include "runtime/labels.h"
#include "util/glob.h"

/* Objects of one goroutine that a filter by object looks at. */
#define MAX_OBJECTS 256
/* How far ahead of the scan goroutines and the tops of their stacks are asked for, and how much of a stack: measured on
 * a million parked goroutines. */
#define CACHE_LINE 64
#define G_AHEAD 16
#define STACK_AHEAD 8
#define STACK_BYTES_AHEAD 320

static bool copy_pattern(struct gopm__query *query, const char **pattern)
{
	if (*pattern == NULL) {
		return true;
	}
	gopm_str copy = gopm__arena_str(&query->strings, *pattern, strlen(*pattern));
	*pattern = copy.data;
	return copy.data != NULL;
}

gopm_status gopm__query_init(struct gopm__query *query, const gopm_goroutine_filter *filter)
{
	*query = (struct gopm__query){.fields = GOPM_FIELD_ALL};
	if (filter == NULL) {
		query->filter.fields = GOPM_FIELD_ALL;
		return GOPM_OK;
	}
	query->filter = *filter;
	gopm_goroutine_filter *f = &query->filter;
	const char **patterns[] = {&f->status, &f->wait_reason, &f->user,      &f->start,
	                           &f->go,     &f->current,     &f->label_key, &f->label_value};
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		if (!copy_pattern(query, patterns[i])) {
			gopm__query_clear(query);
			return GOPM_ERR_NO_MEMORY;
		}
	}
	query->fields = f->fields;
	return GOPM_OK;
}

void gopm__query_clear(struct gopm__query *query)
{
	gopm__arena_free(&query->strings);
}

void gopm__scan_init(struct gopm__scan *scan, struct gopm__runtime *rt, const struct gopm__query *query)
{
	*scan = (struct gopm__scan){.rt = rt,
	                            .query = query,
	                            .reader = gopm__reader(&rt->core->memory),
	                            .budget = gopm__walk_budget(rt),
	                            .end = rt->g_count};
}

void gopm__scan_clear(struct gopm__scan *scan)
{
	if (scan->budget == 0) {
		gopm__finding_add(
		    scan->rt->findings, GOPM_FINDING_LIMIT, GOPM__NOWHERE,
		    "the stacks have more frames than the core has room for: some were not walked to their end");
	}
	gopm__wait_cache_free(&scan->cache);
}

/* Names of functions lie in one table: where they lie is as good as their bytes. */
static uint64_t stack_id(struct gopm__scan *scan)
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
	return id != 0 ? id : 1;
}

void gopm__scan_locate(struct gopm__scan *scan, uint32_t fields)
{
	bool delve = (scan->query->filter.flags & GOPM_FILTER_DELVE) != 0;
	uint32_t missing = fields & ~scan->found;

	if ((missing & (GOPM_FIELD_CURRENT | GOPM_FIELD_USER)) != 0) {
		struct gopm__place_in_code *user = (fields & GOPM_FIELD_USER) != 0 ? &scan->user : NULL;
		(delve ? gopm__locate_delve : gopm__locate)(scan->rt, &scan->g, &scan->budget, &scan->current, user);
		scan->found |= GOPM_FIELD_CURRENT | (fields & GOPM_FIELD_USER);
	}
	if ((missing & GOPM_FIELD_GO) != 0) {
		gopm__locate_go(scan->rt, &scan->g, delve, &scan->go);
	}
	if ((missing & GOPM_FIELD_START) != 0) {
		scan->start = gopm__locate_start(scan->rt, &scan->g, delve, &scan->budget);
	}
	if ((missing & GOPM_FIELD_STACK) != 0) {
		scan->stack_id = stack_id(scan);
	}
	scan->found |= missing & (GOPM_FIELD_GO | GOPM_FIELD_START | GOPM_FIELD_STACK);
}

static int64_t wait_time(const struct gopm__scan *scan)
{
	const struct gopm__g *g = &scan->g;

	if (g->wait_since <= 0 || scan->rt->now <= g->wait_since ||
	    (g->status != GOPM_G_WAITING && g->status != GOPM_G_SYSCALL && g->status != GOPM_G_LEAKED)) {
		return 0;
	}
	return scan->rt->now - g->wait_since;
}

static bool has_label(struct gopm__scan *scan, const char *key, const char *value)
{
	gopm_label labels[64];
	size_t count = gopm__labels(scan->rt, &scan->reader, &scan->g, labels, 64);

	for (size_t i = 0; i < count && i < 64; i++) {
		if ((key == NULL || gopm__glob(key, labels[i].key)) &&
		    (value == NULL || gopm__glob(value, labels[i].value))) {
			return true;
		}
	}
	return false;
}

static bool waits_on(struct gopm__scan *scan, uint64_t object)
{
	gopm_wait waits[MAX_OBJECTS];
	size_t count = gopm__waits(scan->rt, &scan->reader, &scan->cache, &scan->g, waits, MAX_OBJECTS);

	for (size_t i = 0; i < count && i < MAX_OBJECTS; i++) {
		if (waits[i].object == object) {
			return true;
		}
	}
	return false;
}

static gopm_str place_function(const struct gopm__place_in_code *place)
{
	return place->call != NULL ? place->call->function : (gopm_str){NULL, 0};
}

/* Cheap conditions first: most goroutines that fail, fail before they are unwound. */
static bool passes(struct gopm__scan *scan)
{
	const gopm_goroutine_filter *f = &scan->query->filter;
	const struct gopm__g *g = &scan->g;

	if ((f->id != 0 && g->id != f->id) || (gopm__g_is_dead(g) && (f->flags & GOPM_FILTER_DEAD) == 0) ||
	    (f->thread_id != 0 && (g->thread == NULL || g->thread->id != f->thread_id)) ||
	    (f->status != NULL && !gopm__glob(f->status, gopm__g_status_name(g->status))) ||
	    (f->wait_reason != NULL && !gopm__glob(f->wait_reason, gopm__g_wait_reason(scan->rt, g))) ||
	    (f->min_wait_time != 0 && wait_time(scan) < f->min_wait_time)) {
		return false;
	}
	if ((f->flags & (GOPM_FILTER_NO_SYSTEM | GOPM_FILTER_ONLY_SYSTEM)) != 0 &&
	    gopm__g_is_system(scan->rt, g) != ((f->flags & GOPM_FILTER_ONLY_SYSTEM) != 0)) {
		return false;
	}
	if (f->start != NULL) {
		gopm__scan_locate(scan, GOPM_FIELD_START);
		if (!gopm__glob(f->start, scan->start.function)) {
			return false;
		}
	}
	if (f->go != NULL) {
		gopm__scan_locate(scan, GOPM_FIELD_GO);
		if (!gopm__glob(f->go, place_function(&scan->go))) {
			return false;
		}
	}
	if (f->current != NULL) {
		gopm__scan_locate(scan, GOPM_FIELD_CURRENT);
		if (!gopm__glob(f->current, place_function(&scan->current))) {
			return false;
		}
	}
	if (f->user != NULL) {
		gopm__scan_locate(scan, GOPM_FIELD_USER);
		if (!gopm__glob(f->user, place_function(&scan->user))) {
			return false;
		}
	}
	if (f->stack_id != 0) {
		gopm__scan_locate(scan, GOPM_FIELD_STACK);
		if (scan->stack_id != f->stack_id) {
			return false;
		}
	}
	return ((f->label_key == NULL && f->label_value == NULL) || has_label(scan, f->label_key, f->label_value)) &&
	       (f->wait_object == 0 || waits_on(scan, f->wait_object));
}

static void prefetch(struct gopm__reader *reader, uint64_t address, uint64_t size)
{
	const uint8_t *p = gopm__read_span(reader, address, size);

	for (uint64_t at = 0; p != NULL && at < size; at += CACHE_LINE) {
		__builtin_prefetch(p + at);
	}
}

/* With a million goroutines nearly all the time goes into waiting for the first touch of each g and
 * its stack, in no order a CPU could guess: ask for those of a few goroutines ahead. */
static void look_ahead(struct gopm__scan *scan, uint64_t index)
{
	const struct gopm__layout *l = &scan->rt->layout;
	uint64_t address = gopm__runtime_g_at(scan->rt, &scan->reader, index + G_AHEAD), sp;

	if (address != 0) {
		prefetch(&scan->reader, address, l->size[GOPM__STRUCT_G]);
	}
	if ((scan->query->fields & GOPM_FIELD_USER) == 0 || l->g.sched_sp < 0) {
		return;
	}
	address = gopm__runtime_g_at(scan->rt, &scan->reader, index + STACK_AHEAD);
	if (address != 0 && gopm__read_u64(&scan->reader, address + (uint64_t)l->g.sched_sp, &sp)) {
		prefetch(&scan->reader, sp, STACK_BYTES_AHEAD);
	}
}

bool gopm__scan_next(struct gopm__scan *scan)
{
	while (scan->next < scan->end) {
		uint64_t index = scan->next++;
		uint64_t address = gopm__runtime_g_at(scan->rt, &scan->reader, index);
		look_ahead(scan, index);
		scan->found = 0;
		if (address == 0 || !gopm__g_read(scan->rt, &scan->reader, address, &scan->g)) {
			gopm__finding_add(scan->rt->findings, GOPM_FINDING_BAD_GOROUTINE, GOPM__AT_ADDRESS(address),
			                  "an entry of runtime.allgs leads to no goroutine");
			continue;
		}
		if (scan->g.status == GOPM_G_UNKNOWN) {
			gopm__finding_add(scan->rt->findings, GOPM_FINDING_BAD_GOROUTINE, GOPM__AT_ADDRESS(address),
			                  "a goroutine has a status that no Go version knows");
		}
		if (passes(scan)) {
			return true;
		}
	}
	return false;
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
	    .flags = g->flags | (gopm__g_is_system(scan->rt, g) ? GOPM_G_FLAG_SYSTEM : 0) |
	             (g->status == GOPM_G_UNKNOWN ? GOPM_G_FLAG_PARTIAL : 0),
	    .raw_wait_reason = g->raw_wait_reason,
	    .status_name = gopm__g_status_name(g->status),
	    .wait_reason = gopm__g_wait_reason(scan->rt, g),
	    .wait_since = g->wait_since,
	    .wait_time = wait_time(scan),
	    .stack_lo = g->stack_lo,
	    .stack_hi = g->stack_hi,
	    .m = g->m_address,
	    .m_id = g->m != NULL ? g->m->id : 0,
	    .thread_id = g->thread != NULL ? g->thread->id : 0,
	    .wait = {.fd = -1},
	};
	if (g->lockedm != 0) {
		const struct gopm__m *locked = gopm__runtime_m(scan->rt, g->lockedm);
		record->locked_thread_id = locked != NULL ? locked->procid : 0;
	}
	if (gopm__g_stands_at_syscall(g)) {
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
	}
	if ((fields & GOPM_FIELD_LABELS) != 0) {
		record->label_count = (uint32_t)gopm__labels(scan->rt, &scan->reader, g, NULL, 0);
	}
}
