/* SPDX-License-Identifier: Apache-2.0 */
#include "type/map_header.h"

#include <string.h>

/* The offset of a field with this size. */
static bool find_offset(struct gopm__types *types, const struct gopm__type *type, const char *name, uint64_t size,
                        uint64_t *out)
{
	const struct gopm__field *field = gopm__type_field(type, name);

	if (field == NULL || gopm__type_size(types, gopm__types_at(types, field->type)) != size) {
		return false;
	}
	*out = field->offset;
	return true;
}

bool gopm__map_header_read(struct gopm__types *types, const struct gopm__type *header, struct gopm__map_header *out)
{
	*out = (struct gopm__map_header){.table_capacity = UINT64_MAX, .extra = UINT64_MAX};
	out->swiss = gopm__type_field(header, "dirPtr") != NULL;
	const bool known = out->swiss ? find_offset(types, header, "used", 8, &out->used) &&
	                                    find_offset(types, header, "dirPtr", 8, &out->directory) &&
	                                    find_offset(types, header, "dirLen", 8, &out->directory_length)
	                              : find_offset(types, header, "count", 8, &out->used) &&
	                                    find_offset(types, header, "B", 1, &out->log) &&
	                                    find_offset(types, header, "buckets", 8, &out->buckets) &&
	                                    find_offset(types, header, "oldbuckets", 8, &out->old_buckets);
	if (!out->swiss) {
		(void)find_offset(types, header, "extra", 8, &out->extra);
	}
	out->size = known ? gopm__type_size(types, header) : 0;
	return out->size != 0;
}

static const struct gopm__type *named_struct(struct gopm__types *types, const char *name)
{
	return gopm__type_resolve(types, gopm__types_named(types, (gopm_str){name, strlen(name)}));
}

bool gopm__map_header_find(struct gopm__types *types, struct gopm__map_header *out)
{
	const struct gopm__type *table = named_struct(types, "internal/runtime/maps.table");

	if (!gopm__map_header_read(types, named_struct(types, "internal/runtime/maps.Map"), out) &&
	    !gopm__map_header_read(types, named_struct(types, "runtime.hmap"), out)) {
		return false;
	}
	(void)find_offset(types, table, "capacity", 2, &out->table_capacity);
	return true;
}
