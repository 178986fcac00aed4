/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/stack_map.h"

/* Number of bitmaps and of their bits, 4 bytes each; the bitmaps follow. */
enum { HEADER_SIZE = 8 };

bool gopm__stack_maps(struct gopm__reader *reader, const struct gopm__func *func, enum gopm__funcdata_number which,
                      struct gopm__stack_maps *out)
{
	uint64_t at = gopm__funcdata(func, which), count, words;

	if (at == 0 || !gopm__read_word(reader, at, 4, &count) || !gopm__read_word(reader, at + 4, 4, &words) ||
	    words >= GOPM__MAX_STACK_MAP_WORDS) {
		return false;
	}
	*out = (struct gopm__stack_maps){at + HEADER_SIZE, (uint32_t)count, (uint32_t)words};
	return true;
}

uint32_t gopm__stack_map_index(const struct gopm__func *func, uint64_t pc)
{
	int32_t index = -1;

	/* A pc without a value is at the function's entry; getStackMap takes the first bitmap there. */
	return gopm__pcvalue(func, gopm__pcdata(func, GOPM__PCDATA_STACK_MAP), pc, &index) && index >= 0
	           ? (uint32_t)index
	           : 0;
}

bool gopm__stack_map_next(struct gopm__reader *reader, const struct gopm__stack_maps *maps, uint32_t index,
                          uint32_t *word)
{
	uint64_t bitmap = maps->bitmaps + (uint64_t)index * ((maps->words + 7) / 8), byte;

	while (index < maps->count && *word < maps->words) {
		if (!gopm__read_word(reader, bitmap + *word / 8, 1, &byte)) {
			return false;
		}
		byte >>= *word % 8;
		if (byte != 0) {
			for (; (byte & 1) == 0; byte >>= 1) {
				++*word;
			}
			return *word < maps->words;
		}
		*word = (*word | 7) + 1;
	}
	return false;
}
