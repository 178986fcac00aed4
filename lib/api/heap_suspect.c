/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/suspect.h"

#include <stdlib.h>

#include "api/first_release.h"
#include "api/heap.h"
#include "api/sized.h"
#include "util/allocate.h"

#define DEFAULT_PERCENT 10u

static gopm_heap_suspect suspect_record(gopm_heap *heap, const struct gopm__suspect *suspect)
{
	const gopm_heap_node node = gopm__heap_node(heap, suspect->node, &heap->arena);
	const bool of_type = suspect->kind == GOPM__SUSPECT_TYPE;
	gopm_heap_suspect out = {
	    .name = node.name,
	    .kind = of_type ? GOPM_HEAP_NODE_TYPE : node.kind,
	    .form = node.form,
	    .address = of_type ? 0 : node.address,
	    .objects = suspect->objects,
	    .bytes = suspect->bytes,
	    .instances = suspect->instances,
	    .point = {"", 0},
	    .child = gopm__heap_type_name(heap, gopm__typed_type(suspect->child_typed)),
	    .child_form = gopm__heap_public_form(gopm__typed_form(suspect->child_typed)),
	    .child_objects = suspect->child_objects,
	    .child_bytes = suspect->child_bytes,
	};

	if (suspect->point != GOPM__NO_NODE) {
		const gopm_heap_node point = gopm__heap_node(heap, suspect->point, &heap->arena);
		out.point = point.name;
		out.point_kind = point.kind;
		out.point_form = point.form;
		out.point_address = point.address;
		out.point_bytes = suspect->point_bytes;
	}
	return out;
}

gopm_status gopm_heap_suspects(gopm_heap *heap, uint32_t percent, const gopm_heap_options *options,
                               gopm_heap_suspect *records, size_t stride, size_t capacity, size_t *count,
                               gopm_error **err)
{
	struct gopm__suspect *list = NULL;
	gopm_heap_options checked;
	size_t found = 0;

	if (err != NULL) {
		*err = NULL;
	}
	if (heap == NULL || count == NULL || percent > 100 ||
	    (capacity != 0 && (records == NULL || stride < GOPM__FIRST_HEAP_SUSPECT))) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "heap and count must not be NULL, percent is at most 100, and stride is the size of "
		                  "gopm_heap_suspect");
	}
	*count = 0;
	const uint64_t begun = gopm__call_begin();
	gopm_status status = gopm__heap_options(options, &checked, err);
	(void)pthread_mutex_lock(&heap->lock);
	if (status == GOPM_OK) {
		status = gopm__heap_own(heap, &checked, err);
	}
	if (status == GOPM_OK) {
		status = gopm__suspects(heap->ownership, percent != 0 ? percent : DEFAULT_PERCENT, &list, &found);
	}
	for (size_t i = 0; i < found && i < capacity; i++) {
		const gopm_heap_suspect record = suspect_record(heap, &list[i]);
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	(void)pthread_mutex_unlock(&heap->lock);
	free(list);
	status = gopm__call_result(begun, status, err);
	*count = status == GOPM_OK ? found : 0;
	return status;
}
