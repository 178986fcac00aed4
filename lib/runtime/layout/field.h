/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of the runtime's structures: a structure's address plus an offset from struct gopm__layout. */
#ifndef GOPM_RUNTIME_LAYOUT_FIELD_H
#define GOPM_RUNTIME_LAYOUT_FIELD_H

#include "core/memory.h"
#include "runtime/layout/layout.h"

/* Reads the field of `size` bytes (1, 2, 4 or 8) at `offset` of the structure at `address`.
 * False, and *out is 0: this Go has no such field (offset < 0), `address` is nil, or the core lacks the bytes. */
static inline bool gopm__field(struct gopm__reader *reader, uint64_t address, int32_t offset, unsigned size,
                               uint64_t *out)
{
	*out = 0;
	return offset >= 0 && address != 0 && gopm__read_word(reader, address + (uint64_t)offset, size, out);
}

/* gopm__field() of 8 bytes. */
static inline bool gopm__field_u64(struct gopm__reader *reader, uint64_t address, int32_t offset, uint64_t *out)
{
	return gopm__field(reader, address, offset, 8, out);
}

/* The value of gopm__field(); 0 if it cannot be read. */
static inline uint64_t gopm__field_or_0(struct gopm__reader *reader, uint64_t address, int32_t offset, unsigned size)
{
	uint64_t value;

	(void)gopm__field(reader, address, offset, size, &value);
	return value;
}

#endif
