/* SPDX-License-Identifier: Apache-2.0 */
#include "type/field_list.h"

#define FIRST_FIELDS 8u
#define MAX_FIELDS 65536u

gopm_status gopm__field_list_add(struct gopm__types *types, struct gopm__field_list *list,
                                 const struct gopm__field *field)
{
	if (list->count == list->capacity) {
		const size_t capacity = list->capacity != 0 ? list->capacity * 2 : FIRST_FIELDS;
		if (capacity > MAX_FIELDS) {
			return GOPM_ERR_FORMAT;
		}
		/* The outgrown list stays in the arena: structs are small, and each is read once. */
		struct gopm__field *fields = gopm__arena_alloc(&types->arena, capacity * sizeof *fields);
		if (fields == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (list->count != 0) {
			memcpy(fields, list->fields, list->count * sizeof *fields);
		}
		list->fields = fields;
		list->capacity = capacity;
	}
	list->fields[list->count++] = *field;
	return GOPM_OK;
}
