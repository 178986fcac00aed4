/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/names.h"

#include <stdlib.h>

#include "dwarf/constants.h"
#include "util/str.h"

#define MAX_NAMES 4000000
#define MAX_NAME 4096

static bool kind_of_tag(unsigned tag, enum gopm__name_kind *out)
{
	switch (tag) {
	case GOPM__TAG_ARRAY_TYPE:
	case GOPM__TAG_BASE_TYPE:
	case GOPM__TAG_CLASS_TYPE:
	case GOPM__TAG_STRUCTURE_TYPE:
	case GOPM__TAG_POINTER_TYPE:
	case GOPM__TAG_SUBROUTINE_TYPE:
	case GOPM__TAG_TYPEDEF:
		*out = GOPM__NAME_TYPE;
		return true;
	case GOPM__TAG_VARIABLE:
		*out = GOPM__NAME_VARIABLE;
		return true;
	case GOPM__TAG_CONSTANT:
		*out = GOPM__NAME_CONSTANT;
		return true;
	default:
		return false;
	}
}

static gopm_status add(struct gopm__dwarf *dwarf, size_t *capacity, struct gopm__name name)
{
	if (dwarf->name_count == *capacity) {
		size_t wanted = *capacity != 0 ? *capacity * 2 : 4096;
		if (wanted > MAX_NAMES) {
			return GOPM_OK;
		}
		struct gopm__name *list = realloc(dwarf->names, wanted * sizeof *list);
		if (list == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		dwarf->names = list;
		*capacity = wanted;
	}
	dwarf->names[dwarf->name_count++] = name;
	return GOPM_OK;
}

static gopm_status read_unit(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, size_t *capacity)
{
	struct gopm__raw_die die;

	gopm_status st = gopm__dwarf_first(dwarf, unit, &die);
	while (st == GOPM_OK) {
		struct gopm__die decoded;
		enum gopm__name_kind kind;
		if (kind_of_tag(die.tag, &kind) && gopm__die_read(dwarf, unit, &die, &decoded) == GOPM_OK) {
			gopm_str text = gopm__die_name(&decoded);
			if (text.size != 0 && text.size <= MAX_NAME) {
				st = add(dwarf, capacity, (struct gopm__name){text, die.offset, kind});
			}
			if (st != GOPM_OK) {
				gopm__libdwarf_release(dwarf->raw, &die);
				return st;
			}
		}
		st = gopm__libdwarf_next(dwarf->raw, &die);
	}
	if (st == GOPM_ERR_NO_MEMORY) {
		return st;
	}
	if (st != GOPM_NOT_FOUND) {
		gopm__dwarf_damage(dwarf, unit->raw.offset, "a DWARF unit is damaged: names may be missing");
	}
	return GOPM_OK;
}

static int compare_text(gopm_str a, gopm_str b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size != 0 ? memcmp(a.data, b.data, size) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int by_text(const void *a, const void *b)
{
	const struct gopm__name *x = a, *y = b;
	int order = compare_text(x->text, y->text);

	if (order != 0) {
		return order;
	}
	if (x->kind != y->kind) {
		return x->kind < y->kind ? -1 : 1;
	}
	return x->die < y->die ? -1 : x->die > y->die;
}

gopm_status gopm__dwarf_read_names(struct gopm__dwarf *dwarf)
{
	size_t capacity = 0;

	if (dwarf->named) {
		return GOPM_OK;
	}
	for (size_t i = 0; i < dwarf->unit_count; i++) {
		gopm_status st = dwarf->units[i].go ? read_unit(dwarf, &dwarf->units[i], &capacity) : GOPM_OK;
		if (st != GOPM_OK) {
			free(dwarf->names);
			dwarf->names = NULL;
			dwarf->name_count = 0;
			return st;
		}
	}
	if (dwarf->name_count != 0) {
		qsort(dwarf->names, dwarf->name_count, sizeof *dwarf->names, by_text);
	}
	dwarf->named = true;
	return GOPM_OK;
}

const struct gopm__name *gopm__dwarf_name(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str text)
{
	const struct gopm__name wanted = {text, 0, kind};
	size_t low = 0, high = dwarf->name_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_text(&dwarf->names[middle], &wanted) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low == dwarf->name_count) {
		return NULL;
	}
	const struct gopm__name *found = &dwarf->names[low];
	return found->kind == kind && gopm__str_equal(found->text, text) ? found : NULL;
}

static gopm_str last_element(gopm_str path)
{
	for (size_t i = path.size; i > 0; i--) {
		if (path.data[i - 1] == '/') {
			return (gopm_str){path.data + i, path.size - i};
		}
	}
	return path;
}

/* path.name, or, in the way of the linker, with the dots of the path's last element as "%2e"
 * (cmd/internal/objabi/path.go, PathToPrefix). */
static const struct gopm__name *in_package(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str path,
                                           gopm_str name)
{
	char text[MAX_NAME];
	const struct gopm__name *found = NULL;

	if (path.size > MAX_NAME / 4 || name.size > MAX_NAME / 4) {
		return NULL;
	}
	for (unsigned escaped = 0; escaped < 2 && found == NULL; escaped++) {
		size_t last = path.size - last_element(path).size, size = 0;
		for (size_t i = 0; i < path.size; i++) {
			if (escaped == 1 && i >= last && path.data[i] == '.') {
				memcpy(text + size, "%2e", 3);
				size += 3;
			} else {
				text[size++] = path.data[i];
			}
		}
		text[size++] = '.';
		memcpy(text + size, name.data, name.size);
		found = gopm__dwarf_name(dwarf, kind, (gopm_str){text, size + name.size});
	}
	return found;
}

const struct gopm__name *gopm__dwarf_qualified(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str package,
                                               gopm_str name, bool *ambiguous)
{
	const struct gopm__name *found = NULL;

	*ambiguous = false;
	if (package.size == 0 || name.size == 0) {
		return NULL;
	}
	found = in_package(dwarf, kind, package, name);
	if (found != NULL) {
		return found;
	}
	for (size_t i = 0; i < dwarf->unit_count; i++) {
		const struct gopm__unit *unit = &dwarf->units[i];
		if (!unit->go ||
		    (!gopm__str_equal(unit->package, package) && !gopm__str_equal(last_element(unit->name), package))) {
			continue;
		}
		const struct gopm__name *other = in_package(dwarf, kind, unit->name, name);
		if (other != NULL && found != NULL && other->die != found->die) {
			*ambiguous = true;
			return NULL;
		}
		found = other != NULL ? other : found;
	}
	return found;
}
