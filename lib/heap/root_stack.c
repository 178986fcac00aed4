/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines, each as scanstack of runtime/mgcmark.go does it: the saved closure, the frames, the deferred calls, the
 * panic, and the stack objects that these point to. */
#include "heap/root_stack.h"

#include <inttypes.h>
#include <stdlib.h>

#include "runtime/layout/field.h"
#include "util/allocate.h"
#include "util/cycle.h"
#include "util/vector.h"

/* Bytes of the largest stack: runtime/proc.go, main. */
#define MAX_STACK_BYTES ((uint64_t)1 << 30)
/* Goroutines from one report of progress to the next. */
#define REPORT_EVERY 1024u

/* The closure that the goroutine has in its context register when it continues. */
static void scan_context(struct gopm__stack_scan *scan)
{
	const int32_t offset = scan->roots->rt->layout.g.ctxt;
	struct gopm__root root = {.kind = GOPM__ROOT_GOROUTINE, .owner = scan->g.address};

	if (offset >= 0) {
		root.place = scan->g.address + (uint64_t)offset;
		gopm__scan_word(scan, &root);
	}
}

/* Vector registers of a goroutine that was preempted between two instructions (runtime/preempt_xreg.go). */
static void scan_vectors(struct gopm__stack_scan *scan)
{
	const struct gopm__runtime *rt = scan->roots->rt;
	const struct gopm__root root = {.kind = GOPM__ROOT_GOROUTINE, .owner = scan->g.address};

	if (rt->scans_vectors && scan->g.vectors != 0 &&
	    gopm__field_or_0(&scan->roots->probe, scan->g.address, rt->layout.g.async_safe_point, 1) != 0) {
		gopm__scan_range(scan, &root, scan->g.vectors, scan->g.vectors + rt->layout.size[GOPM__STRUCT_VECTORS]);
	}
}

/* Visits the frames. What is outside of a frame at which the walk was cut is read conservatively, so that nothing that
 * is alive is taken for garbage. */
static void scan_frames(struct gopm__stack_scan *scan)
{
	struct gopm__walk *walk = &scan->walk;

	scan->frame = 0;
	scan->callee = 0;
	scan->conservative = false;
	scan->end = 0;
	gopm__walk_goroutine(walk, scan->roots->rt, &scan->g, false, &scan->budget);
	for (bool more = walk->at_frame; more && !scan->roots->stopped; more = gopm__walk_next(walk)) {
		gopm__scan_frame(scan);
		scan->frame++;
	}
	if (scan->roots->stopped || !gopm__walk_is_cut(walk)) {
		return;
	}
	gopm__walk_report(walk);
	struct gopm__root root = gopm__scan_frame_root(scan);
	root.pc = 0;
	const uint64_t from = scan->end > scan->g.stack_lo ? scan->end : scan->g.stack_lo;
	if (scan->g.stack_hi > from && scan->g.stack_hi - scan->g.stack_lo <= MAX_STACK_BYTES) {
		gopm__scan_range(scan, &root, from, scan->g.stack_hi);
	}
}

/* Arguments of a deferred call, until Go 1.17: after its record (runtime/panic.go, deferArgs). */
static void scan_deferred_arguments(struct gopm__stack_scan *scan, uint64_t record, uint64_t function)
{
	const struct gopm__layout *l = &scan->roots->rt->layout;
	struct gopm__root root = {.kind = GOPM__ROOT_GOROUTINE, .owner = scan->g.address};
	uint64_t bytes, entry;

	if (!gopm__field(&scan->roots->probe, record, l->defer.siz, 4, &bytes) || bytes == 0 ||
	    !gopm__read_u64(&scan->roots->probe, function, &entry)) {
		return;
	}
	const struct gopm__pcinfo *info = gopm__symtab_pc(scan->roots->rt->symtab, entry);
	if (info == NULL || !info->known || info->func.entry != entry) {
		return;
	}
	const struct gopm__root_frame *frame = gopm__root_frame(&scan->frames, &scan->roots->probe, &info->func, entry);
	for (uint32_t i = 0; frame != NULL && i < frame->args.count; i++) {
		const uint64_t at = (uint64_t)scan->frames.words[frame->args.first + i] * 8;
		if (at < bytes) {
			root.place = record + l->size[GOPM__STRUCT_DEFER] + at;
			gopm__scan_word(scan, &root);
		}
	}
}

/* Deferred calls: a list from the newest, of records on the stack and in the heap. */
static void scan_defers(struct gopm__stack_scan *scan)
{
	const struct gopm__layout *l = &scan->roots->rt->layout;
	struct gopm__root root = {.kind = GOPM__ROOT_GOROUTINE, .owner = scan->g.address};
	struct gopm__cycle cycle = {0};
	uint64_t record, heap;

	if (l->g.defer < 0 || l->defer.fn < 0 || l->defer.link < 0) {
		return;
	}
	root.place = scan->g.address + (uint64_t)l->g.defer;
	record = gopm__field_or_0(&scan->roots->probe, scan->g.address, l->g.defer, 8);
	while (record != 0 && !scan->roots->stopped) {
		if (gopm__cycle_closed(&cycle, record)) {
			gopm__finding_add(scan->roots->findings, GOPM_FINDING_CYCLE, GOPM__AT_ADDRESS(record),
			                  "the list of deferred calls of a goroutine is cyclic");
			return;
		}
		if (!gopm__field(&scan->roots->probe, record, l->defer.heap, 1, &heap)) {
			gopm__finding_add(scan->roots->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(record),
			                  "a deferred call of a goroutine is not in the core: the older ones are "
			                  "missing");
			return;
		}
		if (heap != 0) {
			root.word = record;
			gopm__scan_value(scan, &root);
		}
		root.place = record + (uint64_t)l->defer.fn;
		gopm__scan_word(scan, &root);
		if (root.word != 0) {
			scan_deferred_arguments(scan, record, root.word);
		}
		root.place = record + (uint64_t)l->defer.link;
		gopm__scan_word(scan, &root);
		record = gopm__field_or_0(&scan->roots->probe, record, l->defer.link, 8);
	}
}

/* The panic is in a frame, and is a stack object of it. */
static void scan_panic(struct gopm__stack_scan *scan)
{
	struct gopm__root root = {.kind = GOPM__ROOT_GOROUTINE, .owner = scan->g.address};

	if (scan->g.panic != 0) {
		root.place = scan->g.address + (uint64_t)scan->roots->rt->layout.g.panic;
		root.word = scan->g.panic;
		gopm__scan_value(scan, &root);
	}
}

static void scan_goroutine(struct gopm__stack_scan *scan)
{
	scan->object_count = scan->exact.count = scan->guessed.count = 0;
	scan_context(scan);
	scan_vectors(scan);
	scan_frames(scan);
	scan_defers(scan);
	scan_panic(scan);
	gopm__scan_objects(scan);
}

static void scan_goroutines(struct gopm__stack_scan *scan)
{
	struct gopm__root_walk *roots = scan->roots;
	const struct gopm__runtime *rt = roots->rt;
	const struct gopm__root_request *request = roots->request;

	for (uint64_t i = 0; i < rt->g_count && !roots->stopped; i++) {
		const uint64_t address = gopm__runtime_g_at(rt, &roots->probe, i);
		if (i % REPORT_EVERY == 0 && request->progress != NULL &&
		    !gopm__progress_report(request->progress, request->phase, i, rt->g_count)) {
			roots->status = GOPM_ERR_CANCELLED;
			roots->stopped = true;
			return;
		}
		if (request->goroutine != 0 && address != request->goroutine) {
			continue;
		}
		if (address == 0 || !gopm__g_read(rt, &roots->probe, address, &scan->g)) {
			gopm__finding_add(roots->findings, GOPM_FINDING_BAD_GOROUTINE, GOPM__AT_ADDRESS(address),
			                  "a goroutine is not in the core: its roots are missing");
			continue;
		}
		if (!gopm__g_is_dead(&scan->g)) {
			scan_goroutine(scan);
		}
	}
}

void gopm__root_stacks(struct gopm__root_walk *walk)
{
	struct gopm__stack_scan *scan = gopm__calloc(1, sizeof *scan);

	if (scan == NULL) {
		walk->status = GOPM_ERR_NO_MEMORY;
		return;
	}
	scan->roots = walk;
	scan->budget = gopm__walk_budget(walk->rt);
	walk->lost = 0;
	scan_goroutines(scan);
	if (walk->lost != 0) {
		gopm__finding_add(walk->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "%" PRIu64 " words of stacks are not in the core: roots are missing", walk->lost);
	}
	if (walk->rt->partial) {
		gopm__finding_add(walk->findings, GOPM_FINDING_LIMIT, GOPM__NOWHERE,
		                  "not all goroutines are read: the roots of the others are missing");
	}
	if (scan->frames.full) {
		gopm__finding_add(walk->findings, GOPM_FINDING_LIMIT, GOPM__NOWHERE,
		                  "stack maps have more words than are read: roots of some frames are missing");
	}
	gopm__root_frames_free(&scan->frames);
	free(scan->objects);
	free(scan->exact.list);
	free(scan->guessed.list);
	free(scan);
}
