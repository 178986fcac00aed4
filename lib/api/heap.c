/* SPDX-License-Identifier: Apache-2.0 */
#include "api/heap.h"

#include <stdlib.h>

#include "api/first_release.h"
#include "api/sized.h"
#include "runtime/page_alloc.h"
#include "type/descriptor_name.h"
#include "util/allocate.h"

void gopm_heap_options_init(gopm_heap_options *options, size_t size)
{
	gopm_heap_options defaults = {0};

	gopm__sized_init(options, size, &defaults, sizeof defaults);
}

void gopm_heap_filter_init(gopm_heap_filter *filter, size_t size)
{
	gopm_heap_filter defaults = {0};

	gopm__sized_init(filter, size, &defaults, sizeof defaults);
}

gopm_status gopm__heap_options(const gopm_heap_options *options, gopm_heap_options *out, gopm_error **err)
{
	*out = (gopm_heap_options){0};
	if (options == NULL) {
		return GOPM_OK;
	}
	gopm_status status =
	    gopm__options_in(out, sizeof *out, options, sizeof(gopm_heap_options), "gopm_heap_options", err);
	if (status == GOPM_OK && out->flags != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE, "unknown flag in gopm_heap_options.flags");
	}
	return status;
}

gopm_status gopm__heap_filter(const gopm_heap_filter *filter, gopm_heap_filter *out, gopm_error **err)
{
	*out = (gopm_heap_filter){0};
	if (filter == NULL) {
		return GOPM_OK;
	}
	gopm_status status =
	    gopm__options_in(out, sizeof *out, filter, sizeof(gopm_heap_filter), "gopm_heap_filter", err);
	if (status == GOPM_OK && (out->flags & ~(GOPM_HEAP_FILTER_LIVE | GOPM_HEAP_FILTER_GARBAGE)) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE, "unknown flag in gopm_heap_filter.flags");
	}
	return status;
}

void gopm__heap_retain(gopm_heap *heap)
{
	(void)atomic_fetch_add_explicit(&heap->references, 1, memory_order_relaxed);
}

void gopm__heap_release(gopm_heap *heap)
{
	if (heap == NULL || atomic_fetch_sub_explicit(&heap->references, 1, memory_order_acq_rel) != 1) {
		return;
	}
	if (heap->ownership != NULL) {
		gopm__ownership_close(heap->ownership);
		free(heap->ownership);
	}
	gopm__heap_close(&heap->heap);
	gopm__arena_free(&heap->arena);
	free(heap->rows);
	free(heap->names);
	(void)pthread_mutex_destroy(&heap->lock);
	gopm__core_release(heap->core);
	free(heap);
}

static gopm_status read_heap(gopm_heap *heap, const gopm_heap_options *options, gopm_error **err)
{
	const struct gopm__progress progress = {options->progress, options->progress_user_data};
	gopm_status status = gopm__heap_open(&heap->heap, heap->core->program, &progress);

	/* The callback is the caller's for this call only. */
	heap->heap.progress = (struct gopm__progress){0};
	if (status == GOPM_OK) {
		status = gopm__histogram(&heap->heap, &heap->rows, &heap->row_count);
	}
	if (status == GOPM_OK) {
		heap->name_count = heap->heap.types.count;
		heap->names = gopm__calloc(heap->name_count, sizeof *heap->names);
		status = heap->names != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	}
	switch (status) {
	case GOPM_OK:
		return status;
	case GOPM_NOT_FOUND:
		return gopm__fail(err, status, GOPM__NOWHERE,
		                  "the core does not have the heap; its findings say what is missing");
	case GOPM_ERR_CANCELLED:
		return gopm__fail_cancelled(err);
	default:
		return gopm__fail_memory(err);
	}
}

gopm_status gopm_heap_open(gopm_core *core, const gopm_heap_options *options, gopm_heap **out, gopm_error **err)
{
	gopm_heap_options checked;
	gopm_status status;

	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	gopm_heap *heap = gopm__handle_new(core, sizeof *heap, &status, err);
	if (heap == NULL) {
		return status;
	}
	atomic_init(&heap->references, 1);
	(void)pthread_mutex_init(&heap->lock, NULL);
	const uint64_t begun = gopm__call_begin();
	status = gopm__bare_status(core->program, err);
	if (status == GOPM_OK) {
		status = gopm__heap_options(options, &checked, err);
	}
	if (status == GOPM_OK) {
		status = read_heap(heap, &checked, err);
	}
	status = gopm__read_status(core, gopm__call_result(begun, status, err), err);
	if (status != GOPM_OK) {
		gopm__heap_release(heap);
		return status;
	}
	*out = heap;
	return GOPM_OK;
}

void gopm_heap_close(gopm_heap *heap)
{
	gopm__heap_release(heap);
}

gopm_status gopm_heap_get_info(const gopm_heap *heap, gopm_heap_info *info)
{
	if (heap == NULL || info == NULL || info->struct_size < GOPM__FIRST_HEAP_INFO) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__heap *h = &heap->heap;
	uint64_t slots = 0;
	for (size_t i = 0; i < h->index.span_count; i++) {
		slots += h->index.spans[i].end - h->index.spans[i].base;
	}
	struct gopm__runtime *rt = &heap->core->program->runtime;
	const struct gopm__mheap *mheap = gopm__mheap(rt);
	struct gopm__page_totals pages = {0};
	if (mheap == NULL || !gopm__page_totals(rt, mheap, &pages) ||
	    pages.mapped + h->index.arenas != h->index.in_use + h->index.stacks + pages.free) {
		pages = (struct gopm__page_totals){0};
	}
	const gopm_heap_info filled = {
	    .struct_size = info->struct_size,
	    .flags = h->unread != 0 ? GOPM_HEAP_INFO_PARTIAL : 0,
	    .objects = h->index.objects,
	    .bytes = h->index.bytes,
	    .live_objects = h->live_objects,
	    .live_bytes = h->live_bytes,
	    .in_use = h->index.in_use,
	    .free_slots = slots - h->index.bytes,
	    .rounding = h->index.in_use - slots,
	    .stacks = h->index.stacks,
	    .idle = pages.free - pages.released,
	    .released = pages.released,
	    .mapped = pages.mapped != 0 ? pages.mapped + h->index.arenas : 0,
	};
	gopm__sized_out(info, info->struct_size, &filled, sizeof filled);
	return GOPM_OK;
}

gopm_str gopm__heap_text(struct gopm__arena *arena, struct gopm__text *text)
{
	const size_t size = text->size;
	char *copy = text->failed ? NULL : gopm__arena_alloc(arena, size + 1);

	if (copy != NULL) {
		memcpy(copy, text->data != NULL ? text->data : "", size);
		copy[size] = '\0';
	}
	gopm__text_free(text);
	return (gopm_str){copy, copy != NULL ? size : 0};
}

gopm_str gopm__heap_type_name(gopm_heap *heap, uint32_t number)
{
	const struct gopm__object_type *type = &heap->heap.types.list[number];
	struct gopm__text text = {.limit = GOPM__TYPE_NAME_MAX};

	if (number == 0) {
		return (gopm_str){"", 0};
	}
	/* Types are numbered when they are first met. */
	if (number >= heap->name_count) {
		gopm_str *grown = gopm__realloc(heap->names, heap->heap.types.count * sizeof *grown);
		if (grown == NULL) {
			return (gopm_str){0};
		}
		memset(grown + heap->name_count, 0, (heap->heap.types.count - heap->name_count) * sizeof *grown);
		heap->names = grown;
		heap->name_count = heap->heap.types.count;
	}
	if (heap->names[number].data != NULL) {
		return heap->names[number];
	}
	if (type->key_kind == GOPM__KEY_CLOSURE) {
		const struct gopm__pcinfo *info = gopm__symtab_pc(&heap->core->program->symtab, type->key);
		if (info != NULL && info->known) {
			const gopm_str name = info->calls[info->call_count - 1].function;
			gopm__text_add(&text, name.data, name.size);
		}
	} else if (type->kind != 0) {
		struct gopm__reader reader = gopm__reader(&heap->core->program->file.memory);
		gopm__descriptor_full_name(&heap->core->program->symtab, &reader, type->key, &text);
	} else {
		/* Package reflect makes types in the heap; their names are in its maps. */
		gopm__text_printf(&text, "(type at 0x%llx)", (unsigned long long)type->key);
	}
	heap->names[number] = gopm__heap_text(&heap->arena, &text);
	return heap->names[number];
}

uint64_t gopm__heap_type_descriptor(const gopm_heap *heap, uint32_t number)
{
	const struct gopm__object_type *type = &heap->heap.types.list[number];
	return number != 0 && type->key_kind == GOPM__KEY_DESCRIPTOR ? type->key : 0;
}

uint32_t gopm__heap_public_form(unsigned form)
{
	static const uint8_t forms[GOPM__FORM_COUNT] = {
	    [GOPM__FORM_ONE] = GOPM_HEAP_ONE,
	    [GOPM__FORM_ARRAY] = GOPM_HEAP_ARRAY,
	    [GOPM__FORM_BYTES] = GOPM_HEAP_BYTES,
	    [GOPM__FORM_TINY] = GOPM_HEAP_TINY,
	    [GOPM__FORM_MAP_HEADER] = GOPM_HEAP_MAP,
	    [GOPM__FORM_MAP_DIRECTORY] = GOPM_HEAP_MAP,
	    [GOPM__FORM_MAP_TABLE] = GOPM_HEAP_MAP,
	    [GOPM__FORM_MAP_GROUPS] = GOPM_HEAP_MAP,
	    [GOPM__FORM_MAP_EXTRA] = GOPM_HEAP_MAP,
	    [GOPM__FORM_CHAN] = GOPM_HEAP_CHAN,
	    [GOPM__FORM_CHAN_BUFFER] = GOPM_HEAP_BUFFER,
	    [GOPM__FORM_CLOSURE] = GOPM_HEAP_CLOSURE,
	    [GOPM__FORM_ARENA] = GOPM_HEAP_ARENA,
	};
	return forms[form];
}

uint32_t gopm__heap_public_from(unsigned evidence)
{
	static const uint8_t from[] = {
	    [GOPM__EVIDENCE_NONE] = GOPM_HEAP_FROM_NOTHING,  [GOPM__EVIDENCE_GUESS] = GOPM_HEAP_FROM_MASK,
	    [GOPM__EVIDENCE_INSIDE] = GOPM_HEAP_FROM_INSIDE, [GOPM__EVIDENCE_POINTER] = GOPM_HEAP_FROM_POINTER,
	    [GOPM__EVIDENCE_SLICE] = GOPM_HEAP_FROM_SLICE,   [GOPM__EVIDENCE_INTERFACE] = GOPM_HEAP_FROM_INTERFACE,
	    [GOPM__EVIDENCE_OWNER] = GOPM_HEAP_FROM_OWNER,   [GOPM__EVIDENCE_HEADER] = GOPM_HEAP_FROM_HEADER,
	};
	return from[evidence];
}

void *gopm__heap_iter_new(gopm_heap *heap, size_t size, gopm_status *status, gopm_error **err)
{
	if (err != NULL) {
		*err = NULL;
	}
	if (heap == NULL) {
		*status = gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "heap must not be NULL");
		return NULL;
	}
	gopm_heap **iter = gopm__calloc(1, size);
	if (iter == NULL) {
		*status = gopm__fail_memory(err);
		return NULL;
	}
	*iter = heap;
	gopm__heap_retain(heap);
	*status = GOPM_OK;
	return iter;
}
