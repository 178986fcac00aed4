/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/stack_object.h"

/* Since Go 1.18 four numbers of 4 bytes: offset, size, bytes with pointers, offset of the mask from moduledata.rodata.
 * In Go 1.17 the address of the mask is after the first three. In Go 1.16 there are the offset, of 8 bytes, and the
 * address of the type's descriptor. Until Go 1.23 an object with a GC program has no mask; its number of bytes with
 * pointers is negative. */
enum { OFFSET_RECORD = 16, ADDRESS_RECORD = 24, TYPE_RECORD = 16 };

/* abi.Type, until Go 1.20 runtime._type */
enum { TYPE_PTRDATA = 8, TYPE_KIND = 23, TYPE_GCDATA = 32, KIND_GC_PROGRAM = 1 << 6 };

bool gopm__stack_objects(struct gopm__reader *reader, const struct gopm__func *func, uint64_t *count)
{
	uint64_t table = gopm__funcdata(func, GOPM__FUNCDATA_STACK_OBJECTS);

	*count = 0;
	return table == 0 || (gopm__read_u64(reader, table, count) && *count <= GOPM__MAX_STACK_OBJECTS);
}

/* Reads what Go 1.16 has in the type's descriptor. */
static bool read_object_type(struct gopm__reader *reader, uint64_t type, struct gopm__stack_object *out)
{
	uint64_t size, pointers, kind, mask;

	if (!gopm__read_u64(reader, type, &size) || !gopm__read_u64(reader, type + TYPE_PTRDATA, &pointers) ||
	    !gopm__read_word(reader, type + TYPE_KIND, 1, &kind) ||
	    !gopm__read_u64(reader, type + TYPE_GCDATA, &mask)) {
		return false;
	}
	/* Stacks have less than 2^31 bytes. */
	out->size = size < INT32_MAX ? (int64_t)size : 0;
	out->pointers = pointers < INT32_MAX ? (int64_t)pointers : 0;
	out->mask = (kind & KIND_GC_PROGRAM) != 0 ? 0 : mask;
	return true;
}

bool gopm__stack_object_at(struct gopm__reader *reader, const struct gopm__func *func, uint64_t index,
                           struct gopm__stack_object *out)
{
	const uint64_t table = gopm__funcdata(func, GOPM__FUNCDATA_STACK_OBJECTS) + 8;
	const uint64_t rodata = func->module->rodata;
	uint64_t place, pointers, mask, type;

	if (!gopm__read_u64(reader, table, &place)) {
		return false;
	}
	/* An object has a size, so the upper half of the first word tells Go 1.16 from 1.17. */
	const bool by_type = rodata == 0 && (place >> 32 == 0 || place >> 32 == UINT32_MAX);
	const uint64_t record = table + index * (rodata != 0 ? OFFSET_RECORD : by_type ? TYPE_RECORD : ADDRESS_RECORD);
	if (!gopm__read_u64(reader, record, &place)) {
		return false;
	}
	*out = (struct gopm__stack_object){.offset = (int32_t)place};
	if (by_type) {
		return gopm__read_u64(reader, record + 8, &type) && read_object_type(reader, type, out);
	}
	if (!gopm__read_word(reader, record + 8, 4, &pointers) ||
	    (rodata != 0 ? !gopm__read_word(reader, record + 12, 4, &mask)
	                 : !gopm__read_u64(reader, record + 16, &mask))) {
		return false;
	}
	const int64_t bytes = (int32_t)pointers;
	out->size = (int32_t)(place >> 32);
	out->pointers = bytes < 0 ? -bytes : bytes;
	out->mask = bytes < 0 ? 0 : mask + rodata;
	return true;
}
