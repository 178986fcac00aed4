/* SPDX-License-Identifier: Apache-2.0 */
#include "why/g_index.h"

#include <stdlib.h>

#include "util/allocate.h"

/* A place in a page has 128 bytes: no g is smaller. */
#define PAGE_SHIFT 12
#define PLACE_SHIFT 7
#define PLACES 32u
#define LEAST_BITS 10u
/* More slots than this are only made for goroutines that are there. */
#define MOST_FIRST_BITS 22u

static size_t slot_of(const struct gopm__g_index *index, uint64_t address)
{
	const size_t page = gopm__hash64(address >> PAGE_SHIFT, index->bits);

	return (page + (address >> PLACE_SHIFT) % PLACES) & (((size_t)1 << index->bits) - 1);
}

/* The slot of the member with this g, or the free one for it. */
static uint32_t *find_slot_of_g(const struct gopm__g_index *index, const struct gopm__member *members, uint64_t address)
{
	const size_t mask = ((size_t)1 << index->bits) - 1;
	size_t i = slot_of(index, address);

	while (index->slots[i] != 0 && members[index->slots[i] - 1].g != address) {
		i = (i + 1) & mask;
	}
	return &index->slots[i];
}

/* Makes a table of 1 << bits slots for the first `count` members. */
static bool resize(struct gopm__g_index *index, unsigned bits, const struct gopm__member *members, uint32_t count)
{
	struct gopm__g_index larger = {.slots = gopm__calloc((size_t)1 << bits, sizeof *larger.slots), .bits = bits};

	if (larger.slots == NULL) {
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		*find_slot_of_g(&larger, members, members[i].g) = i + 1;
	}
	free(index->slots);
	*index = larger;
	return true;
}

bool gopm__g_index_open(struct gopm__g_index *index, uint64_t count)
{
	unsigned bits = LEAST_BITS;

	while (bits < MOST_FIRST_BITS && (UINT64_C(1) << bits) < count * 2) {
		bits++;
	}
	*index = (struct gopm__g_index){0};
	return resize(index, bits, NULL, 0);
}

void gopm__g_index_close(struct gopm__g_index *index)
{
	free(index->slots);
	*index = (struct gopm__g_index){0};
}

bool gopm__g_index_add(struct gopm__g_index *index, const struct gopm__member *members, uint32_t count,
                       uint64_t address, bool *fresh)
{
	if (index->slots == NULL && !resize(index, LEAST_BITS, NULL, 0)) {
		return false;
	}
	/* At most three quarters are in use. */
	if ((uint64_t)count * 4 >= UINT64_C(3) << index->bits && !resize(index, index->bits + 1, members, count)) {
		return false;
	}
	uint32_t *slot = find_slot_of_g(index, members, address);
	*fresh = *slot == 0;
	if (*fresh) {
		*slot = count + 1;
	}
	return true;
}

void gopm__g_index_prefetch(const struct gopm__g_index *index, uint64_t address)
{
	if (index->slots != NULL) {
		__builtin_prefetch(&index->slots[slot_of(index, address)]);
	}
}

uint32_t gopm__g_index_find(const struct gopm__g_index *index, const struct gopm__member *members, uint64_t address)
{
	if (index->slots == NULL || address == 0) {
		return GOPM__NO_INDEX;
	}
	const uint32_t slot = *find_slot_of_g(index, members, address);
	return slot != 0 ? slot - 1 : GOPM__NO_INDEX;
}
