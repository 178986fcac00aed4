/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/path.h"

#include <stdlib.h>

#include "api/first_release.h"
#include "api/heap.h"
#include "api/sized.h"
#include "export/heap_path.h"
#include "heap/referrer.h"
#include "util/allocate.h"

struct gopm_heap_path {
	gopm_heap *heap;
	struct gopm__path path;
	struct gopm__text text;
};

/* Lets the search report to the callback of gopm_core_set_progress(). The caller holds the lock of the heap. */
static void set_progress(gopm_heap *heap, bool on)
{
	struct gopm__program *program = heap->core->program;

	gopm__program_lock(program);
	heap->heap.progress = on ? program->progress : (struct gopm__progress){0};
	gopm__program_unlock(program);
}

/* The slot of the object that contains `address`; GOPM__NO_SLOT: none. */
static uint32_t slot_at(const gopm_heap *heap, uint64_t address)
{
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&heap->heap.index, address, &span);

	return slot != GOPM__NO_SLOT && address >= gopm__object_address(span, slot) ? slot : GOPM__NO_SLOT;
}

/* Finds the path and its text. The caller holds the lock. */
static gopm_status find_path(gopm_heap_path *path, uint64_t address, gopm_error **err)
{
	struct gopm__ownership *o = path->heap->ownership;
	const uint32_t slot = slot_at(path->heap, address);
	struct gopm__paths paths;

	if (slot == GOPM__NO_SLOT) {
		return gopm__fail(err, GOPM_NOT_FOUND, GOPM__AT_ADDRESS(address), "no object of the heap is there");
	}
	gopm_status status = gopm__paths_open(&paths, &o->graph);
	if (status != GOPM_OK) {
		return status;
	}
	status = gopm__paths_find(&paths, slot, &path->path);
	gopm__paths_close(&paths);
	if (status == GOPM_NOT_FOUND) {
		return gopm__fail(err, status, GOPM__AT_ADDRESS(address), "nothing holds the object: it is garbage");
	}
	if (status == GOPM_OK) {
		gopm__heap_path_text(&path->text, &o->holders, &path->path);
		status = path->text.failed ? GOPM_ERR_NO_MEMORY : GOPM_OK;
	}
	return status;
}

gopm_status gopm_heap_path_open(gopm_heap *heap, uint64_t address, gopm_heap_path **out, gopm_error **err)
{
	gopm_status status;

	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	gopm_heap_path *path = gopm__heap_iter_new(heap, sizeof *path, &status, err);
	if (path == NULL) {
		return status;
	}
	const uint64_t begun = gopm__call_begin();
	(void)pthread_mutex_lock(&heap->lock);
	status = gopm__heap_hold(heap, err);
	if (status == GOPM_OK) {
		set_progress(heap, true);
		status = find_path(path, address, err);
		set_progress(heap, false);
	}
	if (status == GOPM_ERR_CANCELLED) {
		(void)gopm__fail_cancelled(err);
	}
	(void)pthread_mutex_unlock(&heap->lock);
	status = gopm__call_result(begun, status, err);
	if (status != GOPM_OK) {
		gopm_heap_path_free(path);
		return status;
	}
	*out = path;
	return GOPM_OK;
}

gopm_str gopm_heap_path_text(const gopm_heap_path *path)
{
	return path != NULL && path->text.data != NULL ? (gopm_str){path->text.data, path->text.size}
	                                               : (gopm_str){"", 0};
}

/* A pointer from the object in `from`, or from a root, to the object in `to`. The caller holds the lock. */
static gopm_heap_step step_record(gopm_heap *heap, uint32_t from, uint64_t place, uint32_t to, uint64_t inside)
{
	const struct gopm__index *index = &heap->heap.index;
	const uint32_t typed = heap->heap.typed[to];

	return (gopm_heap_step){
	    .object = from != GOPM__NO_SLOT ? gopm__object_address(gopm__index_span_of_slot(index, from), from) : 0,
	    .place = place,
	    .target = gopm__object_address(gopm__index_span_of_slot(index, to), to),
	    .inside = inside,
	    .type = gopm__heap_type_name(heap, gopm__typed_type(typed)),
	    .form = gopm__heap_public_form(gopm__typed_form(typed)),
	};
}

/* The address of an object's pointer. */
static uint64_t place_in(const gopm_heap *heap, uint32_t slot, uint64_t offset)
{
	return gopm__object_address(gopm__index_span_of_slot(&heap->heap.index, slot), slot) + offset;
}

gopm_status gopm_heap_path_steps(const gopm_heap_path *path, gopm_heap_step *records, size_t stride, size_t capacity,
                                 size_t *count)
{
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (path == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_HEAP_STEP))) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint64_t begun = gopm__call_begin();
	(void)pthread_mutex_lock(&path->heap->lock);
	for (size_t i = 0; i < path->path.count && i < capacity; i++) {
		const struct gopm__path_step *step = &path->path.steps[i];
		const uint64_t place = step->slot == GOPM__NO_SLOT ? path->path.root.place
		                       : step->special             ? 0
		                                       : place_in(path->heap, step->slot, step->edge.offset);
		const gopm_heap_step record = step_record(path->heap, step->slot, place, step->target, step->inside);
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	(void)pthread_mutex_unlock(&path->heap->lock);
	const gopm_status status = gopm__call_result(begun, GOPM_OK, NULL);
	*count = status == GOPM_OK ? path->path.count : 0;
	return status;
}

void gopm_heap_path_free(gopm_heap_path *path)
{
	if (path != NULL) {
		gopm__path_free(&path->path);
		gopm__text_free(&path->text);
		gopm__heap_release(path->heap);
		free(path);
	}
}

gopm_status gopm_heap_referrers(gopm_heap *heap, uint64_t address, gopm_heap_step *records, size_t stride,
                                size_t capacity, size_t *count, uint64_t *left_out)
{
	struct gopm__referrers found;

	if (left_out != NULL) {
		*left_out = 0;
	}
	if (count == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*count = 0;
	if (heap == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_HEAP_STEP) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint32_t slot = slot_at(heap, address);
	if (slot == GOPM__NO_SLOT) {
		return GOPM_NOT_FOUND;
	}
	const uint64_t begun = gopm__call_begin();
	(void)pthread_mutex_lock(&heap->lock);
	set_progress(heap, true);
	gopm_status status = gopm__referrers(&heap->heap, slot, capacity, &found);
	set_progress(heap, false);
	for (size_t i = 0; status == GOPM_OK && i < found.count; i++) {
		const struct gopm__referrer *r = &found.list[i];
		const uint64_t place =
		    r->slot == GOPM__NO_SLOT ? r->root.place : place_in(heap, r->slot, r->edge.offset);
		const gopm_heap_step record = step_record(heap, r->slot, place, slot, r->inside);
		gopm__sized_out(gopm__sized_at(records, stride, (*count)++), stride, &record, sizeof record);
	}
	if (status == GOPM_OK) {
		if (left_out != NULL) {
			*left_out = found.left_out;
		}
		free(found.list);
	}
	(void)pthread_mutex_unlock(&heap->lock);
	status = gopm__call_result(begun, status, NULL);
	*count = status == GOPM_OK ? *count : 0;
	return status;
}
