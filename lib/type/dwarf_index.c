/* SPDX-License-Identifier: Apache-2.0 */
/* One walk over the top level of all units of Go. */
#include "type/dwarf_index.h"

#include <stdlib.h>

#include "dwarf/constants.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

#define MAX_ENTRIES 8000000

/* True if Go's linker gives DIEs with this tag a DW_AT_go_runtime_type. */
static bool may_have_descriptor(unsigned tag)
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

static gopm_status index_type(struct gopm__dwarf_index *index, const struct gopm__die *die)
{
	bool fresh;

	if ((die->go_runtime_type.class_ != GOPM__CLASS_ADDRESS &&
	     die->go_runtime_type.class_ != GOPM__CLASS_UNSIGNED) ||
	    index->descriptors.count >= MAX_ENTRIES) {
		return GOPM_OK;
	}
	/* A key is never 0, but an offset may be: the key is one more. */
	uint64_t *slot = gopm__map64_put(&index->descriptors, die->go_runtime_type.number + 1, &fresh);
	if (slot == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (fresh) {
		*slot = die->offset;
	}
	return GOPM_OK;
}

static gopm_status index_constant(struct gopm__dwarf_index *index, const struct gopm__die *die)
{
	uint64_t type = gopm__attribute_reference(&die->type);

	if (type == 0 || die->name.class_ != GOPM__CLASS_STRING || index->constant_count >= MAX_ENTRIES ||
	    (die->const_value.class_ != GOPM__CLASS_SIGNED && die->const_value.class_ != GOPM__CLASS_UNSIGNED)) {
		return GOPM_OK;
	}
	if (!GOPM__VECTOR_RESERVE(index->constants, index->constant_count, index->constant_capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	index->constants[index->constant_count] = (struct gopm__constant){
	    type, (int64_t)die->const_value.number, gopm__die_name(die), (uint32_t)index->constant_count};
	index->constant_count++;
	return GOPM_OK;
}

static int constant_order(const void *a, const void *b)
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

/* Returns GOPM_ERR_NO_MEMORY or GOPM_OK. */
static gopm_status index_unit(struct gopm__dwarf_index *index, struct gopm__dwarf *dwarf, struct gopm__unit *unit)
{
	struct gopm__raw_die raw;

	gopm__dwarf_check_unit(dwarf, unit); /* a damaged entry may end the walk early */
	gopm_status status = gopm__dwarf_first(dwarf, unit, &raw);
	while (status == GOPM_OK) {
		struct gopm__die die;
		bool constant = raw.tag == GOPM__TAG_CONSTANT;
		if ((constant || may_have_descriptor(raw.tag)) && gopm__die_read(dwarf, unit, &raw, &die) == GOPM_OK) {
			status = constant ? index_constant(index, &die) : index_type(index, &die);
			if (status != GOPM_OK) {
				gopm__libdwarf_release(dwarf->raw, &raw);
				return status;
			}
		}
		status = gopm__libdwarf_next(dwarf->raw, &raw);
	}
	if (status == GOPM_ERR_NO_MEMORY) {
		return status;
	}
	if (status != GOPM_NOT_FOUND) {
		gopm__dwarf_damage(dwarf, unit->raw.offset,
		                   "a DWARF unit is damaged: types and constants may be missing");
	}
	return GOPM_OK;
}

gopm_status gopm__dwarf_index_fill(struct gopm__dwarf_index *index, struct gopm__dwarf *dwarf)
{
	if (index->filled || dwarf == NULL) {
		return GOPM_OK;
	}
	const uint64_t failures = gopm__failed_allocations();
	for (size_t i = 0; i < dwarf->unit_count; i++) {
		gopm_status status = !gopm__dwarf_report(dwarf, i) ? GOPM_ERR_NO_MEMORY
		                     : dwarf->units[i].go          ? index_unit(index, dwarf, &dwarf->units[i])
		                                                   : GOPM_OK;
		if (status != GOPM_OK || !gopm__is_cacheable(failures)) {
			gopm__dwarf_index_free(index);
			return GOPM_ERR_NO_MEMORY;
		}
	}
	if (index->constant_count != 0) {
		qsort(index->constants, index->constant_count, sizeof *index->constants, constant_order);
	}
	index->filled = true;
	return GOPM_OK;
}

void gopm__dwarf_index_free(struct gopm__dwarf_index *index)
{
	gopm__map64_free(&index->descriptors);
	free(index->constants);
	*index = (struct gopm__dwarf_index){0};
}

uint64_t gopm__dwarf_index_type(struct gopm__dwarf_index *index, struct gopm__dwarf *dwarf, uint64_t offset)
{
	if (offset == UINT64_MAX || gopm__dwarf_index_fill(index, dwarf) != GOPM_OK) {
		return 0;
	}
	const uint64_t *slot = gopm__map64_get(&index->descriptors, offset + 1);
	return slot != NULL ? *slot : 0;
}

const struct gopm__constant *gopm__dwarf_index_constants(struct gopm__dwarf_index *index, struct gopm__dwarf *dwarf,
                                                         uint64_t type, size_t *count)
{
	size_t first, end;

	*count = 0;
	if (gopm__dwarf_index_fill(index, dwarf) != GOPM_OK) {
		return NULL;
	}
	GOPM__LOWER_BOUND(first, index->constant_count, index->constants[first].type < type);
	for (end = first; end < index->constant_count && index->constants[end].type == type; end++) {
	}
	*count = end - first;
	return *count != 0 ? &index->constants[first] : NULL;
}
