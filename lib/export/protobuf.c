/* SPDX-License-Identifier: Apache-2.0 */
#include "export/protobuf.h"

#include <string.h>

#include "util/vector.h"

enum { WIRE_VARINT = 0, WIRE_BYTES = 2, MAX_VARINT = 10 };

static size_t encode_varint(uint8_t *out, uint64_t value)
{
	size_t size = 0;

	for (; value >= 0x80; value >>= 7) {
		out[size++] = (uint8_t)(value | 0x80);
	}
	out[size++] = (uint8_t)value;
	return size;
}

/* Returns room for `size` more bytes, or NULL. */
static uint8_t *reserve_bytes(struct gopm__protobuf *pb, size_t size)
{
	if (pb->failed || !GOPM__VECTOR_RESERVE(pb->data, pb->size, pb->capacity, size)) {
		pb->failed = true;
		return NULL;
	}
	return pb->data + pb->size;
}

static void add_varint(struct gopm__protobuf *pb, uint64_t value)
{
	uint8_t *out = reserve_bytes(pb, MAX_VARINT);

	if (out != NULL) {
		pb->size += encode_varint(out, value);
	}
}

void gopm__protobuf_element(struct gopm__protobuf *pb, unsigned field, uint64_t value)
{
	add_varint(pb, field << 3 | WIRE_VARINT);
	add_varint(pb, value);
}

void gopm__protobuf_int(struct gopm__protobuf *pb, unsigned field, uint64_t value)
{
	if (value != 0) {
		gopm__protobuf_element(pb, field, value);
	}
}

void gopm__protobuf_str(struct gopm__protobuf *pb, unsigned field, gopm_str value)
{
	add_varint(pb, field << 3 | WIRE_BYTES);
	add_varint(pb, value.size);
	uint8_t *out = value.size != 0 ? reserve_bytes(pb, value.size) : NULL;
	if (out != NULL) {
		memcpy(out, value.data, value.size);
		pb->size += value.size;
	}
}

struct gopm__protobuf_message gopm__protobuf_begin(struct gopm__protobuf *pb, unsigned field)
{
	add_varint(pb, field << 3 | WIRE_BYTES);
	return (struct gopm__protobuf_message){pb->size};
}

void gopm__protobuf_end(struct gopm__protobuf *pb, struct gopm__protobuf_message message)
{
	uint8_t length[MAX_VARINT];
	const size_t size = pb->size - message.begin, prefix = encode_varint(length, size);

	if (reserve_bytes(pb, prefix) != NULL) {
		memmove(pb->data + message.begin + prefix, pb->data + message.begin, size);
		memcpy(pb->data + message.begin, length, prefix);
		pb->size += prefix;
	}
}
