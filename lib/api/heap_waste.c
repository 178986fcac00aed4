/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/waste.h"

#include <stdlib.h>

#include "api/first_release.h"
#include "api/heap.h"
#include "api/sized.h"
#include "util/allocate.h"

#define MOST_STRINGS 1000u
#define TEXT_BYTES 64u

/* The first bytes of a string. */
static gopm_str waste_text(gopm_heap *heap, const struct gopm__waste *waste)
{
	struct gopm__reader reader = gopm__reader(&heap->core->program->file.memory);
	const size_t size = waste->length < TEXT_BYTES ? (size_t)waste->length : TEXT_BYTES;
	char *copy = size != 0 ? gopm__arena_alloc(&heap->arena, size) : NULL;

	return copy != NULL ? (gopm_str){copy, gopm__read_copy(&reader, waste->example, copy, size)}
	                    : (gopm_str){"", 0};
}

static gopm_heap_waste waste_record(gopm_heap *heap, const struct gopm__waste *waste)
{
	static const uint8_t kinds[] = {
	    [GOPM__WASTE_EQUAL] = GOPM_HEAP_WASTE_EQUAL,
	    [GOPM__WASTE_PART] = GOPM_HEAP_WASTE_PART,
	    [GOPM__WASTE_UNUSED] = GOPM_HEAP_WASTE_UNUSED,
	    [GOPM__WASTE_MAP] = GOPM_HEAP_WASTE_MAP,
	};
	return (gopm_heap_waste){
	    .kind = kinds[waste->kind],
	    .count = waste->count,
	    .bytes = waste->bytes,
	    .type = gopm__heap_type_name(heap, waste->type),
	    .text = waste->kind == GOPM__WASTE_EQUAL ? waste_text(heap, waste) : (gopm_str){"", 0},
	    .length = waste->length,
	    .example = waste->example,
	};
}

gopm_status gopm_heap_find_waste(gopm_heap *heap, const gopm_heap_options *options, gopm_heap_waste *records,
                                 size_t stride, size_t capacity, size_t *count, gopm_error **err)
{
	struct gopm__waste *rows = NULL;
	gopm_heap_options checked;
	size_t found = 0;

	if (err != NULL) {
		*err = NULL;
	}
	if (heap == NULL || count == NULL || (capacity != 0 && (records == NULL || stride < GOPM__FIRST_HEAP_WASTE))) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "heap and count must not be NULL, and stride is the size of gopm_heap_waste");
	}
	*count = 0;
	const uint64_t begun = gopm__call_begin();
	gopm_status status = gopm__heap_options(options, &checked, err);
	(void)pthread_mutex_lock(&heap->lock);
	if (status == GOPM_OK) {
		heap->heap.progress = (struct gopm__progress){checked.progress, checked.progress_user_data};
		status = gopm__waste(&heap->heap, MOST_STRINGS, &rows, &found);
		heap->heap.progress = (struct gopm__progress){0};
		if (status == GOPM_ERR_CANCELLED) {
			status = gopm__fail_cancelled(err);
		}
	}
	for (size_t i = 0; i < found && i < capacity; i++) {
		const gopm_heap_waste record = waste_record(heap, &rows[i]);
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	(void)pthread_mutex_unlock(&heap->lock);
	free(rows);
	status = gopm__call_result(begun, status, err);
	*count = status == GOPM_OK ? found : 0;
	return status;
}
