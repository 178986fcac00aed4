/* SPDX-License-Identifier: Apache-2.0 */
/* How the compiler laid out a frame: the locals with pointers, and the variables whose address is taken. */
#ifndef GOPM_CODE_FRAME_MAP_H
#define GOPM_CODE_FRAME_MAP_H

#include "arch/arch.h"
#include "symbol/stack_object.h"

/* All offsets are from the CFA. */
struct gopm__frame_map {
	/* Locals with pointers end at pointers_end. Below pointers_begin are the locals without pointers, then the
	 * outgoing arguments. */
	int64_t pointers_begin, pointers_end;
	bool complete; /* `objects` has every variable whose address is taken and that may hold pointers */
	size_t object_count;
	struct gopm__frame_object {
		int64_t begin, end;
	} objects[GOPM__MAX_STACK_OBJECTS];
};

void gopm__frame_map_read(struct gopm__frame_map *map, struct gopm__reader *reader, const struct gopm__arch *arch,
                          const struct gopm__func *func);

#endif
