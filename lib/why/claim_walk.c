/* SPDX-License-Identifier: Apache-2.0 */
/* A program may have a million goroutines, whose frames are at a few hundred pcs, and whose stacks have a few dozen
 * shapes. The frames of a shape that have facts are found once. */
#include <stdlib.h>

#include "runtime/ahead.h"
#include "util/allocate.h"
#include "util/vector.h"
#include "why/claim_private.h"

/* Goroutines from one report of progress to the next. */
#define REPORT_EVERY 1024u
/* Frames of one goroutine that are evaluated: a recursion may have more. */
#define MOST_FRAMES 1024u
/* Goroutines of the first block, and of the largest: each is twice the one before it. */
#define FIRST_BLOCK ((uint64_t)1 << 6)
#define LARGEST_BLOCK ((uint64_t)1 << 18)

static bool add_frame(struct gopm__claim_search *search, const struct gopm__walk *walk, const struct gopm__claim_pc *at,
                      uint32_t number)
{
	if (!GOPM__VECTOR_RESERVE(search->frames, search->frame_count, search->frame_capacity, 1)) {
		search->no_memory = true;
		return false;
	}
	struct gopm__claim_frame *added = &search->frames[search->frame_count];
	const bool unwinding = search->frame_count != 0 && (added[-1].unwinding || added[-1].at->panics);
	*added = (struct gopm__claim_frame){.at = at,
	                                    .unwinding = unwinding,
	                                    .pc = walk->pc,
	                                    .lookup_pc = walk->lookup_pc,
	                                    .sp = walk->sp,
	                                    .cfa = walk->cfa,
	                                    .locals_end = gopm__walk_locals_end(walk),
	                                    .number = number,
	                                    .moved_on = walk->moved_on && (walk->flags & GOPM_FRAME_INNERMOST) != 0};
	search->frame_count++;
	return true;
}

/* Of a frame that has nothing but records of deferred calls. */
static const struct gopm__claim_pc no_facts;

/* Collects the frames that have facts or deferred calls. */
static void walk_frames(struct gopm__claim_search *search)
{
	struct gopm__walk walk;
	uint32_t number = 0;
	size_t record = 0;

	search->frame_count = 0;
	gopm__walk_goroutine(&walk, search->rt, &search->g, true, &search->budget);
	for (bool more = walk.at_frame; more && !search->no_memory; more = gopm__walk_next(&walk)) {
		const uint32_t current = number++;
		if (walk.info == NULL || !walk.info->known || walk.cfa == 0) {
			continue;
		}
		const struct gopm__claim_pc *at =
		    gopm__claim_pc_of(search, walk.info, walk.pc, walk.pc != walk.lookup_pc);
		while (record < search->record_count && search->records[record].sp < walk.sp) {
			record++;
		}
		if (at == NULL && (record == search->record_count || search->records[record].sp != walk.sp)) {
			continue;
		}
		if (search->frame_count == MOST_FRAMES ||
		    !add_frame(search, &walk, at != NULL ? at : &no_facts, current)) {
			return;
		}
	}
}

static void move_frame(struct gopm__claim_frame *frame, uint64_t distance)
{
	frame->sp += distance;
	frame->cfa += distance;
	frame->locals_end += distance;
}

/* Notes the frames that were collected. Without memory, the next goroutine is walked too. */
static void note_frames(struct gopm__claim_search *search, struct gopm__shape *shape)
{
	const size_t bytes = search->frame_count * sizeof *search->frames;
	struct gopm__claim_frames *noted = gopm__arena_alloc(&search->arena, sizeof *noted + bytes);

	if (noted == NULL) {
		search->no_memory = true;
		return;
	}
	noted->count = search->frame_count;
	noted->idle = true;
	for (size_t i = 0; i < search->frame_count; i++) {
		noted->frames[i] = search->frames[i];
		move_frame(&noted->frames[i], 0 - search->g.sched_sp);
		noted->idle &= !noted->frames[i].at->claims && noted->frames[i].at->defers == NULL;
	}
	shape->note = noted;
}

/* Takes the frames that were noted. */
static void take_frames(struct gopm__claim_search *search, const struct gopm__claim_frames *noted)
{
	search->frame_count = 0;
	if (!GOPM__VECTOR_RESERVE(search->frames, search->frame_count, search->frame_capacity, noted->count)) {
		search->no_memory = true;
		return;
	}
	for (size_t i = 0; i < noted->count; i++) {
		search->frames[i] = noted->frames[i];
		move_frame(&search->frames[i], search->g.sched_sp);
	}
	search->frame_count = noted->count;
}

/* Collects the frames that have facts or deferred calls. Records of deferred calls are of one stack, and not of its
 * shape. */
static void collect_frames(struct gopm__claim_search *search)
{
	struct gopm__shape *shape =
	    search->record_count == 0 ? gopm__shape_of(&search->shapes, search->rt, &search->reader, &search->g) : NULL;

	if (shape != NULL && shape->note != NULL) {
		take_frames(search, shape->note);
		return;
	}
	walk_frames(search);
	if (shape != NULL && !search->no_memory) {
		note_frames(search, shape);
	}
}

/* True if a frame has a fact that can be a claim, or a deferred call is pending. */
static bool has_claims(const struct gopm__claim_search *search)
{
	for (size_t i = 0; i < search->frame_count; i++) {
		if (search->frames[i].at->claims) {
			return true;
		}
	}
	return search->deferred.count != 0;
}

static void note_waits(struct gopm__claim_search *search)
{
	const size_t count =
	    gopm__waitables_of(&search->waitables, &search->reader, &search->g, search->waits, GOPM__CLAIM_WAITS);

	search->wait_count = count < GOPM__CLAIM_WAITS ? count : GOPM__CLAIM_WAITS;
}

static void visit_goroutine(struct gopm__claim_search *search)
{
	gopm__claim_records(search);
	collect_frames(search);
	gopm__claim_defers(search);
	gopm__claim_calls(search);
	if (has_claims(search)) {
		search->first_claim = search->claims->count;
		note_waits(search);
		gopm__claim_holds(search);
		gopm__claim_partners(search);
	}
	gopm__claim_end_search(search);
	gopm__code_cache_trim(&search->program->code);
}

/* Visits a block of goroutines, but not those that `idle` tells. */
static gopm_status visit_block(struct gopm__claim_search *search, uint64_t begin, uint64_t end, const uint8_t *idle,
                               const struct gopm__progress *progress)
{
	const struct gopm__runtime *rt = search->rt;
	const struct gopm__ahead ahead = {.stack = GOPM__CLAIM_STACK_AHEAD};

	for (uint64_t i = begin; i < end && !search->no_memory; i++) {
		if (i % REPORT_EVERY == 0 && progress != NULL &&
		    !gopm__progress_report(progress, GOPM_PROGRESS_GOROUTINES, i, rt->g_count)) {
			return GOPM_ERR_CANCELLED;
		}
		if (idle != NULL && idle[i - begin] != 0) {
			continue;
		}
		const uint64_t address = gopm__runtime_g_at(rt, &search->reader, i);
		(void)gopm__ahead(rt, &search->reader, i, ahead);
		if (address != 0 && gopm__g_read(rt, &search->reader, address, &search->g) &&
		    !gopm__g_is_dead(&search->g) && !gopm__g_is_system(rt, &search->g)) {
			visit_goroutine(search);
		}
	}
	return search->no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}

gopm_status gopm__claim_walk(struct gopm__claim_search *search, const struct gopm__progress *progress)
{
	const uint64_t count = search->rt->g_count;
	uint8_t *idle = gopm__malloc(count < LARGEST_BLOCK ? count + 1 : LARGEST_BLOCK);
	uint64_t size = FIRST_BLOCK, begin = 0;
	gopm_status status = idle != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;

	/* The first goroutines show which shapes there are. */
	while (begin < count && status == GOPM_OK) {
		const uint64_t end = size < count - begin ? begin + size : count;
		if (begin != 0 && !gopm__claim_find_idle(search, begin, end, idle)) {
			status = GOPM_ERR_NO_MEMORY;
		} else {
			status = visit_block(search, begin, end, begin != 0 ? idle : NULL, progress);
		}
		begin = end;
		size = size < LARGEST_BLOCK ? size * 2 : size;
	}
	free(idle);
	return status;
}
