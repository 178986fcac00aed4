/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "api/first_release.h"
#include "api/heap.h"
#include "api/sized.h"
#include "util/allocate.h"
#include "util/glob.h"

struct gopm_heap_type_iter {
	gopm_heap *heap;
	gopm_heap_type *records; /* sorted */
	size_t next, count;
};

/* The bytes that a filter is about. */
static uint64_t chosen_bytes(const gopm_heap_type *type, uint32_t flags)
{
	return flags == GOPM_HEAP_FILTER_LIVE      ? type->live_bytes
	       : flags == GOPM_HEAP_FILTER_GARBAGE ? type->bytes - type->live_bytes
	                                           : type->bytes;
}

/* The order of equal records is that of the histogram: most bytes first. */
struct sorted_type {
	gopm_heap_type record;
	uint64_t bytes;
	size_t order;
};

static int compare_types(const void *a, const void *b)
{
	const struct sorted_type *x = a, *y = b;

	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? 1 : -1;
	}
	return (x->order > y->order) - (x->order < y->order);
}

static gopm_heap_type type_record(gopm_heap *heap, const struct gopm__histogram_row *row)
{
	return (gopm_heap_type){
	    .type = gopm__heap_type_name(heap, row->type),
	    .descriptor = gopm__heap_type_descriptor(heap, row->type),
	    .form = gopm__heap_public_form(row->form),
	    .from = gopm__heap_public_from(row->evidence),
	    .objects = row->objects,
	    .elems = row->elems,
	    .bytes = row->bytes,
	    .live_objects = row->live_objects,
	    .live_bytes = row->live_bytes,
	    .slot_size = row->slot,
	    .pointers = row->pointers,
	};
}

static gopm_status choose_types(gopm_heap_type_iter *it, const gopm_heap_filter *filter)
{
	gopm_heap *heap = it->heap;
	struct sorted_type *sorted = gopm__calloc(heap->row_count + 1, sizeof *sorted);
	size_t count = 0;

	it->records = gopm__calloc(heap->row_count + 1, sizeof *it->records);
	if (sorted == NULL || it->records == NULL) {
		free(sorted);
		return GOPM_ERR_NO_MEMORY;
	}
	(void)pthread_mutex_lock(&heap->lock);
	for (size_t i = 0; i < heap->row_count; i++) {
		struct sorted_type *at = &sorted[count];
		*at = (struct sorted_type){.record = type_record(heap, &heap->rows[i]), .order = i};
		at->bytes = chosen_bytes(&at->record, filter->flags);
		if (at->bytes != 0 && at->record.type.data != NULL &&
		    (filter->type == NULL || gopm__glob(filter->type, at->record.type))) {
			count++;
		}
	}
	(void)pthread_mutex_unlock(&heap->lock);
	if (count != 0) {
		qsort(sorted, count, sizeof *sorted, compare_types);
	}
	for (size_t i = 0; i < count; i++) {
		it->records[i] = sorted[i].record;
	}
	it->count = count;
	free(sorted);
	return GOPM_OK;
}

gopm_status gopm_heap_type_iter_open(gopm_heap *heap, const gopm_heap_filter *filter, gopm_heap_type_iter **out,
                                     gopm_error **err)
{
	gopm_heap_filter checked;
	gopm_status status;

	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	gopm_heap_type_iter *it = gopm__heap_iter_new(heap, sizeof *it, &status, err);
	if (it == NULL) {
		return status;
	}
	const uint64_t begun = gopm__call_begin();
	status = gopm__heap_filter(filter, &checked, err);
	if (status == GOPM_OK) {
		status = choose_types(it, &checked);
	}
	status = gopm__call_result(begun, status, err);
	if (status != GOPM_OK) {
		gopm_heap_type_iter_free(it);
		return status;
	}
	*out = it;
	return GOPM_OK;
}

gopm_status gopm_heap_type_iter_next(gopm_heap_type_iter *it, gopm_heap_type *records, size_t stride, size_t capacity,
                                     size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_HEAP_TYPE) {
		return GOPM_ERR_ARGUMENT;
	}
	for (; *got < capacity && it->next < it->count; it->next++) {
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &it->records[it->next],
		                sizeof(gopm_heap_type));
	}
	return *got != 0 ? GOPM_OK : GOPM_DONE;
}

void gopm_heap_type_iter_free(gopm_heap_type_iter *it)
{
	if (it != NULL) {
		free(it->records);
		gopm__heap_release(it->heap);
		free(it);
	}
}
