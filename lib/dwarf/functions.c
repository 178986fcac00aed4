/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the function at a pc: first its unit, then the function among those of the unit, which are read once. */
#include <stdlib.h>

#include "dwarf/constants.h"
#include "dwarf/dwarf.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

#define MAX_FUNCTIONS 8000000
#define MAX_NAMESPACES 32u

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

static int function_order(const void *a, const void *b)
{
	const struct gopm__function *x = a, *y = b;
	if (x->range.low != y->range.low) {
		return x->range.low < y->range.low ? -1 : 1;
	}
	return x->die < y->die ? -1 : x->die > y->die;
}

static gopm_status append_function(struct gopm__functions *functions, size_t *capacity, struct gopm__function function)
{
	if (functions->count >= MAX_FUNCTIONS) {
		return GOPM_ERR_LIMIT;
	}
	if (!GOPM__VECTOR_RESERVE(functions->list, functions->count, *capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	functions->list[functions->count++] = function;
	return GOPM_OK;
}

/* True if the functions of a unit of Go do not overlap, and its ranges are those of their code: each range begins with
 * a function, and ends with one (cmd/link/internal/ld/dwarf.go, calcCompUnitRanges). */
static bool ranges_fit(const struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                       const struct gopm__functions *functions)
{
	const struct gopm__unit_range *ranges = dwarf->unit_ranges;
	uint64_t begins = 0, ends = 0, end = 0;
	size_t after;

	for (size_t i = 0; i < functions->count; i++) {
		const struct gopm__pc_range f = functions->list[i].range;
		if (f.low >= f.high) {
			continue;
		}
		GOPM__LOWER_BOUND(after, dwarf->unit_range_count, ranges[after].range.low <= f.low);
		if (f.low < end || after == 0 || &dwarf->units[ranges[after - 1].unit] != unit ||
		    f.high > ranges[after - 1].range.high) {
			return false;
		}
		end = f.high;
		begins += f.low == ranges[after - 1].range.low;
		ends += f.high == ranges[after - 1].range.high;
	}
	return begins == unit->range_count && ends == unit->range_count;
}

/* Appends the ranges of a function that gcc has split in hot and cold parts. */
static gopm_status append_split(struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                                struct gopm__functions *functions, size_t *capacity, const struct gopm__die *die)
{
	const struct gopm__section *section =
	    unit->raw.version >= 5 ? &dwarf->sections.rnglists : &dwarf->sections.ranges;
	struct gopm__list_entry entry;
	uint64_t offset = die->ranges.number;
	gopm_status st = GOPM_OK;

	if (die->ranges.class_ == GOPM__CLASS_NONE ||
	    (die->ranges.class_ == GOPM__CLASS_LIST_INDEX &&
	     !gopm__list_offset(section, &unit->list, unit->rnglists_base, offset, &offset))) {
		return GOPM_OK;
	}
	struct gopm__list list = gopm__list_open(section, offset, &unit->list, false);
	while (st == GOPM_OK && gopm__list_next(&list, &entry) == GOPM_OK) {
		st = append_function(functions, capacity, (struct gopm__function){entry.range, die->offset});
	}
	return st;
}

/* Appends the functions from `die` on, and those in namespaces of C++ and Rust. Releases `die`. */
static gopm_status append_functions(struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                                    struct gopm__functions *functions, size_t *capacity, struct gopm__raw_die *die,
                                    unsigned depth)
{
	gopm_status st = GOPM_OK;

	while (st == GOPM_OK) {
		struct gopm__die decoded;
		struct gopm__pc_range extent;
		struct gopm__raw_die child;
		if (die->tag == GOPM__TAG_SUBPROGRAM && gopm__die_read(dwarf, unit, die, &decoded) == GOPM_OK) {
			if (gopm__die_extent(&decoded, &extent)) {
				st = append_function(functions, capacity, (struct gopm__function){extent, die->offset});
			} else if (!unit->go) {
				st = append_split(dwarf, unit, functions, capacity, &decoded);
			}
		} else if (die->tag == GOPM__TAG_NAMESPACE && !unit->go && depth < MAX_NAMESPACES &&
		           gopm__libdwarf_child(dwarf->raw, die, &child) == GOPM_OK) {
			st = append_functions(dwarf, unit, functions, capacity, &child, depth + 1);
			st = st == GOPM_NOT_FOUND ? GOPM_OK : st;
		}
		if (st != GOPM_OK) {
			gopm__libdwarf_release(dwarf->raw, die);
			break;
		}
		st = gopm__libdwarf_next(dwarf->raw, die);
	}
	return st;
}

static gopm_status read_functions(struct gopm__dwarf *dwarf, struct gopm__unit *unit)
{
	struct gopm__raw_die die;
	size_t capacity = 0;
	struct gopm__functions *functions = gopm__calloc(1, sizeof *functions);

	if (functions == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	const uint64_t failures = gopm__failed_allocations();
	gopm__dwarf_check_unit(dwarf, unit);
	gopm_status st = gopm__dwarf_first(dwarf, unit, &die);
	if (st == GOPM_OK) {
		st = append_functions(dwarf, unit, functions, &capacity, &die, 0);
	}
	if (!gopm__is_cacheable(failures)) {
		free(functions->list);
		free(functions);
		return GOPM_ERR_NO_MEMORY;
	}
	if (st != GOPM_NOT_FOUND) {
		gopm__dwarf_damage(dwarf, unit->raw.offset, "a DWARF unit is damaged: functions may be missing");
	}
	if (functions->count != 0) {
		qsort(functions->list, functions->count, sizeof *functions->list, function_order);
	}
	if (unit->go && !ranges_fit(dwarf, unit, functions)) {
		gopm__dwarf_damage(dwarf, unit->raw.offset,
		                   "a DWARF unit's ranges are not those of its functions: functions may be missing");
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
	size_t after;
	GOPM__LOWER_BOUND(after, functions->count, functions->list[after].range.low <= pc);
	if (after == 0 || pc >= functions->list[after - 1].range.high) {
		return GOPM_NOT_FOUND;
	}
	*out = functions->list[after - 1];
	return GOPM_OK;
}
