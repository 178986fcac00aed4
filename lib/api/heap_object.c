/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "api/first_release.h"
#include "api/heap.h"
#include "api/sized.h"
#include "util/allocate.h"
#include "util/glob.h"

struct gopm_heap_object_iter {
	gopm_heap *heap;
	uint32_t flags;
	uint8_t *chosen; /* by number of the type: 1 if its name matches; NULL: all do */
	size_t chosen_count;
	size_t span;
	uint32_t slot; /* the next */
};

static gopm_heap_object object_record(gopm_heap *heap, const struct gopm__slots *span, uint32_t slot)
{
	const uint32_t typed = heap->heap.typed[slot], type = gopm__typed_type(typed);

	return (gopm_heap_object){
	    .address = gopm__object_address(span, slot),
	    .size = gopm__object_bytes(span),
	    .elems = gopm__object_elems(&heap->heap, span, slot),
	    .type = gopm__heap_type_name(heap, type),
	    .descriptor = gopm__heap_type_descriptor(heap, type),
	    .form = gopm__heap_public_form(gopm__typed_form(typed)),
	    .from = gopm__heap_public_from(gopm__typed_evidence(typed)),
	    .flags = (gopm__bit(heap->heap.live, slot) ? GOPM_HEAP_OBJECT_LIVE : 0) |
	             (span->pointers != GOPM__POINTERS_NONE ? GOPM_HEAP_OBJECT_POINTERS : 0),
	};
}

/* Compares the glob with each type once, not with each object. */
static gopm_status choose_by_name(gopm_heap_object_iter *it, const char *glob)
{
	gopm_heap *heap = it->heap;

	(void)pthread_mutex_lock(&heap->lock);
	const size_t count = heap->heap.types.count;
	it->chosen = gopm__calloc(count + 1, 1);
	it->chosen_count = it->chosen != NULL ? count : 0;
	for (size_t i = 0; i < it->chosen_count; i++) {
		const gopm_str name = gopm__heap_type_name(heap, (uint32_t)i);
		it->chosen[i] = name.data != NULL && gopm__glob(glob, name);
	}
	(void)pthread_mutex_unlock(&heap->lock);
	return it->chosen != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

gopm_status gopm_heap_object_iter_open(gopm_heap *heap, const gopm_heap_filter *filter, gopm_heap_object_iter **out,
                                       gopm_error **err)
{
	gopm_heap_filter checked;
	gopm_status status;

	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	gopm_heap_object_iter *it = gopm__heap_iter_new(heap, sizeof *it, &status, err);
	if (it == NULL) {
		return status;
	}
	const uint64_t begun = gopm__call_begin();
	status = gopm__heap_filter(filter, &checked, err);
	it->flags = checked.flags;
	if (status == GOPM_OK && checked.type != NULL) {
		status = choose_by_name(it, checked.type);
	}
	status = gopm__call_result(begun, status, err);
	if (status != GOPM_OK) {
		gopm_heap_object_iter_free(it);
		return status;
	}
	*out = it;
	return GOPM_OK;
}

static bool is_chosen(const gopm_heap_object_iter *it, uint32_t slot)
{
	const struct gopm__heap *heap = &it->heap->heap;

	if (!gopm__bit(heap->index.allocated, slot)) {
		return false;
	}
	const bool live = gopm__bit(heap->live, slot);
	const uint32_t type = gopm__typed_type(heap->typed[slot]);
	return ((it->flags & GOPM_HEAP_FILTER_LIVE) == 0 || live) &&
	       ((it->flags & GOPM_HEAP_FILTER_GARBAGE) == 0 || !live) &&
	       (it->chosen == NULL || (type < it->chosen_count && it->chosen[type] != 0));
}

gopm_status gopm_heap_object_iter_next(gopm_heap_object_iter *it, gopm_heap_object *records, size_t stride,
                                       size_t capacity, size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_HEAP_OBJECT) {
		return GOPM_ERR_ARGUMENT;
	}
	gopm_heap *heap = it->heap;
	const struct gopm__index *index = &heap->heap.index;
	const uint64_t begun = gopm__call_begin();

	(void)pthread_mutex_lock(&heap->lock);
	for (; *got < capacity && it->span < index->span_count; it->span++) {
		const struct gopm__slots *span = &index->spans[it->span];
		for (; *got < capacity && it->slot < span->first + span->count; it->slot++) {
			if (is_chosen(it, it->slot)) {
				const gopm_heap_object record = object_record(heap, span, it->slot);
				gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record,
				                sizeof record);
			}
		}
		if (it->slot < span->first + span->count) {
			break;
		}
	}
	(void)pthread_mutex_unlock(&heap->lock);
	const gopm_status status = gopm__call_result(begun, *got != 0 ? GOPM_OK : GOPM_DONE, NULL);
	*got = status == GOPM_OK ? *got : 0;
	return status;
}

void gopm_heap_object_iter_free(gopm_heap_object_iter *it)
{
	if (it != NULL) {
		free(it->chosen);
		gopm__heap_release(it->heap);
		free(it);
	}
}

gopm_status gopm_heap_object_at(gopm_heap *heap, uint64_t address, gopm_heap_object *object, size_t stride)
{
	const struct gopm__slots *span;

	if (heap == NULL || object == NULL || stride < GOPM__FIRST_HEAP_OBJECT) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint32_t slot = gopm__index_object(&heap->heap.index, address, &span);
	if (slot == GOPM__NO_SLOT || address < gopm__object_address(span, slot)) {
		return GOPM_NOT_FOUND;
	}
	const uint64_t begun = gopm__call_begin();
	(void)pthread_mutex_lock(&heap->lock);
	const gopm_heap_object record = object_record(heap, span, slot);
	(void)pthread_mutex_unlock(&heap->lock);
	const gopm_status status = gopm__call_result(begun, GOPM_OK, NULL);
	if (status == GOPM_OK) {
		gopm__sized_out(object, stride, &record, sizeof record);
	}
	return status;
}
