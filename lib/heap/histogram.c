/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/histogram.h"

#include <stdlib.h>

#include "heap/size_class.h"
#include "util/allocate.h"
#include "util/vector.h"

struct histogram {
	struct gopm__histogram_row *rows;
	size_t count, capacity;
	struct gopm__map64 by_key; /* type, form, and of unknown objects the slot -> index */
};

/* The form that is counted: the parts of a map are one. */
static enum gopm__form counted_form(uint32_t typed)
{
	const enum gopm__form form = gopm__typed_form(typed);
	return form >= GOPM__FORM_MAP_HEADER && form <= GOPM__FORM_MAP_EXTRA ? GOPM__FORM_MAP_HEADER : form;
}

/* Groups of a map count as the map, also if nothing says which map has them. */
static uint32_t counted_type(const struct gopm__heap *heap, uint32_t typed)
{
	const uint32_t map = heap->types.list[gopm__typed_type(typed)].map;

	return map != 0 && gopm__typed_evidence(typed) == GOPM__EVIDENCE_HEADER
	           ? gopm__typed(map, GOPM__FORM_MAP_GROUPS, GOPM__EVIDENCE_HEADER)
	           : typed;
}

static uint64_t row_key(const struct gopm__slots *span, uint32_t typed)
{
	const uint64_t form = (uint64_t)counted_form(typed) + 1;
	const uint64_t scan = span->pointers != GOPM__POINTERS_NONE;

	return gopm__typed_evidence(typed) == GOPM__EVIDENCE_NONE ? span->size << 9 | scan << 8 | 1 << 4
	                                                          : (uint64_t)gopm__typed_type(typed) << 8 | form << 4;
}

/* The elements up to the last word of the object that is not zero. */
static uint64_t used_elems(const struct gopm__slots *span, uint32_t slot, uint64_t elem_size)
{
	const uint64_t size = gopm__object_bytes(span);
	const uint8_t *data = span->bytes;
	uint64_t at = size;

	if (data == NULL) {
		return size / elem_size;
	}
	data += gopm__object_address(span, slot) - span->base;
	while (at >= 8 && gopm__load64(data + at - 8) == 0) {
		at -= 8;
	}
	return (at + elem_size - 1) / elem_size;
}

/* The number of elements of an array. If no slice ends at the array's end, those up to the last one that is used. */
static uint64_t array_elems(const struct gopm__slots *span, uint32_t slot, uint64_t known, uint64_t elem_size)
{
	const uint64_t most = elem_size != 0 ? gopm__object_bytes(span) / elem_size : 0;

	if (known != 0 && known <= most && gopm__slot_size(span->header + known * elem_size) == span->size) {
		return known;
	}
	const uint64_t used = most != 0 ? used_elems(span, slot, elem_size) : 0;
	return known > used && known <= most ? known : used < most ? used : most;
}

uint64_t gopm__object_elems(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot)
{
	const uint32_t typed = heap->typed[slot];
	const struct gopm__object_type *type = &heap->types.list[gopm__typed_type(typed)];
	const uint64_t bytes = gopm__object_bytes(span);
	const uint64_t elems = heap->elems[slot];

	switch (gopm__typed_form(typed)) {
	case GOPM__FORM_TINY:
		return (uint64_t)__builtin_popcountll(elems & 0xffff);
	case GOPM__FORM_BYTES:
		return elems != 0 ? elems : bytes;
	case GOPM__FORM_ARRAY:
	case GOPM__FORM_CHAN_BUFFER:
		return array_elems(span, slot, elems, type->size);
	default:
		return 1;
	}
}

static struct gopm__histogram_row *find_row(struct histogram *h, const struct gopm__slots *span, uint32_t typed)
{
	bool fresh;
	uint64_t *index = gopm__map64_put(&h->by_key, row_key(span, typed), &fresh);

	if (index == NULL) {
		return NULL;
	}
	if (fresh) {
		if (!GOPM__VECTOR_RESERVE(h->rows, h->count, h->capacity, 1)) {
			return NULL;
		}
		*index = h->count;
		h->rows[h->count++] = (struct gopm__histogram_row){
		    .type = gopm__typed_type(typed),
		    .form = (uint8_t)counted_form(typed),
		    .evidence = (uint8_t)gopm__typed_evidence(typed),
		    .slot = span->size,
		    .pointers = span->pointers != GOPM__POINTERS_NONE,
		};
	}
	return &h->rows[*index];
}

static bool count_span(struct gopm__heap *heap, struct histogram *h, const struct gopm__slots *span)
{
	uint32_t last = UINT32_MAX;
	struct gopm__histogram_row *row = NULL;

	for (uint32_t slot = span->first; slot < span->first + span->count; slot++) {
		if (!gopm__bit(heap->index.allocated, slot)) {
			continue;
		}
		const uint32_t typed = counted_type(heap, heap->typed[slot]);
		if (row == NULL || typed != last) {
			row = find_row(h, span, typed);
			last = typed;
			if (row == NULL) {
				return false;
			}
		}
		const uint64_t live = gopm__bit(heap->live, slot);
		row->objects++;
		row->bytes += span->size;
		row->elems += gopm__object_elems(heap, span, slot);
		row->live_objects += live;
		row->live_bytes += live * span->size;
		row->slot = row->slot == span->size ? row->slot : 0;
		if (row->evidence > gopm__typed_evidence(typed)) {
			row->evidence = (uint8_t)gopm__typed_evidence(typed);
		}
	}
	return true;
}

static int compare_rows(const void *a, const void *b)
{
	const struct gopm__histogram_row *x = a, *y = b;

	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? 1 : -1;
	}
	return x->type != y->type ? (x->type > y->type) - (x->type < y->type) : (int)x->form - (int)y->form;
}

gopm_status gopm__histogram(struct gopm__heap *heap, struct gopm__histogram_row **rows, size_t *count)
{
	struct histogram h = {0};
	gopm_status status = GOPM_OK;

	for (size_t i = 0; i < heap->index.span_count && status == GOPM_OK; i++) {
		status = count_span(heap, &h, &heap->index.spans[i]) ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	}
	gopm__map64_free(&h.by_key);
	if (status != GOPM_OK) {
		free(h.rows);
		h.rows = NULL;
		h.count = 0;
	} else if (h.count != 0) {
		qsort(h.rows, h.count, sizeof *h.rows, compare_rows);
	}
	*rows = h.rows;
	*count = h.count;
	return status;
}
