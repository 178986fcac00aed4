/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vector_register.h"

int gopm__arch_vector(const struct gopm__arch *arch, uint64_t dwarf_number)
{
	uint64_t number = dwarf_number - arch->vectors.dwarf_number;

	return number < arch->vectors.count ? (int)number : -1;
}

bool gopm__vector_read(const struct gopm__arch *arch, const struct gopm__source *file, struct gopm__reader *reader,
                       const struct gopm__registers *registers, unsigned number, uint8_t *out)
{
	const uint8_t *bytes = NULL;

	if (number >= arch->vectors.count) {
		return false;
	}
	uint64_t stride = registers->vectors_stride != 0 ? registers->vectors_stride : GOPM__VECTOR_SIZE;
	uint64_t at = registers->vectors + number * stride;
	switch (registers->vectors_in) {
	case GOPM__VECTORS_FILE:
		bytes = gopm__source_span(file, at, GOPM__VECTOR_SIZE);
		break;
	case GOPM__VECTORS_MEMORY:
		return gopm__read_copy(reader, at, out, GOPM__VECTOR_SIZE) == GOPM__VECTOR_SIZE;
	default:
		break;
	}
	if (bytes != NULL) {
		memcpy(out, bytes, GOPM__VECTOR_SIZE);
	}
	return bytes != NULL;
}
