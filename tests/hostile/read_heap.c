/* SPDX-License-Identifier: Apache-2.0 */
/* The heap of a damaged core. Most of its bytes are the program's own values: a changed one cannot be told from
 * another value. So its answers are not compared with those of the undamaged core. They must agree with each other. */
#include "hostile/read.h"

#include <stdlib.h>

/* Objects that are found again by their address. */
#define MAX_OBJECTS 200

/* The driver reports a crash with its seed. */
static void check(bool ok)
{
	if (!ok) {
		abort();
	}
}

static void read_objects(gopm_heap *heap)
{
	static gopm_heap_object objects[MAX_OBJECTS];
	gopm_heap_object_iter *it;
	gopm_heap_object same;
	size_t got = 0;

	if (gopm_heap_object_iter_open(heap, NULL, &it, NULL) != GOPM_OK) {
		return;
	}
	(void)gopm_heap_object_iter_next(it, objects, sizeof objects[0], MAX_OBJECTS, &got);
	gopm_heap_object_iter_free(it);
	for (size_t i = 0; i < got; i++) {
		const uint64_t last = objects[i].address + objects[i].size - 1;
		check(gopm_heap_object_at(heap, last, &same, sizeof same) == GOPM_OK &&
		      same.address == objects[i].address);
		check(i == 0 || objects[i].address >= objects[i - 1].address + objects[i - 1].size);
	}
}

void read_heap(gopm_core *core)
{
	gopm_heap_info info = {.struct_size = sizeof info};
	gopm_heap *heap;
	gopm_heap_type_iter *it;
	gopm_heap_type type;
	uint64_t objects = 0, bytes = 0, live = 0, live_bytes = 0;
	size_t got;

	if (gopm_heap_open(core, NULL, &heap, NULL) != GOPM_OK) {
		return;
	}
	(void)gopm_heap_get_info(heap, &info);
	if (gopm_heap_type_iter_open(heap, NULL, &it, NULL) == GOPM_OK) {
		while (gopm_heap_type_iter_next(it, &type, sizeof type, 1, &got) == GOPM_OK) {
			objects += type.objects;
			bytes += type.bytes;
			live += type.live_objects;
			live_bytes += type.live_bytes;
		}
		gopm_heap_type_iter_free(it);
		check(objects == info.objects && bytes == info.bytes && live == info.live_objects &&
		      live_bytes == info.live_bytes && live <= objects && bytes <= info.in_use);
	}
	read_objects(heap);
	gopm_heap_close(heap);
}
