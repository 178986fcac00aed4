/* SPDX-License-Identifier: Apache-2.0 */
#include "value/field.h"

/* A bit field of 64 bits can begin within a byte. */
#define MAX_FIELD_BYTES 9u

/* The bits from `offset` on, in the order of the CPU, which is little-endian. */
static uint64_t read_bits(const uint8_t *bytes, unsigned offset, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++) {
		const unsigned bit = offset + i;
		value |= (uint64_t)(bytes[bit / 8] >> (bit % 8) & 1) << i;
	}
	return value;
}

/* Makes a value of the type's size from the bits, extended by their sign. Returns why that failed; NULL: it did not. */
static const char *read_bit_field(struct gopm__context *context, const struct gopm__variable *of,
                                  const struct gopm__field *field, const struct gopm__type *type,
                                  struct gopm__bytes **out)
{
	const struct gopm__type *real = gopm__type_resolve(context->types, type);
	const uint64_t size = gopm__type_size(context->types, real);
	const unsigned first = (unsigned)(field->bit_offset % 8);
	uint8_t raw[MAX_FIELD_BYTES] = {0};
	const char *why = NULL;
	struct gopm__bytes *bytes = gopm__arena_alloc(context->arena, sizeof *bytes + 2 * sizeof(uint64_t));

	if (real == NULL || size == 0 || size > 8 || field->bit_size > size * 8) {
		return "its type is damaged: a bit field is larger than its type";
	}
	if (bytes == NULL) {
		context->no_memory = true;
		return "out of memory";
	}
	if (!gopm__variable_read(context, of->bytes, of->address + field->bit_offset / 8, raw,
	                         (first + field->bit_size + 7u) / 8u, &why)) {
		return why;
	}
	uint64_t value = read_bits(raw, first, field->bit_size);
	if (real->class_ == GOPM__TYPE_INT && field->bit_size < 64 && (value >> (field->bit_size - 1) & 1) != 0) {
		value |= UINT64_MAX << field->bit_size;
	}
	uint8_t *data = (uint8_t *)(bytes + 1), *known = data + sizeof value;
	memcpy(data, &value, sizeof value);
	memset(known, GOPM__BYTE_KNOWN, sizeof value);
	*bytes = (struct gopm__bytes){.size = size, .data = data, .known = known, .bit_field = true};
	*out = bytes;
	return NULL;
}

void gopm__field_variable(struct gopm__context *context, const struct gopm__variable *of,
                          const struct gopm__field *field, struct gopm__variable *out)
{
	const struct gopm__type *type = gopm__types_at(context->types, field->type);
	struct gopm__bytes *bytes = NULL;

	if (field->bit_size == 0) {
		gopm__variable_init(context, out, field->name, of->address + field->offset, type, of->bytes);
		out->dangling = of->dangling;
		return;
	}
	const char *why = read_bit_field(context, of, field, type, &bytes);
	gopm__variable_init(context, out, field->name, bytes != NULL ? GOPM__BYTES_BASE : 0, type, bytes);
	out->unreadable = why != NULL ? why : out->unreadable;
}
