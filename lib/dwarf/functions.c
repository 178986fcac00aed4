/* SPDX-License-Identifier: Apache-2.0 */
/* What is found by walking units: the functions of one unit, and, over all units, the types by
 * their runtime descriptor and the named constants. */
#include <stdlib.h>

#include "dwarf/constants.h"
#include "dwarf/dwarf.h"

#define MAX_ENTRIES 8000000

gopm_status gopm__dwarf_first(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, struct gopm__raw_die *out)
{
	struct gopm__raw_die root;

	gopm_status st = gopm__libdwarf_die_at(dwarf->raw, unit->raw.die, &root);
	if (st != GOPM_OK) {
		return st;
	}
	st = gopm__libdwarf_child(dwarf->raw, &root, out);
	gopm__libdwarf_release(dwarf->raw, &root);
	return st;
}

static int by_start(const void *a, const void *b)
{
	const struct gopm__function *x = a, *y = b;
	if (x->range.low != y->range.low) {
		return x->range.low < y->range.low ? -1 : 1;
	}
	return x->die < y->die ? -1 : x->die > y->die;
}

static gopm_status add_function(struct gopm__functions *functions, size_t *capacity, struct gopm__function add)
{
	if (functions->count == *capacity) {
		size_t wanted = *capacity != 0 ? *capacity * 2 : 64;
		if (wanted > MAX_ENTRIES) {
			return GOPM_ERR_LIMIT;
		}
		struct gopm__function *list = realloc(functions->list, wanted * sizeof *list);
		if (list == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		functions->list = list;
		*capacity = wanted;
	}
	functions->list[functions->count++] = add;
	return GOPM_OK;
}

static gopm_status read_functions(struct gopm__dwarf *dwarf, struct gopm__unit *unit)
{
	struct gopm__raw_die die;
	size_t capacity = 0;
	struct gopm__functions *functions = calloc(1, sizeof *functions);

	if (functions == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	gopm_status st = gopm__dwarf_first(dwarf, unit, &die);
	while (st == GOPM_OK) {
		struct gopm__die decoded;
		struct gopm__range extent;
		if (die.tag == GOPM__TAG_SUBPROGRAM && gopm__die_read(dwarf, unit, &die, &decoded) == GOPM_OK &&
		    gopm__die_extent(&decoded, &extent)) {
			st = add_function(functions, &capacity, (struct gopm__function){extent, die.offset});
			if (st != GOPM_OK) {
				gopm__libdwarf_release(dwarf->raw, &die);
				break;
			}
		}
		st = gopm__libdwarf_next(dwarf->raw, &die);
	}
	if (st == GOPM_ERR_NO_MEMORY) {
		free(functions->list);
		free(functions);
		return st;
	}
	if (st != GOPM_NOT_FOUND) {
		gopm__dwarf_damage(dwarf, unit->raw.offset, "a DWARF unit is damaged: functions may be missing");
	}
	if (functions->count != 0) {
		qsort(functions->list, functions->count, sizeof *functions->list, by_start);
	}
	unit->functions = functions;
	return GOPM_OK;
}

gopm_status gopm__dwarf_function_at(struct gopm__dwarf *dwarf, uint64_t pc, struct gopm__unit **unit,
                                    struct gopm__function *out)
{
	*out = (struct gopm__function){0};
	*unit = gopm__dwarf_unit_at(dwarf, pc);
	if (*unit == NULL) {
		return GOPM_NOT_FOUND;
	}
	if ((*unit)->functions == NULL) {
		gopm_status st = read_functions(dwarf, *unit);
		if (st != GOPM_OK) {
			return st;
		}
	}
	const struct gopm__functions *functions = (*unit)->functions;
	size_t low = 0, high = functions->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (functions->list[middle].range.low <= pc) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low == 0 || pc >= functions->list[low - 1].range.high) {
		return GOPM_NOT_FOUND;
	}
	*out = functions->list[low - 1];
	return GOPM_OK;
}

static bool is_type(unsigned tag)
{
	switch (tag) {
	case GOPM__TAG_ARRAY_TYPE:
	case GOPM__TAG_BASE_TYPE:
	case GOPM__TAG_CLASS_TYPE:
	case GOPM__TAG_STRUCTURE_TYPE:
	case GOPM__TAG_UNION_TYPE:
	case GOPM__TAG_POINTER_TYPE:
	case GOPM__TAG_SUBROUTINE_TYPE:
	case GOPM__TAG_TYPEDEF:
		return true;
	default:
		return false;
	}
}

static gopm_status add_type(struct gopm__dwarf *dwarf, const struct gopm__die *die)
{
	bool fresh;

	if ((die->go_runtime_type.class_ != GOPM__CLASS_ADDRESS &&
	     die->go_runtime_type.class_ != GOPM__CLASS_UNSIGNED) ||
	    dwarf->runtime_types.count >= MAX_ENTRIES) {
		return GOPM_OK;
	}
	/* Keys may not be 0, and an offset may: one is added. */
	uint64_t *slot = gopm__map64_put(&dwarf->runtime_types, die->go_runtime_type.number + 1, &fresh);
	if (slot == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (fresh) {
		*slot = die->offset;
	}
	return GOPM_OK;
}

static gopm_status add_constant(struct gopm__dwarf *dwarf, size_t *capacity, const struct gopm__die *die)
{
	uint64_t type = gopm__attribute_reference(&die->type);

	if (type == 0 || die->name.class_ != GOPM__CLASS_STRING ||
	    (die->const_value.class_ != GOPM__CLASS_SIGNED && die->const_value.class_ != GOPM__CLASS_UNSIGNED)) {
		return GOPM_OK;
	}
	if (dwarf->constant_count == *capacity) {
		size_t wanted = *capacity != 0 ? *capacity * 2 : 1024;
		if (wanted > MAX_ENTRIES) {
			return GOPM_OK;
		}
		struct gopm__constant *list = realloc(dwarf->constants, wanted * sizeof *list);
		if (list == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		dwarf->constants = list;
		*capacity = wanted;
	}
	dwarf->constants[dwarf->constant_count] = (struct gopm__constant){
	    type, (int64_t)die->const_value.number, gopm__die_name(die), (uint32_t)dwarf->constant_count};
	dwarf->constant_count++;
	return GOPM_OK;
}

static int by_type(const void *a, const void *b)
{
	const struct gopm__constant *x = a, *y = b;
	if (x->type != y->type) {
		return x->type < y->type ? -1 : 1;
	}
	if (x->value != y->value) {
		return x->value < y->value ? -1 : 1;
	}
	return x->order < y->order ? -1 : x->order > y->order;
}

static gopm_status index_unit(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, size_t *capacity)
{
	struct gopm__raw_die die;

	gopm_status st = gopm__dwarf_first(dwarf, unit, &die);
	while (st == GOPM_OK) {
		struct gopm__die decoded;
		bool constant = die.tag == GOPM__TAG_CONSTANT;
		if ((constant || is_type(die.tag)) && gopm__die_read(dwarf, unit, &die, &decoded) == GOPM_OK) {
			st = constant ? add_constant(dwarf, capacity, &decoded) : add_type(dwarf, &decoded);
			if (st != GOPM_OK) {
				gopm__libdwarf_release(dwarf->raw, &die);
				return st;
			}
		}
		st = gopm__libdwarf_next(dwarf->raw, &die);
	}
	if (st != GOPM_NOT_FOUND) {
		gopm__dwarf_damage(dwarf, unit->raw.offset,
		                   "a DWARF unit is damaged: types and constants may be missing");
	}
	return GOPM_OK;
}

gopm_status gopm__dwarf_index(struct gopm__dwarf *dwarf)
{
	size_t capacity = 0;

	if (dwarf->indexed) {
		return GOPM_OK;
	}
	for (size_t i = 0; i < dwarf->unit_count; i++) {
		gopm_status st = dwarf->units[i].go ? index_unit(dwarf, &dwarf->units[i], &capacity) : GOPM_OK;
		if (st != GOPM_OK) {
			gopm__map64_free(&dwarf->runtime_types);
			free(dwarf->constants);
			dwarf->constants = NULL;
			dwarf->constant_count = 0;
			return st;
		}
	}
	if (dwarf->constant_count != 0) {
		qsort(dwarf->constants, dwarf->constant_count, sizeof *dwarf->constants, by_type);
	}
	dwarf->indexed = true;
	return GOPM_OK;
}

uint64_t gopm__dwarf_runtime_type(struct gopm__dwarf *dwarf, uint64_t offset)
{
	if (offset == UINT64_MAX || gopm__dwarf_index(dwarf) != GOPM_OK) {
		return 0;
	}
	const uint64_t *slot = gopm__map64_get(&dwarf->runtime_types, offset + 1);
	return slot != NULL ? *slot : 0;
}

const struct gopm__constant *gopm__dwarf_constants(struct gopm__dwarf *dwarf, uint64_t type, size_t *count)
{
	*count = 0;
	if (gopm__dwarf_index(dwarf) != GOPM_OK) {
		return NULL;
	}
	size_t low = 0, high = dwarf->constant_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (dwarf->constants[middle].type < type) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	size_t end = low;
	while (end < dwarf->constant_count && dwarf->constants[end].type == type) {
		end++;
	}
	*count = end - low;
	return *count != 0 ? &dwarf->constants[low] : NULL;
}

struct wanted {
	const char *const *names;
	uint64_t *dies;
	size_t count, found;
};

static gopm_status find_in_unit(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, struct wanted *wanted)
{
	struct gopm__raw_die die;

	gopm_status st = gopm__dwarf_first(dwarf, unit, &die);
	while (st == GOPM_OK && wanted->found < wanted->count) {
		struct gopm__die decoded;
		if (die.tag == GOPM__TAG_STRUCTURE_TYPE && gopm__die_read(dwarf, unit, &die, &decoded) == GOPM_OK) {
			gopm_str name = gopm__die_name(&decoded);
			for (size_t i = 0; i < wanted->count; i++) {
				if (wanted->dies[i] == 0 && name.size == strlen(wanted->names[i]) &&
				    memcmp(name.data, wanted->names[i], name.size) == 0) {
					wanted->dies[i] = die.offset;
					wanted->found++;
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
	struct wanted wanted = {names, dies, count, 0};

	memset(dies, 0, count * sizeof *dies);
	/* The linker puts types into the unit of package runtime; the others are looked at only where it has none. */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < dwarf->unit_count && wanted.found < count; i++) {
			const struct gopm__unit *unit = &dwarf->units[i];
			bool runtime = unit->name.size == 7 && memcmp(unit->name.data, "runtime", 7) == 0;
			gopm_status st =
			    unit->go && runtime == (pass == 0) ? find_in_unit(dwarf, unit, &wanted) : GOPM_OK;
			if (st != GOPM_OK) {
				return st;
			}
		}
		if (wanted.found != 0) {
			break;
		}
	}
	return GOPM_OK;
}
