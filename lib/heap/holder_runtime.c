/* SPDX-License-Identifier: Apache-2.0 */
/* Structures of the runtime that are objects, and belong to a goroutine or a timer. */
#include "heap/holder_private.h"
#include "runtime/g.h"
#include "runtime/layout/field.h"
#include "runtime/semaphore.h"
#include "runtime/sudog.h"
#include "unwind/locate.h"
#include "util/search.h"
#include "util/str.h"

/* Sudogs of one goroutine, one for each channel of a select: runtime/select.go allows 65536 cases. */
#define MOST_SUDOGS 65536u

bool gopm__holder_contents(struct gopm__holder_build *build, uint32_t slot)
{
	const struct gopm__slots *span = gopm__index_span_of_slot(&build->heap->index, slot);
	struct gopm__pointer_scan scan;

	gopm__pointer_scan_init(&scan, build->heap);
	gopm__pointer_scan_object(&scan, span, slot);
	while (gopm__pointer_scan_next(&scan)) {
		for (size_t i = 0; i < scan.count; i++) {
			if (!gopm__holder_target(build, scan.edges[i].word)) {
				return false;
			}
		}
	}
	return true;
}

/* Attaches the sudogs with which a goroutine waits: on channels, and on a semaphore. */
static bool attach_sudogs(struct gopm__holder_build *build, const struct gopm__g *g)
{
	struct gopm__runtime *rt = &build->heap->program->runtime;
	const struct gopm__layout *l = &rt->layout;
	uint64_t sudog = g->waiting;

	for (uint32_t i = 0; i < MOST_SUDOGS && sudog != 0; i++) {
		if (!gopm__sudog_is_of(l, &build->reader, sudog, g->address)) {
			break;
		}
		if (!gopm__holder_attach(build, sudog)) {
			return false;
		}
		(void)gopm__sudog_waitlink(l, &build->reader, sudog, &sudog);
	}
	const struct gopm__semaphores *semaphores = gopm__semaphores(rt);
	size_t at;
	if (semaphores == NULL) {
		return true;
	}
	GOPM__LOWER_BOUND(at, semaphores->count, semaphores->waits[at].g < g->address);
	return at == semaphores->count || semaphores->waits[at].g != g->address ||
	       gopm__holder_attach(build, semaphores->waits[at].sudog);
}

/* The entry of the function that a go statement called, not of the wrapper that the compiler made for it. */
static uint64_t start_function(struct gopm__holder_build *build, const struct gopm__g *g)
{
	bool fresh;
	uint64_t *entry = g->startpc != 0 ? gopm__map64_put(&build->starts, g->startpc, &fresh) : NULL;

	if (entry == NULL) {
		return g->startpc;
	}
	if (fresh) {
		const gopm_location start =
		    gopm__locate_start(&build->heap->program->runtime, g, false, &build->budget);
		*entry = start.entry != 0 ? start.entry : g->startpc;
	}
	return *entry;
}

bool gopm__holder_goroutine(struct gopm__holder_build *build, uint64_t address)
{
	const struct gopm__runtime *rt = &build->heap->program->runtime;
	struct gopm__g g;

	(void)gopm__g_read(rt, &build->reader, address, &g);
	return gopm__holder_add(
	           build, address,
	           (struct gopm__holder_group){.key = start_function(build, &g), .kind = GOPM__HOLDER_GOROUTINE}) &&
	       gopm__holder_attach(build, address) && attach_sudogs(build, &g);
}

static bool is_go_func(const struct gopm__func *func)
{
	const gopm_str name = gopm__func_name(func->module, func->name);
	return gopm__str_equal(name, (gopm_str){"time.goFunc", sizeof "time.goFunc" - 1});
}

/* The entry of the function that a timer calls: of time.AfterFunc() the caller's, which is the argument of time.goFunc.
 * 0: unknown. */
static uint64_t timer_function(struct gopm__holder_build *build, uint64_t timer)
{
	struct gopm__program *program = build->heap->program;
	const struct gopm__layout *l = &program->runtime.layout;
	const uint64_t closure = gopm__field_or_0(&build->reader, timer, l->timer.f, 8);
	const uint64_t argument = l->timer.arg >= 0 ? gopm__field_or_0(&build->reader, timer, l->timer.arg + 8, 8) : 0;
	uint64_t entry, called;

	if (!gopm__read_u64(&build->reader, closure, &entry)) {
		return 0;
	}
	const struct gopm__pcinfo *info = gopm__symtab_pc(&program->symtab, entry);
	if (info != NULL && info->known && info->func.entry == entry && is_go_func(&info->func) &&
	    gopm__read_u64(&build->reader, argument, &called)) {
		return called;
	}
	return entry;
}

bool gopm__holder_timers(struct gopm__holder_build *build)
{
	const struct gopm__runtime *rt = &build->heap->program->runtime;
	const struct gopm__layout *l = &rt->layout;
	struct gopm__pointer_scan scan;

	gopm__pointer_scan_init(&scan, build->heap);
	for (size_t i = 0; i < rt->p_count; i++) {
		const uint64_t array = gopm__field_or_0(&build->reader, rt->ps[i], l->p.timers, 8);
		const struct gopm__slots *span;
		const uint32_t slot = gopm__index_object(&build->heap->index, array, &span);
		if (slot == GOPM__NO_SLOT || !gopm__bit(build->heap->live, slot) ||
		    !gopm__set_bit(build->holders->cut, slot)) {
			continue;
		}
		gopm__pointer_scan_object(&scan, span, slot);
		while (gopm__pointer_scan_next(&scan)) {
			for (size_t k = 0; k < scan.count; k++) {
				const uint64_t timer = scan.edges[k].word;
				const struct gopm__holder_group group = {.key = timer_function(build, timer),
				                                         .kind = GOPM__HOLDER_TIMER};
				if (!gopm__holder_add(build, timer, group) || !gopm__holder_target(build, timer)) {
					return false;
				}
			}
		}
	}
	return true;
}
