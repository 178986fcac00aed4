/* SPDX-License-Identifier: Apache-2.0 */
#include "util/map64.h"

#include <stdlib.h>

#include "util/allocate.h"

void gopm__map64_free(struct gopm__map64 *map)
{
	free(map->slots);
	*map = (struct gopm__map64){0};
}

/* The slot of `key`, or the free one for it. */
static struct gopm__map64_slot *find_slot(struct gopm__map64_slot *slots, unsigned bits, uint64_t key)
{
	size_t mask = ((size_t)1 << bits) - 1;
	size_t i = gopm__hash64(key, bits);
	while (slots[i].key != 0 && slots[i].key != key) {
		i = (i + 1) & mask;
	}
	return &slots[i];
}

static bool grow_slots(struct gopm__map64 *map)
{
	unsigned bits = map->bits != 0 ? map->bits + 1 : 6;
	struct gopm__map64_slot *slots = gopm__calloc((size_t)1 << bits, sizeof *slots);
	if (slots == NULL) {
		return false;
	}
	if (map->bits != 0) {
		for (size_t i = 0; i < (size_t)1 << map->bits; i++) {
			if (map->slots[i].key != 0) {
				*find_slot(slots, bits, map->slots[i].key) = map->slots[i];
			}
		}
	}
	free(map->slots);
	map->slots = slots;
	map->bits = bits;
	return true;
}

uint64_t *gopm__map64_put(struct gopm__map64 *map, uint64_t key, bool *fresh)
{
	/* At most three quarters are in use. */
	if (map->bits == 0 || map->count * 4 >= ((size_t)3 << map->bits)) {
		if (!grow_slots(map)) {
			return NULL;
		}
	}
	struct gopm__map64_slot *slot = find_slot(map->slots, map->bits, key);
	*fresh = slot->key == 0;
	if (*fresh) {
		slot->key = key;
		map->count++;
	}
	return &slot->value;
}

const uint64_t *gopm__map64_get(const struct gopm__map64 *map, uint64_t key)
{
	if (map->bits == 0 || key == 0) {
		return NULL;
	}
	const struct gopm__map64_slot *slot = find_slot(map->slots, map->bits, key);
	return slot->key != 0 ? &slot->value : NULL;
}
