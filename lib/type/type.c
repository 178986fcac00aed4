/* SPDX-License-Identifier: Apache-2.0 */
#include "type/type.h"

#include <stdio.h>

#include "dwarf/constants.h"
#include "type/from_descriptor.h"

/* reflect.Kind numbers in DW_AT_go_kind. */
enum { KIND_CHAN = 18, KIND_INTERFACE = 20, KIND_MAP = 21, KIND_SLICE = 23, KIND_STRING = 24 };

#define MAX_FIELDS 65536
#define MAX_DEPTH 64

static gopm_str copy_name(struct gopm__dwarf *dwarf, gopm_str name)
{
	gopm_str copy = gopm__arena_str(&dwarf->arena, name.data, name.size);
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
		*out = op == 0x23 ? gopm__cursor_uleb(&c) : (uint64_t)gopm__cursor_sleb(&c);
		return !c.failed && (op == 0x23 || op == 0x11);
	}
	default:
		return true; /* absent: 0 */
	}
}

struct field_builder {
	struct gopm__field *list;
	size_t count, capacity;
};

static gopm_status add_field(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, const struct gopm__raw_die *raw,
                             struct field_builder *b)
{
	struct gopm__die die;
	uint64_t offset;

	gopm_status st = gopm__die_read(dwarf, unit, raw, &die);
	if (st != GOPM_OK || !member_offset(&die, &offset)) {
		return GOPM_ERR_FORMAT;
	}
	if (b->count == b->capacity) {
		size_t capacity = b->capacity != 0 ? b->capacity * 2 : 8;
		if (capacity > MAX_FIELDS) {
			return GOPM_ERR_FORMAT;
		}
		/* The outgrown list stays in the arena: structs are small and read once. */
		struct gopm__field *list = gopm__arena_alloc(&dwarf->arena, capacity * sizeof *list);
		if (list == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (b->count != 0) {
			memcpy(list, b->list, b->count * sizeof *list);
		}
		b->list = list;
		b->capacity = capacity;
	}
	b->list[b->count++] =
	    (struct gopm__field){copy_name(dwarf, gopm__die_name(&die)), gopm__attribute_reference(&die.type), offset,
	                         gopm__attribute_number(&die.go_embedded, 0) != 0};
	return GOPM_OK;
}

static gopm_status read_dimension(struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                                  const struct gopm__raw_die *raw, int64_t *count)
{
	struct gopm__die die;

	gopm_status st = gopm__die_read(dwarf, unit, raw, &die);
	if (st != GOPM_OK) {
		return st;
	}
	*count = gopm__attribute_number(&die.count, -1);
	if (die.count.class_ == GOPM__CLASS_NONE) {
		int64_t upper = gopm__attribute_number(&die.upper_bound, -2);
		*count = upper >= -1 && upper < INT64_MAX ? upper + 1 : -1;
	}
	return GOPM_OK;
}

static gopm_status read_children(struct gopm__dwarf *dwarf, const struct gopm__unit *unit,
                                 const struct gopm__raw_die *parent, struct gopm__type *type)
{
	struct field_builder builder = {0};
	struct gopm__raw_die raw;
	bool first = true;

	gopm_status st = gopm__libdwarf_child(dwarf->raw, parent, &raw);
	while (st == GOPM_OK) {
		if (raw.tag == GOPM__TAG_MEMBER && type->class_ != GOPM__TYPE_ARRAY) {
			st = add_field(dwarf, unit, &raw, &builder);
		} else if (raw.tag == GOPM__TAG_SUBRANGE_TYPE && type->class_ == GOPM__TYPE_ARRAY && first) {
			st = read_dimension(dwarf, unit, &raw, &type->count);
			first = false;
		}
		if (st != GOPM_OK) {
			gopm__libdwarf_release(dwarf->raw, &raw);
			return st;
		}
		st = gopm__libdwarf_next(dwarf->raw, &raw);
	}
	type->fields = builder.list;
	type->field_count = builder.count;
	return st == GOPM_NOT_FOUND ? GOPM_OK : st;
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
		return GOPM__TYPE_UINT;
	case GOPM__ENCODING_UNSIGNED_CHAR:
		return GOPM__TYPE_UINT;
	default:
		return GOPM__TYPE_UNSUPPORTED;
	}
}

static void classify(struct gopm__type *type, const struct gopm__die *die)
{
	type->target = gopm__attribute_reference(&die->type);
	type->key = gopm__attribute_reference(&die->go_key);
	type->elem = gopm__attribute_reference(&die->go_elem);
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
		type->class_ = type->kind == KIND_SLICE    ? GOPM__TYPE_SLICE
		               : type->kind == KIND_STRING ? GOPM__TYPE_STRING
		                                           : GOPM__TYPE_STRUCT;
		break;
	case GOPM__TAG_SUBROUTINE_TYPE:
		type->class_ = GOPM__TYPE_FUNC;
		type->byte_size = type->byte_size < 0 ? 8 : type->byte_size;
		break;
	case GOPM__TAG_TYPEDEF:
		type->class_ = type->kind == KIND_MAP         ? GOPM__TYPE_MAP
		               : type->kind == KIND_CHAN      ? GOPM__TYPE_CHAN
		               : type->kind == KIND_INTERFACE ? GOPM__TYPE_INTERFACE
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
	case GOPM__TAG_ENUMERATION_TYPE:
		type->class_ = GOPM__TYPE_UNSUPPORTED;
		break;
	default:
		type->class_ = GOPM__TYPE_UNSUPPORTED;
		break;
	}
}

static gopm_status read_type(struct gopm__dwarf *dwarf, uint64_t offset, struct gopm__type *type)
{
	struct gopm__unit *unit = gopm__dwarf_unit_of(dwarf, offset);
	struct gopm__raw_die raw;
	struct gopm__die die;

	if (unit == NULL) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status st = gopm__libdwarf_die_at(dwarf->raw, offset, &raw);
	if (st != GOPM_OK) {
		return st;
	}
	st = gopm__die_read(dwarf, unit, &raw, &die);
	if (st == GOPM_OK) {
		type->die = offset;
		type->go = unit->go;
		type->kind = (uint32_t)gopm__attribute_number(&die.go_kind, 0);
		type->byte_size = gopm__attribute_number(&die.byte_size, -1);
		type->has_runtime_type = die.go_runtime_type.class_ != GOPM__CLASS_NONE;
		type->runtime_type = die.go_runtime_type.number;
		type->name = copy_name(dwarf, gopm__die_name(&die));
		type->count = -1;
		classify(type, &die);
		if (type->class_ == GOPM__TYPE_STRUCT || type->class_ == GOPM__TYPE_STRING ||
		    type->class_ == GOPM__TYPE_SLICE || type->class_ == GOPM__TYPE_ARRAY) {
			st = read_children(dwarf, unit, &raw, type);
		}
	}
	gopm__libdwarf_release(dwarf->raw, &raw);
	return st;
}

static const struct gopm__type *type_at(struct gopm__dwarf *dwarf, uint64_t die, unsigned depth);

/* Names of C types, which DWARF composes: "*char", "[4]int". */
static void make_name(struct gopm__dwarf *dwarf, struct gopm__type *type, unsigned depth)
{
	char text[512];
	const char *inner = "void";

	if (type->name.size != 0) {
		return;
	}
	if (type->target != 0 && depth < 8) {
		const struct gopm__type *target = type_at(dwarf, type->target, depth + 1);
		inner = target != NULL && target->name.size != 0 ? target->name.data : "?";
	}
	switch (type->class_) {
	case GOPM__TYPE_POINTER:
		(void)snprintf(text, sizeof text, type->target == 0 && type->go ? "unsafe.Pointer" : "*%s", inner);
		break;
	case GOPM__TYPE_ARRAY:
		(void)snprintf(text, sizeof text, "[%lld]%s", (long long)type->count, inner);
		break;
	case GOPM__TYPE_STRUCT:
		(void)snprintf(text, sizeof text, "struct {...}");
		break;
	case GOPM__TYPE_FUNC:
		(void)snprintf(text, sizeof text, "func()");
		break;
	case GOPM__TYPE_VOID:
		(void)snprintf(text, sizeof text, "void");
		break;
	default:
		(void)snprintf(text, sizeof text, "%s", inner);
		break;
	}
	type->name = copy_name(dwarf, (gopm_str){text, strlen(text)});
}

static const struct gopm__type *type_at(struct gopm__dwarf *dwarf, uint64_t die, unsigned depth)
{
	bool fresh;

	if (die == 0) {
		return NULL;
	}
	const uint64_t *known = gopm__map64_get(&dwarf->types, die);
	if (known != NULL) {
		return (const struct gopm__type *)(uintptr_t)*known;
	}
	struct gopm__type *type = gopm__arena_alloc(&dwarf->arena, sizeof *type);
	if (type == NULL) {
		return NULL;
	}
	gopm_status st =
	    (die & GOPM__DESCRIBED) != 0 ? gopm__described_type(dwarf, die, type) : read_type(dwarf, die, type);
	if (st == GOPM_ERR_NO_MEMORY) {
		return NULL;
	}
	if (st != GOPM_OK) {
		if ((die & GOPM__DESCRIBED) == 0) {
			gopm__dwarf_damage(dwarf, die, "a type is damaged");
		}
		*type = (struct gopm__type){.die = die, .name = {"", 0}, .byte_size = -1, .count = -1};
	}
	uint64_t *slot = gopm__map64_put(&dwarf->types, die, &fresh);
	if (slot == NULL) {
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)type;
	/* After it is known, so that a cycle of nameless types ends. */
	make_name(dwarf, type, depth);
	return type;
}

const struct gopm__type *gopm__types_at(struct gopm__dwarf *dwarf, uint64_t die)
{
	return type_at(dwarf, die, 0);
}

const struct gopm__type *gopm__type_target(struct gopm__dwarf *dwarf, const struct gopm__type *type)
{
	return type != NULL ? gopm__types_at(dwarf, type->target) : NULL;
}

const struct gopm__type *gopm__type_resolve(struct gopm__dwarf *dwarf, const struct gopm__type *type)
{
	for (unsigned depth = 0; type != NULL && depth < MAX_DEPTH; depth++) {
		if (type->class_ != GOPM__TYPE_TYPEDEF && type->class_ != GOPM__TYPE_PARAMETRIC) {
			return type;
		}
		type = gopm__type_target(dwarf, type);
	}
	return NULL;
}

const struct gopm__type *gopm__type_header(struct gopm__dwarf *dwarf, const struct gopm__type *type)
{
	for (unsigned depth = 0; type != NULL && depth < MAX_DEPTH; depth++) {
		switch (type->class_) {
		case GOPM__TYPE_STRUCT:
		case GOPM__TYPE_STRING:
		case GOPM__TYPE_SLICE:
			return type;
		case GOPM__TYPE_TYPEDEF:
		case GOPM__TYPE_PARAMETRIC:
		case GOPM__TYPE_POINTER:
		case GOPM__TYPE_INTERFACE:
		case GOPM__TYPE_MAP:
		case GOPM__TYPE_CHAN:
			type = gopm__type_target(dwarf, type);
			break;
		default:
			return NULL;
		}
	}
	return NULL;
}

uint64_t gopm__type_size(struct gopm__dwarf *dwarf, const struct gopm__type *type)
{
	uint64_t factor = 1;

	for (unsigned depth = 0; type != NULL && depth < MAX_DEPTH; depth++) {
		if (type->byte_size >= 0) {
			uint64_t size;
			return __builtin_mul_overflow(factor, (uint64_t)type->byte_size, &size) ? 0 : size;
		}
		if (type->class_ == GOPM__TYPE_ARRAY &&
		    (type->count < 0 || __builtin_mul_overflow(factor, (uint64_t)type->count, &factor))) {
			return 0;
		}
		if (type->class_ == GOPM__TYPE_STRUCT) {
			return 0;
		}
		type = gopm__type_target(dwarf, type);
	}
	return 0;
}

const struct gopm__field *gopm__type_field(const struct gopm__type *type, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; type != NULL && i < type->field_count; i++) {
		if (type->fields[i].name.size == size && memcmp(type->fields[i].name.data, name, size) == 0) {
			return &type->fields[i];
		}
	}
	return NULL;
}
