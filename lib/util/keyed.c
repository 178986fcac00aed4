/* SPDX-License-Identifier: Apache-2.0 */
#include "util/keyed.h"

#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"

#define DIGIT_BITS 11u
#define DIGITS ((size_t)1 << DIGIT_BITS)

static size_t digit_of(const struct gopm__keyed *item, unsigned shift)
{
	return (size_t)(item->key >> shift) & (DIGITS - 1);
}

/* Copies the list in the order of one digit. */
static void sort_digit(struct gopm__keyed *to, const struct gopm__keyed *from, size_t count, unsigned shift)
{
	size_t begin[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < count; i++) {
		begin[digit_of(&from[i], shift)]++;
	}
	for (size_t d = 0; d < DIGITS; d++) {
		const size_t items = begin[d];
		begin[d] = sum;
		sum += items;
	}
	for (size_t i = 0; i < count; i++) {
		to[begin[digit_of(&from[i], shift)]++] = from[i];
	}
}

bool gopm__keyed_sort(struct gopm__keyed *list, size_t count)
{
	uint64_t differs = 0;

	for (size_t i = 1; i < count; i++) {
		differs |= list[i].key ^ list[0].key;
	}
	if (differs == 0) {
		return true;
	}
	struct gopm__keyed *other = gopm__malloc(count * sizeof *other), *from = list, *to = other;
	if (other == NULL) {
		return false;
	}
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
		if ((differs >> shift & (DIGITS - 1)) != 0) {
			struct gopm__keyed *const sorted = to;
			sort_digit(sorted, from, count, shift);
			to = from;
			from = sorted;
		}
	}
	if (from != list) {
		memcpy(list, from, count * sizeof *list);
	}
	free(other);
	return true;
}
