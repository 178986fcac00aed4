/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/suspect.h"

#include <stdlib.h>

#include "api/first_release.h"
#include "api/heap.h"
#include "api/sized.h"
#include "heap/blocked.h"
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

/* The name of a function; empty: not known. */
static gopm_str function_name(gopm_heap *heap, uint64_t entry)
{
	const struct gopm__symtab *symtab = &heap->core->program->symtab;
	struct gopm__text text = {0};
	struct gopm__func func;

	if (gopm__func_find(symtab->modules, symtab->module_count, entry, &func)) {
		const gopm_str name = gopm__func_name(func.module, func.name);
		gopm__text_add(&text, name.data, name.size);
	}
	return gopm__heap_text(&heap->arena, &text);
}

static gopm_heap_suspect blocked_record(gopm_heap *heap, const struct gopm__blocked *blocked)
{
	const gopm_heap_node node = gopm__heap_node(heap, blocked->node, &heap->arena);

	return (gopm_heap_suspect){
	    .name = node.name,
	    .kind = blocked->queue == GOPM__QUEUE_FINALIZERS ? GOPM_HEAP_NODE_FINALIZER : GOPM_HEAP_NODE_CLEANUP,
	    .address = node.address,
	    .objects = blocked->objects,
	    .bytes = blocked->bytes,
	    .instances = blocked->due,
	    .point = function_name(heap, blocked->function),
	    .point_address = blocked->function,
	    .point_kind = GOPM_HEAP_NODE_GOROUTINE,
	    .child = {"", 0},
	    .flags = GOPM_HEAP_SUSPECT_BLOCKED,
	};
}

gopm_status gopm_heap_suspects(gopm_heap *heap, uint32_t percent, const gopm_heap_options *options,
                               gopm_heap_suspect *records, size_t stride, size_t capacity, size_t *count,
                               gopm_error **err)
{
	struct gopm__suspect *list = NULL;
	struct gopm__blocked *blocked = NULL;
	gopm_heap_options checked;
	size_t found = 0, first = 0;

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
		status = gopm__blocked(heap->ownership, &blocked, &first);
	}
	if (status == GOPM_OK) {
		status = gopm__suspects(heap->ownership, percent != 0 ? percent : DEFAULT_PERCENT, &list, &found);
	}
	/* A queue is named with the goroutine that should run it. */
	size_t kept = 0;
	for (size_t i = 0; i < found; i++) {
		if (list[i].kind != GOPM__SUSPECT_HOLDER ||
		    !gopm__blocked_has(blocked, first, heap->ownership, list[i].node)) {
			list[kept++] = list[i];
		}
	}
	found = kept + first;
	for (size_t i = 0; status == GOPM_OK && i < found && i < capacity; i++) {
		const gopm_heap_suspect record =
		    i < first ? blocked_record(heap, &blocked[i]) : suspect_record(heap, &list[i - first]);
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &record, sizeof record);
	}
	(void)pthread_mutex_unlock(&heap->lock);
	free(blocked);
	free(list);
	status = gopm__call_result(begun, status, err);
	*count = status == GOPM_OK ? found : 0;
	return status;
}
