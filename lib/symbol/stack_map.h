/* SPDX-License-Identifier: Apache-2.0 */
/* Stack maps: the words of a frame that hold live pointers at a safe point, as bitmaps, one bit a word. The function
 * has a list of bitmaps for its locals and one for its arguments; a PCDATA table has the index into both for each pc.
 * Source: stackmap of runtime/symtab.go and getStackMap of runtime/stkframe.go (until Go 1.19 of runtime/stack.go),
 * Go 1.16 to 1.27. */
#ifndef GOPM_SYMBOL_STACK_MAP_H
#define GOPM_SYMBOL_STACK_MAP_H

#include "symbol/pclntab.h"

/* Words of the largest frame that is read. */
#define GOPM__MAX_STACK_MAP_WORDS ((uint32_t)1 << 20)

/* A list of bitmaps. */
struct gopm__stack_maps {
	uint64_t bitmaps; /* address of the first */
	uint32_t count;   /* of bitmaps */
	uint32_t words;   /* that each bitmap has bits for */
};

/* Reads the list `which`: GOPM__FUNCDATA_LOCALS_MAPS or GOPM__FUNCDATA_ARGS_MAPS. False: the function has none, or it
 * is damaged or not in the core. */
bool gopm__stack_maps(struct gopm__reader *reader, const struct gopm__func *func, enum gopm__funcdata_number which,
                      struct gopm__stack_maps *out);

/* The index of the bitmaps for a call at `pc`. */
uint32_t gopm__stack_map_index(const struct gopm__func *func, uint64_t pc);

/* Finds the first word at or after *word whose bit is set in bitmap `index`. False: no more, no such bitmap, or not in
 * the core. */
bool gopm__stack_map_next(struct gopm__reader *reader, const struct gopm__stack_maps *maps, uint32_t index,
                          uint32_t *word);

#endif
