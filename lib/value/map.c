/* SPDX-License-Identifier: Apache-2.0 */
#include "value/map.h"

#include <inttypes.h>

/* A control byte of an empty or deleted slot has its top bit set (internal/runtime/maps/group.go). */
#define CONTROL_EMPTY 0x80
/* Top hashes of a bucket: 0 and 1 are empty, 2 to 4 say that the bucket was evacuated (runtime/map_noswiss.go). */
#define TOP_EMPTY_ONE 1
#define TOP_MIN 5
#define SLOTS 8
#define MAX_DIRECTORY_DEPTH 40
/* maxTableCapacity (internal/runtime/maps/table.go, Go 1.24 to 1.27). */
#define MAX_TABLE_CAPACITY UINT64_C(1024)
#define MAX_BUCKETS_LOG 40
/* Entries a bucket has on average at most; loadFactor of runtime/map_noswiss.go is 6.5, and growing lags behind. */
#define MAX_BUCKET_LOAD 16

static const char bad_type[] = "its map type is damaged";
static const char bad_table[] = "a table of it is damaged";

static bool word_at(struct gopm__map_iter *it, uint64_t address, uint64_t *out)
{
	return gopm__variable_word(it->context, NULL, address, 8, out, &it->unreadable);
}

static bool field_word(struct gopm__map_iter *it, uint64_t address, const struct gopm__type *type, const char *name,
                       uint64_t *out)
{
	const struct gopm__field *field = gopm__type_field(type, name);

	*out = 0;
	if (field == NULL) {
		it->unreadable = bad_type;
		return false;
	}
	uint64_t size = gopm__type_size(it->context->types, gopm__types_at(it->context->types, field->type));
	return gopm__variable_word(it->context, NULL, address + field->offset, size <= 8 ? (unsigned)size : 9, out,
	                           &it->unreadable);
}

/* What not every map type has, and not every small core; false: not known. */
static bool optional_word(struct gopm__map_iter *it, uint64_t address, const struct gopm__type *type, const char *name,
                          uint64_t *out)
{
	const char *why = it->unreadable;
	bool known = field_word(it, address, type, name, out);

	it->unreadable = why;
	return known;
}

static bool set_array(struct gopm__map_iter *it, const struct gopm__field *field, struct gopm__map_array *out)
{
	struct gopm__types *types = it->context->types;
	const struct gopm__type *array =
	    field != NULL ? gopm__type_resolve(types, gopm__types_at(types, field->type)) : NULL;

	if (array == NULL || array->class_ != GOPM__TYPE_ARRAY || array->count < 0) {
		it->unreadable = bad_type;
		return false;
	}
	out->offset = field->offset;
	out->elem = gopm__type_target(types, array);
	out->stride = array->count > 0 ? gopm__type_size(types, array) / (uint64_t)array->count : 0;
	out->count = (uint64_t)array->count;
	return true;
}

static bool is_pointer(struct gopm__types *types, const struct gopm__type *type)
{
	const struct gopm__type *real = gopm__type_resolve(types, type);
	return real != NULL && real->class_ == GOPM__TYPE_POINTER;
}

static void set_indirect(struct gopm__map_iter *it)
{
	struct gopm__types *types = it->context->types;

	it->key_indirect = is_pointer(types, it->keys.elem) && !is_pointer(types, it->key);
	it->elem_indirect = is_pointer(types, it->elems.elem) && !is_pointer(types, it->elem);
}

/* Go 1.26: slots [8]struct{key, elem}; Go 1.27: keys [8]K, elems [8]E. */
static bool set_group(struct gopm__map_iter *it, const struct gopm__type *group)
{
	struct gopm__types *types = it->context->types;
	const struct gopm__field *control = gopm__type_field(group, "ctrl");
	const struct gopm__field *slots = gopm__type_field(group, "slots");

	if (control == NULL) {
		it->unreadable = bad_type;
		return false;
	}
	it->control_offset = control->offset;
	it->group_size = gopm__type_size(types, group);
	if (slots == NULL) {
		if (!set_array(it, gopm__type_field(group, "keys"), &it->keys) ||
		    !set_array(it, gopm__type_field(group, "elems"), &it->elems)) {
			return false;
		}
	} else {
		struct gopm__map_array slot;
		if (!set_array(it, slots, &slot)) {
			return false;
		}
		const struct gopm__type *pair = gopm__type_resolve(types, slot.elem);
		const struct gopm__field *key = gopm__type_field(pair, "key"), *elem = gopm__type_field(pair, "elem");
		if (key == NULL || elem == NULL) {
			it->unreadable = bad_type;
			return false;
		}
		it->keys = it->elems = slot;
		it->keys.offset += key->offset;
		it->keys.elem = gopm__types_at(types, key->type);
		it->elems.offset += elem->offset;
		it->elems.elem = gopm__types_at(types, elem->type);
	}
	it->slots = it->keys.count;
	if (it->slots > SLOTS || it->group_size == 0) {
		it->unreadable = bad_type;
		return false;
	}
	set_indirect(it);
	return true;
}

static bool pointer_possible(uint64_t pointer)
{
	return pointer % 8 == 0 && pointer >> 48 == 0;
}

static void check_count(struct gopm__map_iter *it, uint64_t most)
{
	if (it->length > most) {
		it->unreadable = gopm__context_text(
		    it->context, "its header is damaged: %" PRId64 " entries do not fit into it", (int64_t)it->length);
	}
}

/* What the header says of the directory has to agree with itself: a wrong length would show foreign memory as entries.
 */
static void check_directory(struct gopm__map_iter *it, uint64_t address, const struct gopm__type *header)
{
	uint64_t depth, writing;

	it->steady = optional_word(it, address, header, "writing", &writing) && writing == 0;
	if (!pointer_possible(it->directory)) {
		it->unreadable = gopm__context_text(it->context, "its header is damaged: no directory is at 0x%" PRIx64,
		                                    it->directory);
	} else if (it->directory_length == 0) {
		/* A small map: dirPtr is its only group. */
		check_count(it, it->slots);
	} else if (it->directory_length > UINT64_C(1) << MAX_DIRECTORY_DEPTH ||
	           (optional_word(it, address, header, "globalDepth", &depth) &&
	            (depth > MAX_DIRECTORY_DEPTH || it->directory_length != UINT64_C(1) << depth))) {
		it->unreadable =
		    gopm__context_text(it->context, "its header is damaged: a directory of %" PRId64 " tables",
		                       (int64_t)it->directory_length);
	} else {
		check_count(it, it->directory_length * MAX_TABLE_CAPACITY);
	}
}

/* The entries of the groups at hand are as many as there should be: else what lies there is not them any more. Groups
 * that the core lacks say nothing. */
static bool check_entries(struct gopm__map_iter *it, uint64_t expected)
{
	uint64_t word, found = 0;

	for (uint64_t i = 0; it->steady && i < it->group_count; i++) {
		if (!gopm__read_u64(&it->context->reader, it->groups + i * it->group_size + it->control_offset,
		                    &word)) {
			return true;
		}
		/* Only as many control bytes count as there are slots. */
		for (uint64_t slot = 0; slot < it->slots; slot++) {
			found += (word >> (slot * 8) & CONTROL_EMPTY) == 0 ? 1 : 0;
		}
	}
	if (it->steady && found != expected) {
		it->unreadable = gopm__context_text(
		    it->context, "damaged: it holds %" PRIu64 " entries where it says %" PRIu64, found, expected);
		return false;
	}
	return true;
}

static void open_swiss(struct gopm__map_iter *it, uint64_t address, const struct gopm__type *header)
{
	struct gopm__types *types = it->context->types;
	const struct gopm__field *directory = gopm__type_field(header, "dirPtr");
	const struct gopm__type *table = gopm__type_header(types, gopm__types_at(types, directory->type));
	const struct gopm__field *index = gopm__type_field(table, "index");
	const struct gopm__field *used = gopm__type_field(table, "used");
	const struct gopm__field *groups = gopm__type_field(table, "groups");
	const struct gopm__type *reference =
	    groups != NULL ? gopm__type_resolve(types, gopm__types_at(types, groups->type)) : NULL;
	const struct gopm__field *data = gopm__type_field(reference, "data");
	const struct gopm__field *mask = gopm__type_field(reference, "lengthMask");

	it->swiss = true;
	if (index == NULL || groups == NULL || data == NULL || mask == NULL) {
		it->unreadable = bad_type;
		return;
	}
	it->table_index = index->offset;
	it->table_data = groups->offset + data->offset;
	it->table_length_mask = groups->offset + mask->offset;
	if (used != NULL) {
		uint64_t size = gopm__type_size(types, gopm__types_at(types, used->type));
		it->table_used = used->offset;
		it->table_used_size = size <= 8 ? (unsigned)size : 0;
	}
	if (!set_group(it, gopm__type_header(types, gopm__types_at(types, data->type))) ||
	    !field_word(it, address, header, "used", &it->length) ||
	    !field_word(it, address, header, "dirPtr", &it->directory) ||
	    !field_word(it, address, header, "dirLen", &it->directory_length)) {
		return;
	}
	check_directory(it, address, header);
	if (it->unreadable == NULL && it->directory_length == 0) {
		it->groups = it->directory;
		it->group_count = 1;
		if (it->groups != 0) {
			(void)check_entries(it, it->length);
		}
	}
}

static void open_buckets(struct gopm__map_iter *it, uint64_t address, const struct gopm__type *header)
{
	struct gopm__types *types = it->context->types;
	const struct gopm__field *buckets = gopm__type_field(header, "buckets");
	const struct gopm__type *bucket =
	    buckets != NULL ? gopm__type_header(types, gopm__types_at(types, buckets->type)) : NULL;
	const struct gopm__field *top = gopm__type_field(bucket, "tophash");
	const struct gopm__field *overflow = gopm__type_field(bucket, "overflow");
	uint64_t log;

	if (top == NULL || overflow == NULL) {
		it->unreadable = bad_type;
		return;
	}
	it->control_offset = top->offset;
	it->overflow_offset = overflow->offset;
	it->group_size = gopm__type_size(types, bucket);
	if (!set_array(it, gopm__type_field(bucket, "keys"), &it->keys) ||
	    !set_array(it, gopm__type_field(bucket, "values"), &it->elems) ||
	    !field_word(it, address, header, "count", &it->length) || !field_word(it, address, header, "B", &log) ||
	    !field_word(it, address, header, "buckets", &it->buckets) ||
	    !field_word(it, address, header, "oldbuckets", &it->old_buckets)) {
		return;
	}
	it->slots = it->keys.count;
	if (it->slots > SLOTS || it->group_size == 0) {
		it->unreadable = bad_type;
		return;
	}
	if (log > MAX_BUCKETS_LOG) {
		it->unreadable = gopm__context_text(
		    it->context, "its header is damaged: 2 to the power of %" PRIu64 " buckets", log);
		return;
	}
	it->bucket_count = UINT64_C(1) << log;
	it->old_mask = log > 0 ? (UINT64_C(1) << (log - 1)) - 1 : 0;
	set_indirect(it);
	check_count(it, it->bucket_count * MAX_BUCKET_LOAD);
}

void gopm__map_open(struct gopm__context *context, const struct gopm__variable *v, uint64_t max_groups,
                    struct gopm__map_iter *out)
{
	struct gopm__types *types = context->types;
	const struct gopm__type *header = gopm__type_header(types, v->real);
	uint64_t address = 0;

	*out = (struct gopm__map_iter){.context = context, .limit = max_groups};
	out->key = gopm__types_at(types, v->real->key);
	out->elem = gopm__types_at(types, v->real->elem);
	out->slot = SLOTS;
	if (!gopm__variable_word(context, v->bytes, v->address, 8, &address, &out->unreadable) || address == 0) {
		return;
	}
	if (header == NULL) {
		out->unreadable = bad_type;
	} else if (gopm__type_field(header, "dirPtr") != NULL) {
		open_swiss(out, address, header);
	} else {
		open_buckets(out, address, header);
	}
}

static bool over_limit(struct gopm__map_iter *it)
{
	if (it->limit != 0 && it->visited >= it->limit) {
		it->unreadable = gopm__context_text(
		    it->context, "more than %" PRIu64 " groups of it hold too few entries", it->limit);
		return true;
	}
	it->visited++;
	return false;
}

/* A table that was seen before, at the first of its places. */
static bool seen_before(struct gopm__map_iter *it, uint64_t table, uint64_t index, uint64_t place)
{
	uint64_t first;

	if (index >= place) {
		it->unreadable = bad_table;
		return false;
	}
	if (!word_at(it, it->directory + index * 8, &first)) {
		return false;
	}
	if (first != table) {
		it->unreadable = bad_table;
		return false;
	}
	return !over_limit(it);
}

/* Moves on to the next table whose place in the directory is its own: bigger tables stand there more than once. */
static bool next_table(struct gopm__map_iter *it)
{
	uint64_t table, index, mask, used;

	while (it->table < it->directory_length) {
		uint64_t place = it->table++;
		if (!word_at(it, it->directory + place * 8, &table) || !word_at(it, table + it->table_index, &index)) {
			return false;
		}
		if (index != place) {
			if (!seen_before(it, table, index, place)) {
				return false;
			}
			continue;
		}
		if (!word_at(it, table + it->table_data, &it->groups) ||
		    !word_at(it, table + it->table_length_mask, &mask)) {
			return false;
		}
		if (it->groups == 0 || !pointer_possible(it->groups) || (mask & (mask + 1)) != 0 ||
		    mask >= MAX_TABLE_CAPACITY / SLOTS || mask >= UINT64_MAX / it->group_size) {
			it->unreadable = bad_table;
			return false;
		}
		it->group = 0;
		it->group_count = mask + 1;
		return it->table_used_size == 0 ||
		       !gopm__read_word(&it->context->reader, table + it->table_used, it->table_used_size, &used) ||
		       check_entries(it, used);
	}
	return false;
}

static bool load_control(struct gopm__map_iter *it)
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
	if (over_limit(it)) {
		return false;
	}
	it->at = it->groups + it->group++ * it->group_size;
	return load_control(it);
}

static bool evacuated(struct gopm__map_iter *it, uint64_t bucket, bool *out)
{
	uint64_t top;

	if (!gopm__variable_word(it->context, NULL, bucket + it->control_offset, 1, &top, &it->unreadable)) {
		return false;
	}
	*out = top > TOP_EMPTY_ONE && top < TOP_MIN;
	return true;
}

/* While a map grows, entries of a bucket that was not evacuated yet are in its old bucket. */
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
		if (!evacuated(it, old, &moved)) {
			return false;
		}
		if (moved) {
			return true;
		}
		if ((index & it->old_mask) == index) {
			it->at = old;
			return true;
		}
		if (over_limit(it)) {
			return false;
		}
	}
	return false;
}

/* Brent's way to find a cycle: comes to a bucket that was marked, of which ever later ones are. */
static bool chain_ends(struct gopm__map_iter *it)
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
	if (over_limit(it)) {
		return false;
	}
	if (it->overflow != 0) {
		it->at = it->overflow;
		if (!chain_ends(it)) {
			return false;
		}
	} else if (!next_chain(it)) {
		return false;
	} else {
		it->chain_mark = it->at;
		it->chain_steps = 0;
		it->chain_limit = 1;
	}
	return word_at(it, it->at + it->overflow_offset, &it->overflow) && load_control(it);
}

static bool in_use(const struct gopm__map_iter *it, uint64_t slot)
{
	return it->swiss ? (it->control[slot] & CONTROL_EMPTY) == 0 : it->control[slot] > TOP_EMPTY_ONE;
}

static void fill(struct gopm__map_iter *it, const struct gopm__map_array *array, const struct gopm__type *wanted,
                 bool indirect, uint64_t slot, struct gopm__variable *out)
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
	if (it->group_size == 0) {
		return false;
	}
	while (it->unreadable == NULL) {
		while (it->slot < it->slots) {
			uint64_t slot = it->slot++;
			if (in_use(it, slot)) {
				fill(it, &it->keys, it->key, it->key_indirect, slot, key);
				fill(it, &it->elems, it->elem, it->elem_indirect, slot, value);
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

	/* What is passed over was asked for, however much that is. */
	uint64_t max_groups =
	    v->skip == 0 && context->limits.max_elements < UINT64_MAX / 100 ? context->limits.max_elements * 100 : 0;
	gopm__map_open(context, v, max_groups, &it);
	(void)gopm__variable_word(context, v->bytes, v->address, 8, &v->base, &v->unreadable);
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
