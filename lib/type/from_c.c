/* SPDX-License-Identifier: Apache-2.0 */
/* The class follows from the tag. Qualifiers are typedefs without a name of their own. What has no class of its own is
 * an array of its bytes, which says so (`as_bytes`). */
#include "type/from_c.h"

#include <gopm/stack.h>

#include "dwarf/constants.h"
#include "dwarf/language.h"
#include "type/c_type_name.h"
#include "type/field_list.h"
#include "type/type_id.h"
#include "util/str.h"
#include "util/vector.h"

#define MAX_ENUMERATORS 65536u
#define MAX_DIMENSIONS 15u
#define MAX_QUALIFIERS 16u

/* The type that is read. */
struct c_reader {
	struct gopm__types *types;
	struct gopm__dwarf *dwarf;
	const struct gopm__unit *unit;
	const struct gopm__raw_die *raw;
	struct gopm__die die;
	struct gopm__type *type;
};

static uint64_t referenced_type(const struct gopm__attribute *a)
{
	const uint64_t die = gopm__attribute_reference(a);

	return die <= GOPM__ID_DIE_MASK ? die : 0;
}

/* An array of the bytes of a type that is not decoded. */
static void read_as_bytes(struct gopm__type *type)
{
	if (type->byte_size < 0) {
		type->class_ = GOPM__TYPE_UNSUPPORTED;
		return;
	}
	type->class_ = GOPM__TYPE_ARRAY;
	type->as_bytes = true;
	type->count = type->byte_size;
	type->target = GOPM__BUILTIN(GOPM__BUILTIN_UINT8);
}

/* The class of a basic type that has a size of its kind. */
static enum gopm__type_class basic_class(int64_t encoding, int64_t size)
{
	switch (encoding) {
	case GOPM__ENCODING_BOOLEAN:
		return size == 1 ? GOPM__TYPE_BOOL : GOPM__TYPE_UNSUPPORTED;
	case GOPM__ENCODING_COMPLEX:
		return size == 8 || size == 16 ? GOPM__TYPE_COMPLEX : GOPM__TYPE_UNSUPPORTED;
	case GOPM__ENCODING_FLOAT:
		return size == 4 || size == 8 ? GOPM__TYPE_FLOAT : GOPM__TYPE_UNSUPPORTED;
	case GOPM__ENCODING_SIGNED:
	case GOPM__ENCODING_SIGNED_CHAR:
		return size == 1 || size == 2 || size == 4 || size == 8 ? GOPM__TYPE_INT : GOPM__TYPE_UNSUPPORTED;
	case GOPM__ENCODING_UNSIGNED:
	case GOPM__ENCODING_UNSIGNED_CHAR:
	case GOPM__ENCODING_UTF:
	case GOPM__ENCODING_ADDRESS:
		return size == 1 || size == 2 || size == 4 || size == 8 ? GOPM__TYPE_UINT : GOPM__TYPE_UNSUPPORTED;
	default:
		return GOPM__TYPE_UNSUPPORTED;
	}
}

static void read_basic(struct c_reader *r)
{
	const int64_t bits = gopm__attribute_number(&r->die.bit_size, -1);
	const gopm_str name = gopm__die_name(&r->die);

	r->type->class_ = basic_class(gopm__attribute_number(&r->die.encoding, 0), r->type->byte_size);
	/* _BitInt(N) has unused bits; decimal floats have an encoding of their own. */
	if (r->type->class_ == GOPM__TYPE_UNSUPPORTED || (bits >= 0 && bits != r->type->byte_size * 8)) {
		read_as_bytes(r->type);
	}
	r->type->is_char = r->type->byte_size == 1 && name.size == 4 && memcmp(name.data, "char", 4) == 0;
}

static bool is_qualifier(unsigned tag)
{
	return tag == GOPM__TAG_CONST_TYPE || tag == GOPM__TAG_VOLATILE_TYPE || tag == GOPM__TAG_RESTRICT_TYPE ||
	       tag == GOPM__TAG_ATOMIC_TYPE;
}

static void read_pointer(struct c_reader *r)
{
	struct gopm__die target;
	uint64_t at = r->type->target;

	r->type->class_ = GOPM__TYPE_POINTER;
	r->type->byte_size = r->type->byte_size < 0 ? 8 : r->type->byte_size;
	if (r->type->byte_size != 8) {
		read_as_bytes(r->type);
		return;
	}
	/* `const void *` is a `void *`, which has no target. */
	for (unsigned i = 0; at != 0 && i < MAX_QUALIFIERS; i++) {
		if (gopm__dwarf_die(r->dwarf, at, &target) != GOPM_OK ||
		    (!is_qualifier(target.tag) && target.tag != GOPM__TAG_TYPEDEF)) {
			return;
		}
		at = referenced_type(&target.type);
	}
	r->type->target = at == 0 ? 0 : r->type->target;
}

/* The bytes of a basic type, through typedefs; 0: unknown. By entries, since a type that is being read has no id yet.
 */
static int64_t storage_size(const struct c_reader *r, uint64_t at)
{
	struct gopm__die die;

	for (unsigned i = 0; at != 0 && i < MAX_QUALIFIERS && gopm__dwarf_die(r->dwarf, at, &die) == GOPM_OK; i++) {
		if (die.byte_size.class_ != GOPM__CLASS_NONE) {
			return gopm__attribute_number(&die.byte_size, 0);
		}
		at = referenced_type(&die.type);
	}
	return 0;
}

/* The offset in bits of a bit field from the start of its struct. DWARF 2 and 3 count from the highest bit of a storage
 * unit (5.7.6 of DWARF 4 and 5, DW_AT_bit_offset). */
static bool bit_offset(const struct c_reader *r, const struct gopm__die *die, uint64_t bytes, uint64_t bits,
                       uint64_t *out)
{
	int64_t unit = gopm__attribute_number(&die->byte_size, -1);
	const int64_t from_high = gopm__attribute_number(&die->bit_offset, INT64_MIN);

	if (die->data_bit_offset.class_ != GOPM__CLASS_NONE) {
		*out = die->data_bit_offset.number;
		return *out / 8 <= UINT32_MAX;
	}
	if (bytes > UINT32_MAX) {
		return false;
	}
	if (from_high == INT64_MIN) {
		*out = bytes * 8;
		return true;
	}
	unit = unit >= 0 ? unit : storage_size(r, referenced_type(&die->type));
	if (unit <= 0 || unit > 16 || from_high < -1024 || from_high > 1024) {
		return false;
	}
	const int64_t in_unit = unit * 8 - from_high - (int64_t)bits;
	*out = bytes * 8 + (uint64_t)in_unit;
	return (int64_t)(bytes * 8) + in_unit >= 0;
}

static bool member_position(const struct c_reader *r, const struct gopm__die *die, struct gopm__field *out)
{
	const struct gopm__attribute *location = &die->member_location;
	const int64_t bits = gopm__attribute_number(&die->bit_size, 0);

	out->offset = 0;
	if (location->class_ == GOPM__CLASS_UNSIGNED || location->class_ == GOPM__CLASS_SIGNED) {
		out->offset = location->number;
	} else if (location->class_ == GOPM__CLASS_BLOCK) {
		struct gopm__cursor c = gopm__cursor(location->data, (size_t)location->size);
		if (gopm__cursor_u8(&c) != GOPM__DW_OP_PLUS_UCONST) {
			return false; /* a virtual base of C++: its place is in the object */
		}
		out->offset = gopm__cursor_uleb(&c);
		if (c.failed) {
			return false;
		}
	} else if (location->class_ != GOPM__CLASS_NONE) {
		return false;
	}
	if (bits < 0 || bits > 64 || out->offset > INT64_MAX) {
		return false;
	}
	out->bit_size = (uint16_t)bits;
	return bits == 0 || bit_offset(r, die, out->offset, (uint64_t)bits, &out->bit_offset);
}

static gopm_status append_member(struct c_reader *r, const struct gopm__die *die, struct gopm__field_list *list)
{
	struct gopm__field field = {.name = {"", 0}, .type = referenced_type(&die->type)};
	const gopm_str name = gopm__die_name(die);

	/* A static member of C++ is declared in its class. */
	if (gopm__attribute_number(&die->declaration, 0) != 0 || gopm__attribute_number(&die->external, 0) != 0) {
		return GOPM_OK;
	}
	if (!member_position(r, die, &field)) {
		return GOPM_ERR_FORMAT;
	}
	/* The members of a member without a name, and of a base class, are selected as if they were of the struct. */
	field.embedded = name.size == 0;
	field.name = gopm__arena_str(&r->types->arena, name.data, name.size);
	return field.name.data != NULL ? gopm__field_list_add(r->types, list, &field) : GOPM_ERR_NO_MEMORY;
}

/* A struct that this file only declares is the one that another file defines. */
static void read_declared(struct c_reader *r)
{
	r->type->target = gopm__c_type_definition(r->dwarf, r->die.tag, gopm__die_name(&r->die));
	r->type->class_ =
	    r->type->target != 0 && r->type->target != r->die.offset ? GOPM__TYPE_TYPEDEF : GOPM__TYPE_INCOMPLETE;
	r->type->byte_size = -1;
}

static gopm_status read_members(struct c_reader *r)
{
	struct gopm__field_list list = {0};
	struct gopm__raw_die raw;
	struct gopm__die die;
	bool variants = false;

	if (gopm__attribute_number(&r->die.declaration, 0) != 0) {
		read_declared(r);
		return GOPM_OK;
	}
	r->type->class_ = GOPM__TYPE_STRUCT;
	r->type->is_union = r->die.tag == GOPM__TAG_UNION_TYPE;
	gopm_status status = gopm__libdwarf_child(r->dwarf->raw, r->raw, &raw);
	while (status == GOPM_OK) {
		variants = variants || raw.tag == GOPM__TAG_VARIANT_PART;
		if (raw.tag == GOPM__TAG_MEMBER || raw.tag == GOPM__TAG_INHERITANCE) {
			status = gopm__die_read(r->dwarf, r->unit, &raw, &die);
			status = status == GOPM_OK ? append_member(r, &die, &list) : status;
		}
		if (status != GOPM_OK) {
			gopm__libdwarf_release(r->dwarf->raw, &raw);
			break;
		}
		status = gopm__libdwarf_next(r->dwarf->raw, &raw);
	}
	if (status == GOPM_ERR_NO_MEMORY) {
		return status;
	}
	if (status != GOPM_NOT_FOUND || variants) {
		read_as_bytes(r->type); /* an enum of Rust, a class with a virtual base, or damage */
		return GOPM_OK;
	}
	r->type->fields = list.fields;
	r->type->field_count = list.count;
	return GOPM_OK;
}

/* Counts the enumerators, or copies up to `count` of them. */
static gopm_status walk_enumerators(struct c_reader *r, struct gopm__enumerator *list, size_t *count, bool *negative)
{
	const size_t capacity = list != NULL ? *count : MAX_ENUMERATORS;
	struct gopm__raw_die raw;
	struct gopm__die die;

	*count = 0;
	gopm_status status = gopm__libdwarf_child(r->dwarf->raw, r->raw, &raw);
	while (status == GOPM_OK) {
		if (raw.tag == GOPM__TAG_ENUMERATOR && *count < capacity &&
		    gopm__die_read(r->dwarf, r->unit, &raw, &die) == GOPM_OK &&
		    (die.const_value.class_ == GOPM__CLASS_SIGNED || die.const_value.class_ == GOPM__CLASS_UNSIGNED)) {
			const gopm_str name = gopm__die_name(&die);
			*negative = *negative || (die.const_value.class_ == GOPM__CLASS_SIGNED &&
			                          (int64_t)die.const_value.number < 0);
			if (list != NULL) {
				list[*count] =
				    (struct gopm__enumerator){gopm__arena_str(&r->types->arena, name.data, name.size),
				                              (int64_t)die.const_value.number};
				if (list[*count].name.data == NULL) {
					gopm__libdwarf_release(r->dwarf->raw, &raw);
					return GOPM_ERR_NO_MEMORY;
				}
			}
			(*count)++;
		}
		status = gopm__libdwarf_next(r->dwarf->raw, &raw);
	}
	return status == GOPM_NOT_FOUND ? GOPM_OK : status;
}

static gopm_status read_enumeration(struct c_reader *r)
{
	const int64_t encoding = gopm__attribute_number(&r->die.encoding, 0);
	struct gopm__enumerator *list;
	bool negative = false;
	size_t count;

	if (gopm__attribute_number(&r->die.declaration, 0) != 0) {
		read_declared(r);
		return GOPM_OK;
	}
	gopm_status status = walk_enumerators(r, NULL, &count, &negative);
	if (status != GOPM_OK) {
		return status;
	}
	list = gopm__arena_alloc(&r->types->arena, (count + 1) * sizeof *list);
	if (list == NULL || walk_enumerators(r, list, &count, &negative) != GOPM_OK) {
		return GOPM_ERR_NO_MEMORY;
	}
	const bool is_signed =
	    encoding == GOPM__ENCODING_SIGNED || encoding == GOPM__ENCODING_SIGNED_CHAR || (encoding == 0 && negative);
	r->type->class_ = basic_class(is_signed ? GOPM__ENCODING_SIGNED : GOPM__ENCODING_UNSIGNED, r->type->byte_size);
	if (r->type->class_ == GOPM__TYPE_UNSUPPORTED) {
		read_as_bytes(r->type);
		return GOPM_OK;
	}
	r->type->enumerators = list;
	r->type->enumerator_count = count;
	return GOPM_OK;
}

static int64_t dimension_count(const struct gopm__die *subrange)
{
	if (subrange->count.class_ != GOPM__CLASS_NONE) {
		return gopm__attribute_number(&subrange->count, -1);
	}
	const int64_t upper = gopm__attribute_number(&subrange->upper_bound, -2);
	if (subrange->upper_bound.class_ == GOPM__CLASS_UNSIGNED && (uint32_t)upper == UINT32_MAX) {
		return 0; /* gcc writes int x[0] so, with an upper bound of -1 in 4 or 8 bytes */
	}
	return upper >= -1 && upper < INT64_MAX ? upper + 1 : -1;
}

/* An array has a DIE for all of its dimensions. Each of them but the first has an id of its own: the array's, with the
 * number of the dimension. */
static gopm_status read_dimensions(struct c_reader *r)
{
	const unsigned wanted = (unsigned)(r->type->id >> GOPM__ID_DIMENSION_SHIFT) & MAX_DIMENSIONS;
	struct gopm__raw_die raw;
	struct gopm__die die;
	unsigned count = 0;

	r->type->class_ = GOPM__TYPE_ARRAY;
	gopm_status status = gopm__libdwarf_child(r->dwarf->raw, r->raw, &raw);
	while (status == GOPM_OK) {
		if (raw.tag == GOPM__TAG_SUBRANGE_TYPE || raw.tag == GOPM__TAG_ENUMERATION_TYPE) {
			if (count == wanted) {
				status = gopm__die_read(r->dwarf, r->unit, &raw, &die);
				r->type->count = status == GOPM_OK ? dimension_count(&die) : -1;
			}
			count++;
		}
		if (status != GOPM_OK || count > MAX_DIMENSIONS) {
			gopm__libdwarf_release(r->dwarf->raw, &raw);
			return GOPM_ERR_FORMAT;
		}
		status = gopm__libdwarf_next(r->dwarf->raw, &raw);
	}
	if (wanted + 1 < count) {
		r->type->target = (r->type->id & ~((uint64_t)MAX_DIMENSIONS << GOPM__ID_DIMENSION_SHIFT)) |
		                  (uint64_t)(wanted + 1) << GOPM__ID_DIMENSION_SHIFT;
		r->type->byte_size = -1;
	}
	/* A vector (DW_AT_GNU_vector) may have a byte size: that of the whole, which is its elements'. */
	r->type->byte_size = wanted != 0 ? -1 : r->type->byte_size;
	return status == GOPM_NOT_FOUND ? GOPM_OK : status;
}

static gopm_status read_by_tag(struct c_reader *r)
{
	struct gopm__type *type = r->type;

	switch (r->die.tag) {
	case GOPM__TAG_BASE_TYPE:
		read_basic(r);
		return GOPM_OK;
	case GOPM__TAG_POINTER_TYPE:
	case GOPM__TAG_REFERENCE_TYPE:
	case GOPM__TAG_RVALUE_REFERENCE_TYPE:
		read_pointer(r);
		return GOPM_OK;
	case GOPM__TAG_STRUCTURE_TYPE:
	case GOPM__TAG_CLASS_TYPE:
	case GOPM__TAG_UNION_TYPE:
		return read_members(r);
	case GOPM__TAG_ENUMERATION_TYPE:
		return read_enumeration(r);
	case GOPM__TAG_ARRAY_TYPE:
		return read_dimensions(r);
	case GOPM__TAG_SUBROUTINE_TYPE:
		type->class_ = GOPM__TYPE_CODE;
		type->byte_size = -1;
		return GOPM_OK;
	case GOPM__TAG_UNSPECIFIED_TYPE:
		type->class_ = GOPM__TYPE_VOID;
		return GOPM_OK;
	case GOPM__TAG_TYPEDEF:
	case GOPM__TAG_SUBRANGE_TYPE:
	case GOPM__TAG_CONST_TYPE:
	case GOPM__TAG_VOLATILE_TYPE:
	case GOPM__TAG_RESTRICT_TYPE:
	case GOPM__TAG_ATOMIC_TYPE:
		type->class_ = type->target != 0 ? GOPM__TYPE_TYPEDEF : GOPM__TYPE_VOID;
		type->byte_size = -1;
		return GOPM_OK;
	default: /* a pointer to a member of a class, ... */
		read_as_bytes(type);
		return GOPM_OK;
	}
}

gopm_status gopm__type_from_c(struct gopm__types *types, const struct gopm__unit *unit, const struct gopm__raw_die *raw,
                              struct gopm__type *type)
{
	struct c_reader r = {.types = types, .dwarf = types->dwarf, .unit = unit, .raw = raw, .type = type};

	gopm_status status = gopm__die_read(r.dwarf, unit, raw, &r.die);
	if (status != GOPM_OK) {
		return status;
	}
	type->byte_size = gopm__attribute_number(&r.die.byte_size, -1);
	type->count = -1;
	type->target = referenced_type(&r.die.type);
	type->name = gopm__c_type_name(types, unit, r.die.tag, gopm__die_name(&r.die));
	return read_by_tag(&r);
}
