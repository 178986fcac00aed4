/* SPDX-License-Identifier: Apache-2.0 */
#include "code/frame_map.h"

#include "symbol/stack_map.h"

static void read_objects(struct gopm__frame_map *map, struct gopm__reader *reader, const struct gopm__arch *arch,
                         const struct gopm__func *func)
{
	struct gopm__stack_object object;
	uint64_t count;

	map->object_count = 0;
	map->complete = gopm__stack_objects(reader, func, &count);
	for (uint64_t i = 0; map->complete && i < count; i++) {
		map->complete = gopm__stack_object_at(reader, func, i, &object);
		if (map->complete) {
			int64_t from = object.offset + (object.offset < 0 ? map->pointers_end : arch->argument_offset);
			map->objects[map->object_count++] = (struct gopm__frame_object){from, from + object.size};
		}
	}
}

void gopm__frame_map_read(struct gopm__frame_map *map, struct gopm__reader *reader, const struct gopm__arch *arch,
                          const struct gopm__func *func)
{
	struct gopm__stack_maps locals;

	/* Locals end below the saved frame pointer (getStackMap of runtime/stkframe.go, before Go 1.20 of stack.go). */
	map->pointers_end = (arch->return_address_on_stack ? -2 : -1) * (int64_t)arch->pointer_size;
	map->pointers_begin = map->pointers_end;
	if (gopm__stack_maps(reader, func, GOPM__FUNCDATA_LOCALS_MAPS, &locals)) {
		map->pointers_begin -= (int64_t)locals.words * arch->pointer_size;
	}
	read_objects(map, reader, arch, func);
}
