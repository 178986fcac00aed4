/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/stack_object.h"

/* Four numbers of 4 bytes: offset, size, bytes with pointers, offset of the pointer mask. Until Go 1.23 the third is
 * negative if the object has a GC program instead of a mask. */
enum { RECORD_SIZE = 16 };

bool gopm__stack_objects(struct gopm__reader *reader, const struct gopm__func *func, uint64_t *count)
{
	uint64_t table = gopm__funcdata(func, GOPM__FUNCDATA_STACK_OBJECTS);

	*count = 0;
	return table == 0 || (gopm__read_u64(reader, table, count) && *count <= GOPM__MAX_STACK_OBJECTS);
}

bool gopm__stack_object_at(struct gopm__reader *reader, const struct gopm__func *func, uint64_t index,
                           struct gopm__stack_object *out)
{
	uint64_t record = gopm__funcdata(func, GOPM__FUNCDATA_STACK_OBJECTS) + 8 + index * RECORD_SIZE, place, pointers;

	if (!gopm__read_u64(reader, record, &place) || !gopm__read_word(reader, record + 8, 4, &pointers)) {
		return false;
	}
	int64_t bytes = (int32_t)pointers;
	*out = (struct gopm__stack_object){
	    .offset = (int32_t)place, .size = (int32_t)(place >> 32), .pointers = bytes < 0 ? -bytes : bytes};
	return true;
}
