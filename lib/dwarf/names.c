/* SPDX-License-Identifier: Apache-2.0 */
/* One walk over the units of Go collects all names; they are sorted once. */
#include "dwarf/names.h"

#include <stdlib.h>

#include "dwarf/constants.h"
#include "util/allocate.h"
#include "util/percent.h"
#include "util/search.h"
#include "util/str.h"
#include "util/vector.h"

#define MAX_NAMES 4000000
#define MAX_NAME 4096

static bool tag_name_kind(unsigned tag, enum gopm__name_kind *out)
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

static gopm_status append_name(struct gopm__dwarf *dwarf, size_t *capacity, struct gopm__name name)
{
	if (dwarf->name_count >= MAX_NAMES) {
		return GOPM_OK;
	}
	if (!GOPM__VECTOR_RESERVE(dwarf->names, dwarf->name_count, *capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	dwarf->names[dwarf->name_count++] = name;
	return GOPM_OK;
}

static gopm_status read_unit_names(struct gopm__dwarf *dwarf, struct gopm__unit *unit, size_t *capacity)
{
	struct gopm__raw_die die;

	gopm__dwarf_check_unit(dwarf, unit);
	gopm_status st = gopm__dwarf_first(dwarf, unit, &die);
	while (st == GOPM_OK) {
		struct gopm__die decoded;
		enum gopm__name_kind kind;
		if (tag_name_kind(die.tag, &kind) && gopm__die_read(dwarf, unit, &die, &decoded) == GOPM_OK) {
			gopm_str symbol = gopm__die_name(&decoded);
			if (symbol.size != 0 && symbol.size <= MAX_NAME) {
				gopm_str text = gopm__percent_decoded(&dwarf->arena, symbol);
				st = text.data == NULL
				         ? GOPM_ERR_NO_MEMORY
				         : append_name(dwarf, capacity,
				                       (struct gopm__name){text, symbol, die.offset, kind});
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

static int text_order(gopm_str a, gopm_str b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size != 0 ? memcmp(a.data, b.data, size) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int name_order(const void *a, const void *b)
{
	const struct gopm__name *x = a, *y = b;
	int order = text_order(x->text, y->text);

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
	const uint64_t failures = gopm__failed_allocations();
	size_t capacity = 0;

	if (dwarf == NULL || dwarf->named) {
		return GOPM_OK;
	}
	for (size_t i = 0; i < dwarf->unit_count; i++) {
		gopm_status st = !gopm__dwarf_report(dwarf, i) ? GOPM_ERR_NO_MEMORY
		                 : dwarf->units[i].go          ? read_unit_names(dwarf, &dwarf->units[i], &capacity)
		                                               : GOPM_OK;
		if (st != GOPM_OK || !gopm__is_cacheable(failures)) {
			free(dwarf->names);
			dwarf->names = NULL;
			dwarf->name_count = 0;
			return GOPM_ERR_NO_MEMORY;
		}
	}
	if (dwarf->name_count != 0) {
		qsort(dwarf->names, dwarf->name_count, sizeof *dwarf->names, name_order);
	}
	dwarf->named = true;
	return GOPM_OK;
}

const struct gopm__name *gopm__dwarf_name(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str text)
{
	char plain[MAX_NAME];
	size_t i;

	if (dwarf == NULL || text.size > sizeof plain) {
		return NULL;
	}
	if (gopm__has_percent(text)) {
		text = (gopm_str){plain, gopm__percent_decode(text, plain)};
	}
	const struct gopm__name wanted = {text, text, 0, kind};
	GOPM__LOWER_BOUND(i, dwarf->name_count, name_order(&dwarf->names[i], &wanted) < 0);
	if (i == dwarf->name_count) {
		return NULL;
	}
	const struct gopm__name *found = &dwarf->names[i];
	return found->kind == kind && gopm__str_equal(found->text, text) ? found : NULL;
}

static gopm_str last_path_element(gopm_str path)
{
	for (size_t i = path.size; i > 0; i--) {
		if (path.data[i - 1] == '/') {
			return (gopm_str){path.data + i, path.size - i};
		}
	}
	return path;
}

static const struct gopm__name *name_in_package(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str path,
                                                gopm_str name)
{
	char text[MAX_NAME];

	if (path.size > MAX_NAME / 4 || name.size > MAX_NAME / 4) {
		return NULL;
	}
	memcpy(text, path.data, path.size);
	text[path.size] = '.';
	memcpy(text + path.size + 1, name.data, name.size);
	return gopm__dwarf_name(dwarf, kind, (gopm_str){text, path.size + 1 + name.size});
}

/* True if `package` names the unit's package by the last element of its path, or as its package clause does. */
static bool is_unit_package(const struct gopm__unit *unit, gopm_str package)
{
	char plain[MAX_NAME];
	gopm_str last = last_path_element(unit->name);

	/* Not all versions of Go escape the name of a unit. */
	if (gopm__has_percent(last) && last.size <= sizeof plain) {
		last = (gopm_str){plain, gopm__percent_decode(last, plain)};
	}
	return gopm__str_equal(unit->package, package) || gopm__str_equal(last, package);
}

const struct gopm__name *gopm__dwarf_qualified(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str package,
                                               gopm_str name, bool *ambiguous)
{
	const struct gopm__name *found = NULL;
	char plain[MAX_NAME];

	*ambiguous = false;
	if (dwarf == NULL || package.size == 0 || name.size == 0 || package.size > sizeof plain) {
		return NULL;
	}
	if (gopm__has_percent(package)) {
		package = (gopm_str){plain, gopm__percent_decode(package, plain)};
	}
	found = name_in_package(dwarf, kind, package, name);
	if (found != NULL) {
		return found;
	}
	for (size_t i = 0; i < dwarf->unit_count; i++) {
		const struct gopm__unit *unit = &dwarf->units[i];
		if (!unit->go || !is_unit_package(unit, package)) {
			continue;
		}
		const struct gopm__name *other = name_in_package(dwarf, kind, unit->name, name);
		if (other != NULL && found != NULL && other->die != found->die) {
			*ambiguous = true;
			return NULL;
		}
		found = other != NULL ? other : found;
	}
	return found;
}

struct struct_search {
	const char *const *names;
	uint64_t *dies;
	size_t count, found;
};

static gopm_status find_structs_in_unit(struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                                        struct struct_search *search)
{
	struct gopm__raw_die die;

	gopm_status st = gopm__dwarf_first(dwarf, unit, &die);
	while (st == GOPM_OK && search->found < search->count) {
		struct gopm__die decoded;
		if (die.tag == GOPM__TAG_STRUCTURE_TYPE && gopm__die_read(dwarf, unit, &die, &decoded) == GOPM_OK) {
			gopm_str name = gopm__die_name(&decoded);
			for (size_t i = 0; i < search->count; i++) {
				if (search->dies[i] == 0 && name.size == strlen(search->names[i]) &&
				    memcmp(name.data, search->names[i], name.size) == 0) {
					search->dies[i] = die.offset;
					search->found++;
				}
			}
		}
		st = gopm__libdwarf_next(dwarf->raw, &die);
	}
	if (st == GOPM_OK) {
		gopm__libdwarf_release(dwarf->raw, &die);
	} else if (st != GOPM_NOT_FOUND && st != GOPM_ERR_NO_MEMORY) {
		gopm__dwarf_damage(dwarf, unit->raw.offset,
		                   "a DWARF unit is damaged: types and constants may be missing");
	}
	return st == GOPM_ERR_NO_MEMORY ? st : GOPM_OK;
}

gopm_status gopm__dwarf_find_structs(struct gopm__dwarf *dwarf, const char *const *names, size_t count, uint64_t *dies)
{
	struct struct_search search = {names, dies, count, 0};

	memset(dies, 0, count * sizeof *dies);
	/* The linker puts the types into the unit of package runtime. Other units are read only if it has none. */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < dwarf->unit_count && search.found < count; i++) {
			const struct gopm__unit *unit = &dwarf->units[i];
			bool runtime = unit->name.size == 7 && memcmp(unit->name.data, "runtime", 7) == 0;
			gopm_status st =
			    unit->go && runtime == (pass == 0) ? find_structs_in_unit(dwarf, unit, &search) : GOPM_OK;
			if (st != GOPM_OK) {
				return st;
			}
		}
		if (search.found != 0) {
			break;
		}
	}
	return GOPM_OK;
}
