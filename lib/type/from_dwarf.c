/* SPDX-License-Identifier: Apache-2.0 */
/* A type from its DIE: the class follows from the tag and DW_AT_go_kind, the fields from the member children. */
#include "type/from_dwarf.h"

#include <gopm/value.h>

#include "dwarf/constants.h"
#include "type/descriptor.h"
#include "type/field_list.h"
#include "type/from_c.h"
#include "util/percent.h"

static gopm_str copy_name(struct gopm__types *types, gopm_str name)
{
	gopm_str copy = gopm__arena_str(&types->arena, name.data, name.size);
	return copy.data != NULL ? copy : (gopm_str){"", 0};
}

static bool member_offset(const struct gopm__die *die, uint64_t *out)
{
	*out = 0;
	switch (die->member_location.class_) {
	case GOPM__CLASS_UNSIGNED:
	case GOPM__CLASS_SIGNED:
		*out = die->member_location.number;
		return true;
	case GOPM__CLASS_BLOCK: {
		/* DWARF 4 of older Go: DW_OP_plus_uconst N, or DW_OP_consts N, DW_OP_plus. */
		struct gopm__cursor c = gopm__cursor(die->member_location.data, (size_t)die->member_location.size);
		if (die->member_location.size == 0) {
			return true;
		}
		unsigned op = gopm__cursor_u8(&c);
		*out = op == GOPM__DW_OP_PLUS_UCONST ? gopm__cursor_uleb(&c) : (uint64_t)gopm__cursor_sleb(&c);
		return !c.failed && (op == GOPM__DW_OP_PLUS_UCONST || op == GOPM__DW_OP_CONSTS);
	}
	default:
		return true; /* absent: 0 */
	}
}

/* Reports a reference that leads to no entry. */
static void check_reference(struct gopm__types *types, const struct gopm__die *die, const struct gopm__attribute *to)
{
	if (die->unit->go && to->class_ == GOPM__CLASS_REFERENCE &&
	    gopm__dwarf_unit_of(types->dwarf, to->number) == NULL) {
		gopm__dwarf_damage(types->dwarf, die->offset, "a DWARF entry refers to one that does not exist");
	}
}

static gopm_status append_field(struct gopm__types *types, const struct gopm__die *die, struct gopm__field_list *list)
{
	uint64_t offset;

	check_reference(types, die, &die->type);
	if (!member_offset(die, &offset)) {
		return GOPM_ERR_FORMAT;
	}
	const struct gopm__field field = {.name = copy_name(types, gopm__die_name(die)),
	                                  .type = gopm__attribute_reference(&die->type),
	                                  .offset = offset,
	                                  .embedded = gopm__attribute_number(&die->go_embedded, 0) != 0};
	return gopm__field_list_add(types, list, &field);
}

static int64_t element_count(const struct gopm__die *subrange)
{
	if (subrange->count.class_ != GOPM__CLASS_NONE) {
		return gopm__attribute_number(&subrange->count, -1);
	}
	int64_t upper = gopm__attribute_number(&subrange->upper_bound, -2);
	return upper >= -1 && upper < INT64_MAX ? upper + 1 : -1;
}

/* Reads the members of a struct, or the first dimension of an array. */
static gopm_status read_children(struct gopm__types *types, const struct gopm__unit *unit,
                                 const struct gopm__raw_die *parent, struct gopm__type *type)
{
	struct gopm__dwarf *dwarf = types->dwarf;
	struct gopm__field_list list = {0};
	struct gopm__raw_die raw;
	struct gopm__die die;
	bool array = type->class_ == GOPM__TYPE_ARRAY, dimension = false;

	gopm_status status = gopm__libdwarf_child(dwarf->raw, parent, &raw);
	while (status == GOPM_OK) {
		bool wanted = array ? raw.tag == GOPM__TAG_SUBRANGE_TYPE && !dimension : raw.tag == GOPM__TAG_MEMBER;
		if (wanted) {
			status = gopm__die_read(dwarf, unit, &raw, &die);
			if (status == GOPM_OK && array) {
				type->count = element_count(&die);
				dimension = true;
			} else if (status == GOPM_OK) {
				status = append_field(types, &die, &list);
			}
		}
		if (status != GOPM_OK) {
			gopm__libdwarf_release(dwarf->raw, &raw);
			return status;
		}
		status = gopm__libdwarf_next(dwarf->raw, &raw);
	}
	type->fields = list.fields;
	type->field_count = list.count;
	return status == GOPM_NOT_FOUND ? GOPM_OK : status;
}

static enum gopm__type_class class_of_encoding(int64_t encoding)
{
	switch (encoding) {
	case GOPM__ENCODING_BOOLEAN:
		return GOPM__TYPE_BOOL;
	case GOPM__ENCODING_COMPLEX:
		return GOPM__TYPE_COMPLEX;
	case GOPM__ENCODING_FLOAT:
		return GOPM__TYPE_FLOAT;
	case GOPM__ENCODING_SIGNED:
	case GOPM__ENCODING_SIGNED_CHAR:
		return GOPM__TYPE_INT;
	case GOPM__ENCODING_UNSIGNED:
	case GOPM__ENCODING_UNSIGNED_CHAR:
		return GOPM__TYPE_UINT;
	default:
		return GOPM__TYPE_UNSUPPORTED;
	}
}

static void classify(struct gopm__type *type, const struct gopm__die *die)
{
	switch (die->tag) {
	case GOPM__TAG_BASE_TYPE:
		type->class_ = class_of_encoding(gopm__attribute_number(&die->encoding, 0));
		break;
	case GOPM__TAG_POINTER_TYPE:
		type->class_ = GOPM__TYPE_POINTER;
		type->byte_size = type->byte_size < 0 ? 8 : type->byte_size;
		break;
	case GOPM__TAG_ARRAY_TYPE:
		type->class_ = GOPM__TYPE_ARRAY;
		break;
	case GOPM__TAG_STRUCTURE_TYPE:
	case GOPM__TAG_CLASS_TYPE:
	case GOPM__TAG_UNION_TYPE:
		type->class_ = type->kind == GOPM_KIND_SLICE    ? GOPM__TYPE_SLICE
		               : type->kind == GOPM_KIND_STRING ? GOPM__TYPE_STRING
		                                                : GOPM__TYPE_STRUCT;
		break;
	case GOPM__TAG_SUBROUTINE_TYPE:
		type->class_ = GOPM__TYPE_FUNC;
		type->byte_size = type->byte_size < 0 ? 8 : type->byte_size;
		break;
	case GOPM__TAG_TYPEDEF:
		type->class_ = type->kind == GOPM_KIND_MAP         ? GOPM__TYPE_MAP
		               : type->kind == GOPM_KIND_CHAN      ? GOPM__TYPE_CHAN
		               : type->kind == GOPM_KIND_INTERFACE ? GOPM__TYPE_INTERFACE
		                                                   : GOPM__TYPE_TYPEDEF;
		if (type->class_ == GOPM__TYPE_TYPEDEF && die->go_dict_index.class_ != GOPM__CLASS_NONE) {
			type->class_ = GOPM__TYPE_PARAMETRIC;
			type->dict_index = gopm__attribute_number(&die->go_dict_index, 0);
		}
		break;
	case GOPM__TAG_CONST_TYPE:
	case GOPM__TAG_VOLATILE_TYPE:
	case GOPM__TAG_RESTRICT_TYPE:
	case GOPM__TAG_ATOMIC_TYPE:
		type->class_ = GOPM__TYPE_TYPEDEF;
		break;
	case GOPM__TAG_UNSPECIFIED_TYPE:
		type->class_ = GOPM__TYPE_VOID;
		break;
	default:
		type->class_ = GOPM__TYPE_UNSUPPORTED;
		break;
	}
}

static gopm_status read_type(struct gopm__types *types, const struct gopm__unit *unit, const struct gopm__raw_die *raw,
                             struct gopm__type *type)
{
	struct gopm__die die;

	gopm_status status = gopm__die_read(types->dwarf, unit, raw, &die);
	if (status != GOPM_OK) {
		return status;
	}
	check_reference(types, &die, &die.type);
	check_reference(types, &die, &die.go_key);
	check_reference(types, &die, &die.go_elem);
	type->go = unit->go;
	type->kind = (uint32_t)gopm__attribute_number(&die.go_kind, 0);
	type->byte_size = gopm__attribute_number(&die.byte_size, -1);
	type->has_runtime_type = die.go_runtime_type.class_ != GOPM__CLASS_NONE;
	type->runtime_type = die.go_runtime_type.number;
	type->name = copy_name(types, gopm__die_name(&die));
	if (gopm__has_percent(type->name)) {
		gopm_str plain = gopm__percent_decoded(&types->arena, type->name);
		if (plain.data == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		type->symbol = plain.data != type->name.data ? type->name : type->symbol;
		type->name = plain;
	}
	type->count = -1;
	type->target = gopm__attribute_reference(&die.type);
	type->key = gopm__attribute_reference(&die.go_key);
	type->elem = gopm__attribute_reference(&die.go_elem);
	classify(type, &die);
	switch (type->class_) {
	case GOPM__TYPE_STRUCT:
	case GOPM__TYPE_STRING:
	case GOPM__TYPE_SLICE:
	case GOPM__TYPE_ARRAY:
		return read_children(types, unit, raw, type);
	default:
		return GOPM_OK;
	}
}

/* Compares the fields of a struct of Go with those of its descriptor. */
static bool fields_fit(struct gopm__types *types, const struct gopm__type *type)
{
	const struct gopm__symtab *symtab = types->symtab;
	struct gopm__descriptor info;
	struct gopm__typedesc_field field;

	/* The offset is 0 if the linker left the descriptor out. */
	if (type->class_ != GOPM__TYPE_STRUCT || !type->go || type->runtime_type == 0 || symtab == NULL ||
	    symtab->module_count == 0) {
		return true;
	}
	const uint64_t descriptor = symtab->modules[0].types.begin + type->runtime_type;
	struct gopm__reader reader = gopm__reader(symtab->memory);
	if (!gopm__descriptor_read(symtab, &reader, descriptor, &info) || info.kind != GOPM_KIND_STRUCT ||
	    info.size != (uint64_t)type->byte_size) {
		return true;
	}
	for (size_t i = 0; i < type->field_count; i++) {
		if (gopm__descriptor_field(&reader, &info, i, &field) && field.offset != type->fields[i].offset) {
			return false;
		}
	}
	return true;
}

gopm_status gopm__type_from_dwarf(struct gopm__types *types, uint64_t id, struct gopm__type *type)
{
	const uint64_t offset = id & GOPM__ID_DIE_MASK;
	struct gopm__unit *unit = gopm__dwarf_unit_of(types->dwarf, offset);
	struct gopm__raw_die raw;

	if (unit == NULL) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status status = gopm__libdwarf_die_at(types->dwarf->raw, offset, &raw);
	if (status == GOPM_OK) {
		type->id = id;
		status = unit->go ? read_type(types, unit, &raw, type) : gopm__type_from_c(types, unit, &raw, type);
		if (status == GOPM_OK && !fields_fit(types, type)) {
			gopm__dwarf_damage(types->dwarf, offset,
			                   "the fields of a DWARF struct are not those of its type descriptor");
		}
		gopm__libdwarf_release(types->dwarf->raw, &raw);
	}
	return status;
}
