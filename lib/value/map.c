/* SPDX-License-Identifier: Apache-2.0 */
/* Iterates in the order of memory: the tables of the directory, the groups of a table, the slots of a group; or the
 * buckets, the overflow chain of a bucket, the slots of each. */
#include "value/map.h"

#include <inttypes.h>

#include "value/map_private.h"
#include "value/sync_map.h"

/* Top hashes of a bucket: 0 and 1 mean empty, 2 to 4 that the bucket is evacuated (runtime/map_noswiss.go). */
#define TOP_EMPTY_ONE 1
#define TOP_MIN 5

static const char bad_table[] = "a table of it is damaged";

static bool is_over_limit(struct gopm__map_iter *it)
{
	if (it->limit != 0 && it->visited >= it->limit) {
		it->unreadable =
		    gopm__context_text(it->context, "too few entries in its first %" PRIu64 " groups", it->limit);
		return true;
	}
	it->visited++;
	return false;
}

/* True if the directory has the table at `index` too, an earlier place: it has been visited there. */
static bool is_repeated_table(struct gopm__map_iter *it, uint64_t table, uint64_t index, uint64_t place)
{
	uint64_t first;

	if (index >= place) {
		it->unreadable = bad_table;
		return false;
	}
	if (!gopm__map_word(it, it->directory + index * 8, &first)) {
		return false;
	}
	if (first != table) {
		it->unreadable = bad_table;
		return false;
	}
	return !is_over_limit(it);
}

/* Moves to the next table. The directory has some tables more than once; a table's own index is the first of its
 * places. */
static bool next_table(struct gopm__map_iter *it)
{
	uint64_t table, index, mask, used;

	while (it->table < it->directory_length) {
		uint64_t place = it->table++;
		if (!gopm__map_word(it, it->directory + place * 8, &table) ||
		    !gopm__map_word(it, table + it->table_index, &index)) {
			return false;
		}
		if (index != place) {
			if (!is_repeated_table(it, table, index, place)) {
				return false;
			}
			continue;
		}
		if (!gopm__map_word(it, table + it->table_data, &it->groups) ||
		    !gopm__map_word(it, table + it->table_length_mask, &mask)) {
			return false;
		}
		if (it->groups == 0 || !gopm__map_pointer_possible(it->groups) || (mask & (mask + 1)) != 0 ||
		    mask >= MAX_TABLE_CAPACITY / SLOTS || mask >= UINT64_MAX / it->group_size) {
			it->unreadable = bad_table;
			return false;
		}
		it->group = 0;
		it->group_count = mask + 1;
		return it->table_used_size == 0 ||
		       !gopm__read_word(&it->context->reader, table + it->table_used, it->table_used_size, &used) ||
		       gopm__map_check_entries(it, used);
	}
	return false;
}

static bool load_control_word(struct gopm__map_iter *it)
{
	it->slot = 0;
	return gopm__variable_read(it->context, NULL, it->at + it->control_offset, it->control, sizeof it->control,
	                           &it->unreadable);
}

static bool next_group(struct gopm__map_iter *it)
{
	if (it->group >= it->group_count && !next_table(it)) {
		return false;
	}
	if (is_over_limit(it)) {
		return false;
	}
	it->at = it->groups + it->group++ * it->group_size;
	return load_control_word(it);
}

static bool is_evacuated(struct gopm__map_iter *it, uint64_t bucket, bool *out)
{
	uint64_t top;

	if (!gopm__variable_word(it->context, NULL, bucket + it->control_offset, 1, &top, &it->unreadable)) {
		return false;
	}
	*out = top > TOP_EMPTY_ONE && top < TOP_MIN;
	return true;
}

/* Moves to the first bucket of the next chain. While a map grows, the entries of a bucket are in its old bucket until
 * that is evacuated. */
static bool next_chain(struct gopm__map_iter *it)
{
	while (it->bucket < it->bucket_count) {
		uint64_t index = it->bucket++;
		bool moved = true;
		it->at = it->buckets + index * it->group_size;
		if (it->old_buckets == 0) {
			return true;
		}
		uint64_t old = it->old_buckets + (index & it->old_mask) * it->group_size;
		if (!is_evacuated(it, old, &moved)) {
			return false;
		}
		if (moved) {
			return true;
		}
		if ((index & it->old_mask) == index) {
			it->at = old;
			return true;
		}
		if (is_over_limit(it)) {
			return false;
		}
	}
	return false;
}

/* Brent's cycle detection: remembers a bucket after 1, 2, 4, ... steps. False: the chain came back to that bucket. */
static bool check_chain(struct gopm__map_iter *it)
{
	if (it->at == it->chain_mark) {
		it->unreadable = "damaged: a chain of its buckets has no end";
		return false;
	}
	if (++it->chain_steps == it->chain_limit) {
		it->chain_mark = it->at;
		it->chain_steps = 0;
		it->chain_limit *= 2;
	}
	return true;
}

static bool next_bucket(struct gopm__map_iter *it)
{
	if (is_over_limit(it)) {
		return false;
	}
	if (it->overflow != 0) {
		it->at = it->overflow;
		if (!check_chain(it)) {
			return false;
		}
	} else if (!next_chain(it)) {
		return false;
	} else {
		it->chain_mark = it->at;
		it->chain_steps = 0;
		it->chain_limit = 1;
	}
	return gopm__map_word(it, it->at + it->overflow_offset, &it->overflow) && load_control_word(it);
}

static bool is_slot_used(const struct gopm__map_iter *it, uint64_t slot)
{
	return it->swiss ? (it->control[slot] & CONTROL_EMPTY) == 0 : it->control[slot] > TOP_EMPTY_ONE;
}

static void fill_entry_part(struct gopm__map_iter *it, const struct gopm__map_array *array,
                            const struct gopm__type *wanted, bool indirect, uint64_t slot, struct gopm__variable *out)
{
	uint64_t address = it->at + array->offset + slot * array->stride;
	const char *why = NULL;
	gopm_str no_name = {"", 0};

	if (indirect) {
		uint64_t target = 0;
		(void)gopm__variable_word(it->context, NULL, address, 8, &target, &why);
		address = target;
	}
	gopm__variable_init(it->context, out, no_name, address, indirect ? wanted : array->elem, NULL);
	out->unreadable = why != NULL ? why : out->unreadable;
}

bool gopm__map_next(struct gopm__map_iter *it, struct gopm__variable *key, struct gopm__variable *value)
{
	if (it->sync != NULL) {
		return it->unreadable == NULL && gopm__sync_map_next(it, key, value);
	}
	if (it->group_size == 0) {
		return false;
	}
	while (it->unreadable == NULL) {
		while (it->slot < it->slots) {
			uint64_t slot = it->slot++;
			if (is_slot_used(it, slot)) {
				fill_entry_part(it, &it->keys, it->key, it->key_indirect, slot, key);
				fill_entry_part(it, &it->elems, it->elem, it->elem_indirect, slot, value);
				return true;
			}
		}
		if (!(it->swiss ? next_group(it) : next_bucket(it))) {
			return false;
		}
	}
	return false;
}

void gopm__load_map(struct gopm__context *context, struct gopm__variable *v, uint32_t level)
{
	const unsigned max_bad = 3;
	struct gopm__map_iter it;
	unsigned bad = 0;

	/* No limit with v->skip: the caller asked to pass over that many entries. */
	uint64_t max_groups =
	    v->skip == 0 && context->limits.max_elements < UINT64_MAX / 100 ? context->limits.max_elements * 100 : 0;
	gopm__map_open(context, v, max_groups, &it);
	if (v->as_map) {
		v->base = v->address;
	} else {
		(void)gopm__variable_word(context, v->bytes, v->address, 8, &v->base, &v->unreadable);
	}
	v->length = (int64_t)it.length;
	if (it.unreadable != NULL) {
		v->unreadable = it.unreadable;
		return;
	}
	if (v->length <= 0 || context->limits.max_elements == 0 || level > context->limits.max_depth) {
		return;
	}
	uint64_t left = v->skip < it.length ? it.length - v->skip : 0;
	uint64_t count = left < context->limits.max_elements ? left : context->limits.max_elements;
	if (count > context->budget / 2 ||
	    (v->children = gopm__variable_children(context, (size_t)count * 2)) == NULL) {
		v->unreadable = "a limit on the number of values was reached";
		return;
	}
	for (uint64_t i = 0; i < v->skip; i++) {
		struct gopm__variable key, value;
		if (!gopm__map_next(&it, &key, &value)) {
			break;
		}
	}
	while (v->child_count / 2 < count &&
	       gopm__map_next(&it, &v->children[v->child_count], &v->children[v->child_count + 1])) {
		struct gopm__variable *key = &v->children[v->child_count], *value = key + 1;
		v->child_count += 2;
		gopm__variable_load(context, key, level + 1);
		gopm__variable_load(context, value, level + 1);
		if ((key->unreadable != NULL || value->unreadable != NULL) && ++bad > max_bad) {
			break;
		}
	}
	if (it.unreadable != NULL) {
		v->unreadable = it.unreadable;
	}
}
