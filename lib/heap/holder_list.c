/* SPDX-License-Identifier: Apache-2.0 */
/* Adds holders, their groups, and what they point to. */
#include "heap/holder_private.h"
#include "util/str.h"
#include "util/vector.h"

/* FNV-1a. */
static uint64_t hash_group(const struct gopm__holder_group *group)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ group->kind ^ group->key << 8;

	hash *= UINT64_C(0x100000001b3);
	for (size_t i = 0; i < group->name.size; i++) {
		hash = (hash ^ (uint8_t)group->name.data[i]) * UINT64_C(0x100000001b3);
	}
	return hash | 1;
}

/* The number of a group. */
static bool number_group(struct gopm__holder_build *build, const struct gopm__holder_group *group, uint32_t *out)
{
	struct gopm__holders *h = build->holders;

	for (uint64_t hash = hash_group(group);; hash += 2) {
		bool fresh;
		uint64_t *number = gopm__map64_put(&build->groups, hash, &fresh);
		if (number == NULL ||
		    (fresh && !GOPM__VECTOR_RESERVE(h->groups, h->group_count, h->group_capacity, 1))) {
			build->status = GOPM_ERR_NO_MEMORY;
			return false;
		}
		if (fresh) {
			*number = h->group_count;
			h->groups[h->group_count++] = *group;
		}
		const struct gopm__holder_group *found = &h->groups[*number];
		if (found->kind == group->kind && found->key == group->key &&
		    gopm__str_equal(found->name, group->name)) {
			*out = (uint32_t)*number;
			return true;
		}
	}
}

bool gopm__holder_add(struct gopm__holder_build *build, uint64_t key, struct gopm__holder_group group)
{
	struct gopm__holders *h = build->holders;
	uint32_t number;

	if (!number_group(build, &group, &number)) {
		return false;
	}
	if (!GOPM__VECTOR_RESERVE(h->list, h->count, h->capacity, 1)) {
		build->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	h->list[h->count++] =
	    (struct gopm__holder){key, number, (uint32_t)h->target_count, (uint32_t)h->attached_count};
	return true;
}

bool gopm__holder_add_target(struct gopm__holder_build *build, uint32_t slot)
{
	struct gopm__holders *h = build->holders;

	if ((h->target_count > h->list[h->count - 1].target && h->targets[h->target_count - 1] == slot)) {
		return true;
	}
	if (h->target_count >= UINT32_MAX) {
		build->status = GOPM_ERR_LIMIT;
		return false;
	}
	if (!GOPM__VECTOR_RESERVE(h->targets, h->target_count, h->target_capacity, 1)) {
		build->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	h->targets[h->target_count++] = slot;
	return true;
}

bool gopm__holder_target(struct gopm__holder_build *build, uint64_t address)
{
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&build->heap->index, address, &span);

	return slot == GOPM__NO_SLOT || gopm__holder_add_target(build, slot);
}

bool gopm__holder_attach(struct gopm__holder_build *build, uint64_t address)
{
	struct gopm__holders *h = build->holders;
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&build->heap->index, address, &span);

	/* An object that two goroutines claim belongs to the first. */
	if (slot == GOPM__NO_SLOT || !gopm__bit(build->heap->live, slot) || !gopm__set_bit(h->cut, slot)) {
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(h->attached, h->attached_count, h->attached_capacity, 1)) {
		build->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	h->attached[h->attached_count++] = slot;
	return true;
}
