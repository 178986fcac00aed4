/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/arena_value.h"

#include <stdlib.h>

#include "util/allocate.h"
#include "util/vector.h"

/* Bytes of values that are scanned, as a multiple of all chunks: values of a program overlap little. */
#define MOST_SCANNED 4u

struct arena_value {
	uint64_t address, elems;
	uint32_t type;
};

struct gopm__arena_values {
	struct gopm__heap *heap;
	struct arena_value *list; /* that are not scanned yet */
	size_t count, capacity;
	struct gopm__map64 types; /* address -> the type and number of elements that were added last */
	uint64_t budget;          /* bytes that may still be scanned */
};

struct gopm__arena_values *gopm__arena_values_new(struct gopm__heap *heap, gopm_status *status)
{
	if (heap->index.arenas == 0) {
		return NULL;
	}
	struct gopm__arena_values *values = gopm__calloc(1, sizeof *values);
	if (values == NULL) {
		*status = GOPM_ERR_NO_MEMORY;
		return NULL;
	}
	values->heap = heap;
	values->budget = heap->index.arenas * MOST_SCANNED;
	return values;
}

void gopm__arena_values_free(struct gopm__arena_values *values)
{
	if (values != NULL) {
		free(values->list);
		gopm__map64_free(&values->types);
		free(values);
	}
}

bool gopm__arena_values_add(struct gopm__arena_values *values, const struct gopm__edge *edge)
{
	const bool elements = edge->to == GOPM__TO_ELEMENTS;
	const uint64_t elems = elements ? edge->elems : 1;
	bool fresh;

	if ((edge->to != GOPM__TO_VALUE && !elements) || edge->type == 0 || elems == 0 || elems >= UINT32_MAX ||
	    edge->word == 0) {
		return true;
	}
	uint64_t *known = gopm__map64_put(&values->types, edge->word, &fresh);
	if (known == NULL || !GOPM__VECTOR_RESERVE(values->list, values->count, values->capacity, 1)) {
		return false;
	}
	const uint64_t now = (uint64_t)edge->type << 32 | elems;
	if (fresh || *known != now) {
		*known = now;
		values->list[values->count++] =
		    (struct arena_value){.address = edge->word, .elems = elems, .type = edge->type};
	}
	return true;
}

bool gopm__arena_values_next(struct gopm__arena_values *values, struct gopm__pointer_scan *scan)
{
	while (values->count != 0) {
		const struct arena_value value = values->list[--values->count];
		const struct gopm__slots *span = gopm__index_span(&values->heap->index, value.address);
		const struct gopm__object_type *type = gopm__object_type(&values->heap->types, value.type);
		uint64_t bytes;

		if (span == NULL || type->damaged || !type->typed || type->size == 0 ||
		    __builtin_mul_overflow(type->size, value.elems, &bytes) || bytes > span->end - value.address) {
			continue;
		}
		if (bytes > values->budget) {
			values->count = 0;
			return false;
		}
		values->budget -= bytes;
		gopm__pointer_scan_part(scan, span, value.address, bytes, value.type);
		return true;
	}
	return false;
}
