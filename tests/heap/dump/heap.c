/* SPDX-License-Identifier: Apache-2.0 */
/* Prints as JSON what the library reads of a heap, before any name is shortened: for compare_heap.py. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "api/handle.h"
#include "heap/heap.h"
#include "heap/histogram.h"

static const char *const forms[GOPM__FORM_COUNT] = {"unknown", "one",         "array",  "bytes",  "tiny",
                                                    "map",     "directory",   "table",  "groups", "extra",
                                                    "chan",    "chan-buffer", "closure"};

static void print_name(struct gopm__heap *heap, uint32_t number)
{
	const struct gopm__object_type *type = &heap->types.list[number];
	gopm_str name = {0};

	if (number == 0) {
		return;
	}
	if (type->key_kind == GOPM__KEY_CLOSURE) {
		struct gopm__func func;
		if (gopm__func_find(heap->types.symtab->modules, heap->types.symtab->module_count, type->key, &func)) {
			name = gopm__func_name(func.module, func.name);
		}
	} else {
		name = gopm__runtime_type_name(&heap->program->runtime, type->key);
	}
	for (size_t i = 0; i < name.size; i++) {
		if (name.data[i] == '"' || name.data[i] == '\\') {
			(void)printf("\\");
		}
		(void)printf("%c", name.data[i]);
	}
}

int main(int argc, char **argv)
{
	gopm_core_options options;
	gopm_core *core;
	gopm_error *err;
	struct gopm__heap heap;
	struct gopm__progress progress = {0};

	gopm_core_options_init(&options, sizeof options);
	options.core_path = argv[1];
	options.exe_path = argc > 2 ? argv[2] : NULL;
	options.flags |= GOPM_OPEN_MAP;
	if (gopm_core_open(&options, &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	clock_t t0 = clock();
	gopm_status status = gopm__heap_open(&heap, core->program, &progress);
	if (status != GOPM_OK) {
		(void)fprintf(stderr, "status %d\n", status);
		return 1;
	}
	clock_t t1 = clock();
	struct gopm__histogram_row *rows;
	size_t count;
	gopm__histogram(&heap, &rows, &count);
	clock_t t2 = clock();
	(void)fprintf(stderr, "mark %.3f s, histogram %.3f s\n", (double)(t1 - t0) / CLOCKS_PER_SEC,
	              (double)(t2 - t1) / CLOCKS_PER_SEC);
	(void)printf("{\"objects\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"live_objects\": %" PRIu64
	             ", \"live_bytes\": %" PRIu64 ", \"unread\": %" PRIu64 ", \"inline\": %d, \"rows\": [\n",
	             heap.index.objects, heap.index.bytes, heap.live_objects, heap.live_bytes, heap.unread,
	             heap.index.inline_marks);
	for (size_t i = 0; i < count; i++) {
		const struct gopm__histogram_row *r = &rows[i];
		(void)printf("%s{\"type\": \"", i != 0 ? ",\n" : "");
		print_name(&heap, r->type);
		(void)printf("\", \"form\": \"%s\", \"evidence\": %u, \"objects\": %" PRIu64 ", \"elems\": %" PRIu64
		             ", \"bytes\": %" PRIu64 ", \"live\": %" PRIu64 ", \"live_bytes\": %" PRIu64
		             ", \"slot\": %" PRIu64 ", \"scan\": %d}",
		             forms[r->form], r->evidence, r->objects, r->elems, r->bytes, r->live_objects,
		             r->live_bytes, r->slot, r->pointers);
	}
	(void)printf("]}\n");
	free(rows);
	gopm__heap_close(&heap);
	gopm_core_close(core);
	return 0;
}
