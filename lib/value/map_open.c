/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a map: finds the fields that iteration needs in its types, reads the header, and checks that the header agrees
 * with itself. */
#include "value/map_private.h"

#include <inttypes.h>

#include "type/map_header.h"
#include "value/sync_map.h"

#define MAX_DIRECTORY_DEPTH 40
#define MAX_BUCKETS_LOG 40
/* Average entries of a bucket. loadFactor of runtime/map_noswiss.go is 6.5, but a map may grow late. */
#define MAX_BUCKET_LOAD 16

static const char bad_type[] = "its map type is damaged";

bool gopm__map_word(struct gopm__map_iter *it, uint64_t address, uint64_t *out)
{
	return gopm__variable_word(it->context, NULL, address, 8, out, &it->unreadable);
}

static bool header_word(struct gopm__map_iter *it, uint64_t address, unsigned size, uint64_t *out)
{
	return gopm__variable_word(it->context, NULL, address, size, out, &it->unreadable);
}

static bool map_field_word(struct gopm__map_iter *it, uint64_t address, const struct gopm__type *type, const char *name,
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

/* A word that not every map type and not every small core has; false: not known. */
static bool optional_field_word(struct gopm__map_iter *it, uint64_t address, const struct gopm__type *type,
                                const char *name, uint64_t *out)
{
	const char *why = it->unreadable;
	bool known = map_field_word(it, address, type, name, out);

	it->unreadable = why;
	return known;
}

static bool set_member_array(struct gopm__map_iter *it, const struct gopm__field *field, struct gopm__map_array *out)
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

static bool is_pointer_type(struct gopm__types *types, const struct gopm__type *type)
{
	const struct gopm__type *real = gopm__type_resolve(types, type);
	return real != NULL && real->class_ == GOPM__TYPE_POINTER;
}

static void set_indirect(struct gopm__map_iter *it)
{
	struct gopm__types *types = it->context->types;

	it->key_indirect = is_pointer_type(types, it->keys.elem) && !is_pointer_type(types, it->key);
	it->elem_indirect = is_pointer_type(types, it->elems.elem) && !is_pointer_type(types, it->elem);
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
		if (!set_member_array(it, gopm__type_field(group, "keys"), &it->keys) ||
		    !set_member_array(it, gopm__type_field(group, "elems"), &it->elems)) {
			return false;
		}
	} else {
		struct gopm__map_array slot;
		if (!set_member_array(it, slots, &slot)) {
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

bool gopm__map_pointer_possible(uint64_t pointer)
{
	return pointer % 8 == 0 && pointer >> 48 == 0;
}

static void check_entry_count(struct gopm__map_iter *it, uint64_t most)
{
	if (it->length > most) {
		it->unreadable = gopm__context_text(
		    it->context, "its header is damaged: %" PRId64 " entries do not fit into it", (int64_t)it->length);
	}
}

/* The length of the directory, its depth and the number of entries must agree: a wrong length would show other memory
 * as entries. */
static void check_directory(struct gopm__map_iter *it, uint64_t address, const struct gopm__type *header)
{
	uint64_t depth, writing;

	it->steady = optional_field_word(it, address, header, "writing", &writing) && writing == 0;
	if (!gopm__map_pointer_possible(it->directory)) {
		it->unreadable = gopm__context_text(it->context, "its header is damaged: no directory is at 0x%" PRIx64,
		                                    it->directory);
	} else if (it->directory_length == 0) {
		/* A small map: dirPtr points to its only group. */
		check_entry_count(it, it->slots);
	} else if (it->directory_length > UINT64_C(1) << MAX_DIRECTORY_DEPTH ||
	           (optional_field_word(it, address, header, "globalDepth", &depth) &&
	            (depth > MAX_DIRECTORY_DEPTH || it->directory_length != UINT64_C(1) << depth))) {
		it->unreadable =
		    gopm__context_text(it->context, "its header is damaged: a directory of %" PRId64 " tables",
		                       (int64_t)it->directory_length);
	} else {
		check_entry_count(it, it->directory_length * MAX_TABLE_CAPACITY);
	}
}

bool gopm__map_check_entries(struct gopm__map_iter *it, uint64_t expected)
{
	uint64_t word, found = 0;

	for (uint64_t i = 0; it->steady && i < it->group_count; i++) {
		if (!gopm__read_u64(&it->context->reader, it->groups + i * it->group_size + it->control_offset,
		                    &word)) {
			return true;
		}
		/* A group has 8 control bytes, but may have fewer slots. */
		for (uint64_t slot = 0; slot < it->slots; slot++) {
			found += (word >> (slot * 8) & CONTROL_EMPTY) == 0 ? 1 : 0;
		}
	}
	if (it->steady && found != expected) {
		it->unreadable = gopm__context_text(
		    it->context, "damaged: it has %" PRIu64 " entries, but its count is %" PRIu64, found, expected);
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
	struct gopm__map_header words;

	it->swiss = true;
	if (index == NULL || groups == NULL || data == NULL || mask == NULL ||
	    !gopm__map_header_read(types, header, &words)) {
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
	    !header_word(it, address + words.used, 8, &it->length) ||
	    !header_word(it, address + words.directory, 8, &it->directory) ||
	    !header_word(it, address + words.directory_length, 8, &it->directory_length)) {
		return;
	}
	check_directory(it, address, header);
	if (it->unreadable == NULL && it->directory_length == 0) {
		it->groups = it->directory;
		it->group_count = 1;
		if (it->groups != 0) {
			(void)gopm__map_check_entries(it, it->length);
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
	struct gopm__map_header words;
	uint64_t log;

	if (top == NULL || overflow == NULL || !gopm__map_header_read(types, header, &words)) {
		it->unreadable = bad_type;
		return;
	}
	it->control_offset = top->offset;
	it->overflow_offset = overflow->offset;
	it->group_size = gopm__type_size(types, bucket);
	if (!set_member_array(it, gopm__type_field(bucket, "keys"), &it->keys) ||
	    !set_member_array(it, gopm__type_field(bucket, "values"), &it->elems) ||
	    !header_word(it, address + words.used, 8, &it->length) || !header_word(it, address + words.log, 1, &log) ||
	    !header_word(it, address + words.buckets, 8, &it->buckets) ||
	    !header_word(it, address + words.old_buckets, 8, &it->old_buckets)) {
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
	check_entry_count(it, it->bucket_count * MAX_BUCKET_LOAD);
}

void gopm__map_open(struct gopm__context *context, const struct gopm__variable *v, uint64_t max_groups,
                    struct gopm__map_iter *out)
{
	struct gopm__types *types = context->types;
	const struct gopm__type *header = gopm__type_header(types, v->real);
	uint64_t address = 0;

	*out = (struct gopm__map_iter){.context = context, .limit = max_groups};
	if (v->as_map) {
		gopm__sync_map_open(out, v);
		return;
	}
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
