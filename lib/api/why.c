/* SPDX-License-Identifier: Apache-2.0 */
#include "api/why.h"

#include <stdlib.h>

#include "api/first_release.h"
#include "api/object_record.h"
#include "api/sized.h"
#include "export/why_text.h"
#include "unwind/locate.h"
#include "util/allocate.h"
#include "why/growth.h"

#define WHY_FLAGS (GOPM_WHY_FLAG_QUICK | GOPM_WHY_FLAG_ONE_THREAD)

void gopm_why_options_init(gopm_why_options *options, size_t size)
{
	gopm_why_options defaults = {0};

	gopm__sized_init(options, size, &defaults, sizeof defaults);
}

static gopm_status copy_why_options(const gopm_core *core, gopm_why_options *o, const gopm_why_options *options,
                                    gopm_error **err)
{
	gopm_why_options_init(o, sizeof *o);
	if (options == NULL) {
		return GOPM_OK;
	}
	gopm_status status = gopm__options_in(o, sizeof *o, options, sizeof(gopm_why_options), "gopm_why_options", err);
	if (status == GOPM_OK && (o->flags & ~WHY_FLAGS) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "gopm_why_options.flags has unknown bits 0x%x; use GOPM_WHY_FLAG_*",
		                  (unsigned)(o->flags & ~WHY_FLAGS));
	}
	if (status == GOPM_OK && o->heap != NULL && o->heap->core != core) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "gopm_why_options.heap is of another core");
	}
	return status;
}

/* Opens the heap and its holders. A core without heap is no error: less is certain. */
static gopm_status open_heap(gopm_why *why, const gopm_why_options *options, gopm_error **err)
{
	gopm_heap_options heap_options;

	gopm_heap_options_init(&heap_options, sizeof heap_options);
	heap_options.progress = options->progress;
	heap_options.progress_user_data = options->progress_user_data;
	why->heap_tried = true;
	gopm_status status = GOPM_OK;
	if (options->heap != NULL) {
		gopm__heap_retain(options->heap);
		why->heap = options->heap;
	} else {
		status = gopm_heap_open(why->core, &heap_options, &why->heap, err);
	}
	if (status == GOPM_NOT_FOUND) {
		if (err != NULL) {
			gopm_error_free(*err);
			*err = NULL;
		}
		why->partial = true;
		return GOPM_OK;
	}
	if (status == GOPM_OK) {
		(void)pthread_mutex_lock(&why->heap->lock);
		status = gopm__heap_hold(why->heap, err);
		(void)pthread_mutex_unlock(&why->heap->lock);
	}
	return status;
}

/* Opens the heap while waits are analyzed. */
struct heap_opening {
	gopm_why *why;
	const gopm_why_options *options;
	gopm_error **err;
	bool locked, failed;
};

static gopm_status open_ownership(void *user_data, struct gopm__ownership **ownership)
{
	struct heap_opening *opening = user_data;
	gopm_why *why = opening->why;
	const gopm_status status = open_heap(why, opening->options, opening->err);

	*ownership = NULL;
	opening->failed = status != GOPM_OK;
	if (status == GOPM_OK && why->heap != NULL) {
		(void)pthread_mutex_lock(&why->heap->lock);
		opening->locked = true;
		*ownership = why->heap->ownership;
	}
	return status;
}

static gopm_status analyze_waits(gopm_why *why, const gopm_why_options *options, uint64_t missing, gopm_error **err)
{
	const struct gopm__progress progress = {options->progress, options->progress_user_data};
	struct heap_opening opening = {.why = why, .options = options, .err = err};
	const struct gopm__heap_source heap = {open_ownership, &opening};
	const bool quick = (options->flags & GOPM_WHY_FLAG_QUICK) != 0;
	const bool one_thread = (options->flags & GOPM_WHY_FLAG_ONE_THREAD) != 0;

	why->heap_tried = quick;
	gopm_status status =
	    gopm__why_open(&why->why, why->core->program, quick ? NULL : &heap, missing, one_thread, &progress);
	if (opening.locked) {
		(void)pthread_mutex_unlock(&why->heap->lock);
	}
	if (opening.failed) {
		return status;
	}
	if (status == GOPM_OK) {
		why->partial |= why->why.partial;
		status = gopm__leaks_open(&why->leaks, &why->why);
	}
	if (status == GOPM_OK && !why->heap_tried && (why->why.findings.count != 0 || why->leaks.count != 0)) {
		/* For the places of objects. */
		status = open_heap(why, options, err);
		if (status != GOPM_OK) {
			return status;
		}
		why->partial |= gopm__why_is_partial(&why->why, missing);
	}
	if (status == GOPM_OK) {
		status = gopm__add_growth(&why->why, &why->leaks);
	}
	if (status == GOPM_OK) {
		why->texts = gopm__calloc(why->why.findings.count + 1, sizeof *why->texts);
		status = why->texts != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	}
	switch (status) {
	case GOPM_OK:
		return status;
	case GOPM_ERR_CANCELLED:
		return gopm__fail_cancelled(err);
	case GOPM_ERR_LIMIT:
		return gopm__fail(err, status, GOPM__NOWHERE,
		                  "the core has more goroutines or waits than can be counted");
	default:
		return gopm__fail_memory(err);
	}
}

gopm_status gopm_why_open(gopm_core *core, const gopm_why_options *options, gopm_why **out, gopm_error **err)
{
	gopm_why_options o;
	gopm_status status;

	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	gopm_why *why = gopm__handle_new(core, sizeof *why, &status, err);
	if (why == NULL) {
		return status;
	}
	(void)pthread_mutex_init(&why->lock, NULL);
	const uint64_t begun = gopm__call_begin();
	const uint64_t missing = gopm__missing_findings(&core->program->findings);
	status = gopm__bare_status(core->program, err);
	if (status == GOPM_OK && core->program->runtime.allgs == 0) {
		status = gopm__fail(err, GOPM_ERR_FORMAT, GOPM__NOWHERE, "runtime.allgs was not found");
	}
	if (status == GOPM_OK) {
		status = copy_why_options(core, &o, options, err);
	}
	if (status == GOPM_OK) {
		status = analyze_waits(why, &o, missing, err);
	}
	status = gopm__read_status(core, gopm__call_result(begun, status, err), err);
	if (status != GOPM_OK) {
		gopm_why_close(why);
		return status;
	}
	*out = why;
	return GOPM_OK;
}

void gopm_why_close(gopm_why *why)
{
	if (why != NULL) {
		gopm__leaks_close(&why->leaks);
		gopm__why_close(&why->why);
		gopm_heap_close(why->heap);
		gopm__arena_free(&why->arena);
		free(why->texts);
		free(why->objects);
		(void)pthread_mutex_destroy(&why->lock);
		gopm__core_release(why->core);
		free(why);
	}
}

gopm_status gopm_why_get_info(const gopm_why *why, gopm_why_info *info)
{
	if (why == NULL || info == NULL || info->struct_size < GOPM__FIRST_WHY_INFO) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__why *w = &why->why;
	gopm_why_info record = {.struct_size = info->struct_size,
	                        .goroutines = w->blocked.member_count,
	                        .leaked = why->leaks.leaked,
	                        .suspects = why->leaks.count - why->leaks.leaked,
	                        .findings = w->findings.count};
	record.flags = (why->partial ? GOPM_WHY_PARTIAL : 0) | (w->reached ? GOPM_WHY_REACHABILITY : 0);
	if (w->findings.count != 0 && w->findings.list[0].certainty > GOPM_CERTAINTY_POSSIBLE) {
		record.verdict = w->findings.list[0].verdict;
	}
	for (size_t i = 0; i < w->blocked.member_count; i++) {
		const struct gopm__member *member = &w->blocked.members[i];
		record.waiting += member->wait_count != 0 && w->ports.of[member->wait] != GOPM__NO_INDEX;
	}
	gopm__sized_out(info, info->struct_size, &record, sizeof record);
	return GOPM_OK;
}

const struct gopm__why_finding *gopm__why_finding_at(const gopm_why *why, size_t finding)
{
	return finding < why->why.findings.count ? &why->why.findings.list[finding] : NULL;
}

gopm_status gopm__why_array(const gopm_why *why, const void *records, size_t stride, size_t least, size_t capacity,
                            size_t *count)
{
	if (count != NULL) {
		*count = 0;
	}
	return why == NULL || count == NULL || (capacity != 0 && (records == NULL || stride < least))
	           ? GOPM_ERR_ARGUMENT
	           : GOPM_OK;
}

/* Nanoseconds from a wait's beginning to the end of the process; 0: unknown. */
static int64_t wait_time(const gopm_why *why, int64_t since)
{
	const int64_t now = why->core->program->runtime.now;

	return since > 0 && now > since ? now - since : 0;
}

/* What nobody sends to is a context if all of a finding's objects turn out to be contexts. */
static void name_contexts(gopm_why *why)
{
	struct gopm__findings_of_why *f = &why->why.findings;

	for (size_t i = 0; i < f->count; i++) {
		struct gopm__why_finding *finding = &f->list[i];
		bool all = finding->pattern == GOPM_PATTERN_NO_SENDER && finding->objects.count != 0;
		for (uint32_t k = 0; all && k < finding->objects.count; k++) {
			all = why->objects[finding->objects.first + k].kind == GOPM_OBJECT_CONTEXT;
		}
		finding->pattern = all ? GOPM_PATTERN_CONTEXT : finding->pattern;
	}
}

gopm_status gopm__why_describe_objects(gopm_why *why, struct gopm__object *list, size_t count)
{
	struct gopm__heap *heap = NULL;
	if (!why->heap_tried && count != 0) {
		const gopm_why_options options = {0};
		const gopm_status opened = open_heap(why, &options, NULL);
		if (opened != GOPM_OK) {
			return opened;
		}
	}
	if (why->heap != NULL) {
		heap = &why->heap->heap;
		(void)pthread_mutex_lock(&why->heap->lock);
	}
	const gopm_status status = gopm__objects_describe(why->core->program, heap, &why->arena, list, count);
	if (why->heap != NULL) {
		(void)pthread_mutex_unlock(&why->heap->lock);
	}
	return status;
}

gopm_status gopm__why_describe(gopm_why *why)
{
	const struct gopm__why *w = &why->why;
	const struct gopm__findings_of_why *f = &w->findings;

	if (why->objects != NULL) {
		return GOPM_OK;
	}
	why->objects = gopm__calloc(f->object_count + 1, sizeof *why->objects);
	if (why->objects == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < f->object_count; i++) {
		const struct gopm__waited *object = &w->blocked.objects[f->objects[i]];
		why->objects[i] = (struct gopm__object){.address = object->address, .kind = object->kind};
		if (object->waiters != 0) {
			const uint32_t wait = w->blocked.by_object[object->waiter];
			why->objects[i].g = w->blocked.members[w->blocked.waits[wait].member].g;
		}
	}
	const gopm_status status = gopm__why_describe_objects(why, why->objects, f->object_count);
	if (status != GOPM_OK) {
		free(why->objects);
		why->objects = NULL;
		return status;
	}
	name_contexts(why);
	return GOPM_OK;
}

/* The text of a finding. data NULL: out of memory. */
static gopm_str finding_text(gopm_why *why, size_t index)
{
	const struct gopm__why_finding *finding = &why->why.findings.list[index];
	struct gopm__text text = {0};

	if (why->texts[index].data == NULL) {
		gopm__why_text(&text, &why->why, finding, why->objects + finding->objects.first);
		why->texts[index] = gopm__heap_text(&why->arena, &text);
	}
	return why->texts[index];
}

gopm_status gopm_why_findings(gopm_why *why, gopm_why_finding *records, size_t stride, size_t capacity, size_t *count)
{
	gopm_status status = gopm__why_array(why, records, stride, GOPM__FIRST_WHY_FINDING, capacity, count);

	if (status != GOPM_OK) {
		return status;
	}
	const struct gopm__findings_of_why *f = &why->why.findings;
	const uint64_t begun = gopm__call_begin();
	(void)pthread_mutex_lock(&why->lock);
	status = capacity != 0 ? gopm__why_describe(why) : GOPM_OK;
	for (size_t i = 0; status == GOPM_OK && i < f->count && i < capacity; i++) {
		const struct gopm__why_finding *finding = &f->list[i];
		const gopm_why_finding record = {.verdict = finding->verdict,
		                                 .certainty = finding->certainty,
		                                 .basis = finding->basis,
		                                 .pattern = finding->pattern,
		                                 .waiters = finding->waiters.count,
		                                 .blamed = finding->blamed.count,
		                                 .objects = finding->objects.count,
		                                 .edges = finding->edges.count,
		                                 .structures = finding->structures,
		                                 .longest_wait = wait_time(why, finding->since),
		                                 .text = finding_text(why, i)};
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	(void)pthread_mutex_unlock(&why->lock);
	status = gopm__call_result(begun, status, NULL);
	*count = status == GOPM_OK ? f->count : 0;
	return status;
}

/* Fills records for the members of a range. */
static gopm_status fill_people(const gopm_why *why, const struct gopm__range *range, gopm_why_waiter *records,
                               size_t stride, size_t capacity, size_t *count)
{
	for (size_t i = 0; i < range->count && i < capacity; i++) {
		const uint32_t member = why->why.findings.people[range->first + i];
		const gopm_why_waiter record = {.id = why->why.blocked.members[member].id,
		                                .address = why->why.blocked.members[member].g,
		                                .certainty = gopm__member_certainty(&why->why.prospects, member)};
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	*count = range->count;
	return GOPM_OK;
}

gopm_status gopm_why_waiters(const gopm_why *why, size_t finding, gopm_why_waiter *records, size_t stride,
                             size_t capacity, size_t *count)
{
	gopm_status status = gopm__why_array(why, records, stride, GOPM__FIRST_WHY_WAITER, capacity, count);

	if (status != GOPM_OK) {
		return status;
	}
	const struct gopm__why_finding *f = gopm__why_finding_at(why, finding);
	return f != NULL ? fill_people(why, &f->waiters, records, stride, capacity, count) : GOPM_NOT_FOUND;
}

gopm_status gopm_why_blamed(const gopm_why *why, size_t finding, gopm_why_waiter *records, size_t stride,
                            size_t capacity, size_t *count)
{
	gopm_status status = gopm__why_array(why, records, stride, GOPM__FIRST_WHY_WAITER, capacity, count);

	if (status != GOPM_OK) {
		return status;
	}
	const struct gopm__why_finding *f = gopm__why_finding_at(why, finding);
	return f != NULL ? fill_people(why, &f->blamed, records, stride, capacity, count) : GOPM_NOT_FOUND;
}

gopm_status gopm_why_objects(gopm_why *why, size_t finding, gopm_object *records, size_t stride, size_t capacity,
                             size_t *count)
{
	gopm_status status = gopm__why_array(why, records, stride, GOPM__FIRST_OBJECT, capacity, count);

	if (status != GOPM_OK) {
		return status;
	}
	const struct gopm__why_finding *f = gopm__why_finding_at(why, finding);
	if (f == NULL) {
		return GOPM_NOT_FOUND;
	}
	const uint64_t begun = gopm__call_begin();
	(void)pthread_mutex_lock(&why->lock);
	status = capacity != 0 ? gopm__why_describe(why) : GOPM_OK;
	for (size_t i = 0; status == GOPM_OK && i < f->objects.count && i < capacity; i++) {
		const struct gopm__waited *waited =
		    &why->why.blocked.objects[why->why.findings.objects[f->objects.first + i]];
		gopm_object record = gopm__object_record(&why->objects[f->objects.first + i]);
		record.goroutines = waited->waiters;
		record.fd = waited->fd;
		record.deadline = record.deadline != 0 ? record.deadline : waited->deadline;
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	(void)pthread_mutex_unlock(&why->lock);
	status = gopm__call_result(begun, status, NULL);
	*count = status == GOPM_OK ? f->objects.count : 0;
	return status;
}

gopm_status gopm_why_edges(const gopm_why *why, size_t finding, gopm_why_edge *records, size_t stride, size_t capacity,
                           size_t *count)
{
	gopm_status status = gopm__why_array(why, records, stride, GOPM__FIRST_WHY_EDGE, capacity, count);

	if (status != GOPM_OK) {
		return status;
	}
	const struct gopm__why_finding *f = gopm__why_finding_at(why, finding);
	if (f == NULL) {
		return GOPM_NOT_FOUND;
	}
	for (size_t i = 0; i < f->edges.count && i < capacity; i++) {
		const struct gopm__why_edge *edge = &why->why.findings.edges[f->edges.first + i];
		const gopm_why_edge record = {.from = why->why.blocked.members[edge->from].id,
		                              .object = edge->object,
		                              .targets = edge->to.count,
		                              .waiters = edge->waiters,
		                              .how = edge->how,
		                              .evidence = edge->evidence,
		                              .certainty = edge->certainty};
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	*count = f->edges.count;
	return GOPM_OK;
}

gopm_status gopm_why_edge_targets(const gopm_why *why, size_t finding, size_t edge, uint64_t *ids, size_t capacity,
                                  size_t *count)
{
	gopm_status status = gopm__why_array(why, ids, sizeof *ids, sizeof *ids, capacity, count);

	if (status != GOPM_OK) {
		return status;
	}
	const struct gopm__why_finding *f = gopm__why_finding_at(why, finding);
	if (f == NULL || edge >= f->edges.count) {
		return GOPM_NOT_FOUND;
	}
	const struct gopm__range *to = &why->why.findings.edges[f->edges.first + edge].to;
	for (size_t i = 0; i < to->count && i < capacity; i++) {
		ids[i] = why->why.blocked.members[why->why.findings.people[to->first + i]].id;
	}
	*count = to->count;
	return GOPM_OK;
}

gopm_status gopm_why_leaks(const gopm_why *why, gopm_leak *records, size_t stride, size_t capacity, size_t *count)
{
	gopm_status status = gopm__why_array(why, records, stride, GOPM__FIRST_LEAK, capacity, count);

	if (status != GOPM_OK) {
		return status;
	}
	size_t at = 0;
	for (size_t group = 0; group < why->leaks.group_count; group++) {
		const struct gopm__leak_group *g = &why->leaks.groups[group];
		for (uint32_t i = 0; i < g->count; i++, at++) {
			const uint32_t member = why->leaks.list[g->first + i].member;
			const gopm_leak record = {.id = why->why.blocked.members[member].id,
			                          .address = why->why.blocked.members[member].g,
			                          .group = group,
			                          .certainty = g->certainty,
			                          .basis = why->why.basis[member]};
			if (at < capacity) {
				gopm__sized_out(gopm__sized_at(records, stride, at), stride, &record, sizeof record);
			}
		}
	}
	*count = at;
	return GOPM_OK;
}

/* The record of a group, with the places of its first goroutine. */
static gopm_leak_group group_record(const gopm_why *why, const struct gopm__leak_group *group)
{
	const struct gopm__runtime *rt = &why->core->program->runtime;
	const struct gopm__member *member = &why->why.blocked.members[why->leaks.list[group->first].member];
	struct gopm__reader reader = gopm__reader(&why->core->program->file.memory);
	gopm_leak_group record = {.count = group->count,
	                          .example_id = member->id,
	                          .certainty = group->certainty,
	                          .basis = group->basis,
	                          .kind = group->kind,
	                          .longest_wait = wait_time(why, group->since)};
	struct gopm__place_in_code current, user, go;
	uint64_t budget = gopm__walk_budget(rt);
	struct gopm__g g;

	if (gopm__g_read(rt, &reader, member->g, &g)) {
		if (gopm__locate(rt, &g, &budget, &current, &user)) {
			record.user = gopm__place_location(&user);
		}
		gopm__locate_go(rt, &g, false, &go);
		record.go_statement = gopm__place_location(&go);
		record.start = gopm__locate_start(rt, &g, false, &budget);
	}
	return record;
}

gopm_status gopm_why_leak_groups(const gopm_why *why, gopm_leak_group *records, size_t stride, size_t capacity,
                                 size_t *count)
{
	gopm_status status = gopm__why_array(why, records, stride, GOPM__FIRST_LEAK_GROUP, capacity, count);

	if (status != GOPM_OK) {
		return status;
	}
	for (size_t i = 0; i < why->leaks.group_count && i < capacity; i++) {
		const gopm_leak_group record = group_record(why, &why->leaks.groups[i]);
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	*count = why->leaks.group_count;
	return GOPM_OK;
}
