/* SPDX-License-Identifier: Apache-2.0 */
#include "type/type_names.h"

#include <stdlib.h>

#include "dwarf/names.h"
#include "type/from_descriptor.h"
#include "util/glob.h"
#include "util/str.h"
#include "util/text.h"
#include "util/vector.h"

static gopm_status add_name(struct gopm__type_names *names, gopm_str text, uint64_t descriptor)
{
	if (!GOPM__VECTOR_RESERVE(names->list, names->count, names->capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	names->list[names->count++] = (struct gopm__type_name){text, descriptor};
	return GOPM_OK;
}

static gopm_status add_dwarf(struct gopm__type_names *names, struct gopm__dwarf *dwarf, const char *glob)
{
	gopm_status status = gopm__dwarf_read_names(dwarf);

	for (size_t i = 0; dwarf != NULL && status == GOPM_OK && i < dwarf->name_count; i++) {
		const struct gopm__name *name = &dwarf->names[i];
		if (name->kind == GOPM__NAME_TYPE && (glob == NULL || gopm__glob(glob, name->text))) {
			status = add_name(names, name->text, 0);
		}
	}
	return status;
}

static gopm_status add_descriptors(struct gopm__type_names *names, struct gopm__types *types, const char *glob)
{
	struct gopm__reader reader = gopm__reader(types->symtab->memory);
	struct gopm__text name = {0};
	gopm_status status = gopm__types_read_descriptors(types);

	for (size_t i = 0; status == GOPM_OK && i < types->descriptors.count; i++) {
		const uint64_t address = types->descriptors.entries[i].address;
		gopm__text_clear(&name);
		gopm__descriptor_full_name(types->symtab, &reader, address, &name);
		if (name.failed) {
			status = GOPM_ERR_NO_MEMORY;
		} else if (name.size != 0 && (glob == NULL || gopm__glob(glob, (gopm_str){name.data, name.size}))) {
			const gopm_str copy = gopm__arena_str(&names->arena, name.data, name.size);
			status = copy.data != NULL ? add_name(names, copy, address) : GOPM_ERR_NO_MEMORY;
		}
	}
	gopm__text_free(&name);
	return status;
}

/* Of equal names the one with the lowest descriptor first, as a lookup finds it; without one last. */
static int name_order(const void *a, const void *b)
{
	const struct gopm__type_name *x = a, *y = b;
	const int order = gopm__str_compare(x->text, y->text);

	if (order != 0) {
		return order;
	}
	return x->descriptor - 1 < y->descriptor - 1 ? -1 : x->descriptor - 1 > y->descriptor - 1;
}

gopm_status gopm__type_names_read(struct gopm__type_names *names, struct gopm__types *types, const char *glob)
{
	size_t kept = 0;
	gopm_status status = add_dwarf(names, types->dwarf, glob);

	if (status == GOPM_OK && types->symtab != NULL) {
		status = add_descriptors(names, types, glob);
	}
	if (status != GOPM_OK) {
		return status;
	}
	if (names->count != 0) {
		qsort(names->list, names->count, sizeof *names->list, name_order);
	}
	for (size_t i = 0; i < names->count; i++) {
		if (kept == 0 || !gopm__str_equal(names->list[kept - 1].text, names->list[i].text)) {
			names->list[kept++] = names->list[i];
		}
	}
	names->count = kept;
	return GOPM_OK;
}

void gopm__type_names_free(struct gopm__type_names *names)
{
	free(names->list);
	gopm__arena_free(&names->arena);
	*names = (struct gopm__type_names){0};
}
