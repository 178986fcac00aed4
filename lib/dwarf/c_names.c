/* SPDX-License-Identifier: Apache-2.0 */
/* One walk over the top level of the units, and over the namespaces in it, collects the names; they are sorted once. */
#include "dwarf/c_names.h"

#include <stdlib.h>

#include "dwarf/constants.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/str.h"
#include "util/vector.h"

#define MAX_C_NAMES 4000000u
#define MAX_C_NAME 4096u
#define MAX_NAMESPACES 16u
#define MAX_SPECIFICATIONS 4u

static const struct {
	uint16_t tag;
	uint16_t kind; /* enum gopm__c_name_kind */
} kinds[] = {
    {GOPM__TAG_VARIABLE, GOPM__C_NAME_VARIABLE},     {GOPM__TAG_TYPEDEF, GOPM__C_NAME_TYPE},
    {GOPM__TAG_BASE_TYPE, GOPM__C_NAME_TYPE},        {GOPM__TAG_STRUCTURE_TYPE, GOPM__C_NAME_STRUCT},
    {GOPM__TAG_CLASS_TYPE, GOPM__C_NAME_STRUCT},     {GOPM__TAG_UNION_TYPE, GOPM__C_NAME_UNION},
    {GOPM__TAG_ENUMERATION_TYPE, GOPM__C_NAME_ENUM},
};

static bool c_name_kind(unsigned tag, enum gopm__c_name_kind *out)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].tag == tag) {
			*out = (enum gopm__c_name_kind)kinds[i].kind;
			return true;
		}
	}
	return false;
}

/* A unit whose names are collected, and the namespace that the walk is in. */
struct name_walk {
	struct gopm__dwarf *dwarf;
	const struct gopm__unit *unit;
	uint32_t index; /* of the unit */
	gopm_str space; /* "a::b"; empty: none */
	unsigned depth;
	size_t *capacity; /* of dwarf->c_names */
};

void gopm__c_name_complete(struct gopm__dwarf *dwarf, struct gopm__die *die)
{
	struct gopm__die at = *die;

	for (unsigned i = 0; i < MAX_SPECIFICATIONS; i++) {
		const uint64_t to = gopm__attribute_reference(&at.specification);
		if (to == 0 || gopm__dwarf_die(dwarf, to, &at) != GOPM_OK) {
			return;
		}
		die->name = die->name.class_ == GOPM__CLASS_NONE ? at.name : die->name;
		die->type = die->type.class_ == GOPM__CLASS_NONE ? at.type : die->type;
		die->external = die->external.class_ == GOPM__CLASS_NONE ? at.external : die->external;
		die->decl_line = die->decl_line.class_ == GOPM__CLASS_NONE ? at.decl_line : die->decl_line;
	}
}

/* "space::name". data NULL: out of memory. */
static gopm_str qualified_text(const struct name_walk *w, gopm_str name)
{
	if (w->space.size == 0) {
		return name;
	}
	const size_t size = w->space.size + 2 + name.size;
	char *text = gopm__arena_alloc(&w->dwarf->arena, size + 1);
	if (text == NULL) {
		return (gopm_str){NULL, 0};
	}
	memcpy(text, w->space.data, w->space.size);
	memcpy(text + w->space.size, "::", 2);
	memcpy(text + w->space.size + 2, name.data, name.size);
	return (gopm_str){text, size};
}

static gopm_status append_c_name(const struct name_walk *w, const struct gopm__die *die, enum gopm__c_name_kind kind,
                                 uint64_t type)
{
	struct gopm__dwarf *dwarf = w->dwarf;
	const gopm_str name = gopm__die_name(die);

	if (name.size == 0 || name.size > MAX_C_NAME || dwarf->c_name_count >= MAX_C_NAMES) {
		return GOPM_OK;
	}
	const gopm_str text = qualified_text(w, name);
	if (text.data == NULL || !GOPM__VECTOR_RESERVE(dwarf->c_names, dwarf->c_name_count, *w->capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	dwarf->c_names[dwarf->c_name_count++] = (struct gopm__c_name){
	    .text = text,
	    .die = die->offset,
	    .type = type,
	    .unit = w->index,
	    .is_external = gopm__attribute_number(&die->external, 0) != 0,
	    .kind = kind,
	};
	return GOPM_OK;
}

static gopm_status append_enumerators(const struct name_walk *w, const struct gopm__raw_die *of)
{
	struct gopm__raw_die raw;
	struct gopm__die die;

	gopm_status status = gopm__libdwarf_child(w->dwarf->raw, of, &raw);
	while (status == GOPM_OK) {
		if (raw.tag == GOPM__TAG_ENUMERATOR && gopm__die_read(w->dwarf, w->unit, &raw, &die) == GOPM_OK &&
		    append_c_name(w, &die, GOPM__C_NAME_ENUMERATOR, of->offset) != GOPM_OK) {
			gopm__libdwarf_release(w->dwarf->raw, &raw);
			return GOPM_ERR_NO_MEMORY;
		}
		status = gopm__libdwarf_next(w->dwarf->raw, &raw);
	}
	return status == GOPM_ERR_NO_MEMORY ? status : GOPM_OK;
}

static gopm_status append_names_from(const struct name_walk *w, struct gopm__raw_die *raw);

static gopm_status append_namespace(const struct name_walk *w, const struct gopm__raw_die *of,
                                    const struct gopm__die *die)
{
	struct name_walk inner = *w;
	struct gopm__raw_die raw;
	const gopm_str name = gopm__die_name(die);

	if (w->depth >= MAX_NAMESPACES || name.size > MAX_C_NAME || w->space.size > MAX_C_NAME ||
	    gopm__libdwarf_child(w->dwarf->raw, of, &raw) != GOPM_OK) {
		return GOPM_OK;
	}
	inner.depth++;
	/* Names in a namespace without a name are seen outside of it. */
	inner.space = name.size != 0 ? qualified_text(w, name) : w->space;
	if (inner.space.data == NULL) {
		gopm__libdwarf_release(w->dwarf->raw, &raw);
		return GOPM_ERR_NO_MEMORY;
	}
	return append_names_from(&inner, &raw);
}

/* Appends what one DIE names. */
static gopm_status append_die(const struct name_walk *w, const struct gopm__raw_die *raw)
{
	enum gopm__c_name_kind kind = GOPM__C_NAME_VARIABLE;
	struct gopm__die die;
	gopm_status status = GOPM_OK;

	if ((!c_name_kind(raw->tag, &kind) && raw->tag != GOPM__TAG_NAMESPACE) ||
	    gopm__die_read(w->dwarf, w->unit, raw, &die) != GOPM_OK) {
		return GOPM_OK;
	}
	if (raw->tag == GOPM__TAG_NAMESPACE) {
		return append_namespace(w, raw, &die);
	}
	if (gopm__attribute_number(&die.declaration, 0) != 0) {
		return GOPM_OK;
	}
	if (kind == GOPM__C_NAME_ENUM) {
		status = append_enumerators(w, raw);
	} else if (kind == GOPM__C_NAME_VARIABLE) {
		gopm__c_name_complete(w->dwarf, &die);
	}
	return status == GOPM_OK ? append_c_name(w, &die, kind, 0) : status;
}

/* Appends the names from `raw` to its last sibling. Releases `raw`. */
static gopm_status append_names_from(const struct name_walk *w, struct gopm__raw_die *raw)
{
	gopm_status status = GOPM_OK;

	while (status == GOPM_OK) {
		status = append_die(w, raw);
		if (status != GOPM_OK) {
			gopm__libdwarf_release(w->dwarf->raw, raw);
			return status;
		}
		status = gopm__libdwarf_next(w->dwarf->raw, raw);
	}
	if (status != GOPM_NOT_FOUND && status != GOPM_ERR_NO_MEMORY) {
		gopm__dwarf_damage(w->dwarf, w->unit->raw.offset, "a DWARF unit is damaged: names of C may be missing");
	}
	return status == GOPM_ERR_NO_MEMORY ? status : GOPM_OK;
}

static int c_name_order(const void *a, const void *b)
{
	const struct gopm__c_name *x = a, *y = b;

	if (x->kind != y->kind) {
		return x->kind < y->kind ? -1 : 1;
	}
	const int order = gopm__str_compare(x->text, y->text);
	return order != 0 ? order : (x->die > y->die) - (x->die < y->die);
}

gopm_status gopm__c_names_read(struct gopm__dwarf *dwarf)
{
	const uint64_t failures = gopm__failed_allocations();
	struct gopm__raw_die raw;
	size_t capacity = 0;

	if (dwarf == NULL || dwarf->c_named) {
		return GOPM_OK;
	}
	for (size_t i = 0; i < dwarf->unit_count; i++) {
		const struct name_walk w = {
		    .dwarf = dwarf, .unit = &dwarf->units[i], .index = (uint32_t)i, .capacity = &capacity};
		gopm_status status = gopm__dwarf_report(dwarf, i) ? GOPM_OK : GOPM_ERR_NO_MEMORY;
		if (status == GOPM_OK && !w.unit->go && gopm__dwarf_first(dwarf, w.unit, &raw) == GOPM_OK) {
			status = append_names_from(&w, &raw);
		}
		if (status != GOPM_OK || !gopm__is_cacheable(failures)) {
			free(dwarf->c_names);
			dwarf->c_names = NULL;
			dwarf->c_name_count = 0;
			return GOPM_ERR_NO_MEMORY;
		}
	}
	if (dwarf->c_name_count != 0) {
		qsort(dwarf->c_names, dwarf->c_name_count, sizeof *dwarf->c_names, c_name_order);
	}
	dwarf->c_named = true;
	return GOPM_OK;
}

const struct gopm__c_name *gopm__c_names_find(const struct gopm__dwarf *dwarf, enum gopm__c_name_kind kind,
                                              gopm_str text, size_t *count)
{
	const struct gopm__c_name wanted = {.text = text, .kind = kind};
	size_t first, end;

	*count = 0;
	if (dwarf == NULL || dwarf->c_name_count == 0) {
		return NULL;
	}
	const struct gopm__c_name *list = dwarf->c_names;
	GOPM__LOWER_BOUND(first, dwarf->c_name_count, c_name_order(&list[first], &wanted) < 0);
	end = first;
	while (end < dwarf->c_name_count && list[end].kind == kind && gopm__str_equal(list[end].text, text)) {
		end++;
	}
	*count = end - first;
	return *count != 0 ? &list[first] : NULL;
}

bool gopm__c_name_is_in(const struct gopm__dwarf *dwarf, const struct gopm__c_name *name, gopm_str file)
{
	const gopm_str path = dwarf->units[name->unit].name;

	if (file.size == 0 || file.size > path.size ||
	    memcmp(path.data + path.size - file.size, file.data, file.size) != 0) {
		return false;
	}
	return file.size == path.size || path.data[path.size - file.size - 1] == '/';
}
