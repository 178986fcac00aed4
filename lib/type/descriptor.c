/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the common head first, then the members of the kind, then the uncommon type after them. */
#include "type/descriptor.h"

/* abi.Type and what follows it, on a 64-bit CPU. */
enum {
	TYPE_SIZE = 0,
	TYPE_TFLAG = 20,
	TYPE_ALIGN = 21,
	TYPE_FIELD_ALIGN = 22,
	TYPE_KIND = 23,
	TYPE_STR = 40,
	TYPE_BYTES = 48,
	ELEM = 48, /* array, chan, pointer, slice */
	ARRAY_LENGTH = 64,
	CHAN_DIRECTION = 56,
	FUNC_IN = 48,
	FUNC_OUT = 50,
	STRUCT_PACKAGE = 48,
	INTERFACE_METHODS = 56,
	INTERFACE_METHOD_COUNT = 64,
	INTERFACE_METHOD_BYTES = 8,
	MAP_KEY = 48,
	MAP_ELEM = 56,
	MAP_GROUP = 64,
	MAP_GROUP_SIZE = 80, /* of Swiss maps */
	MAP_SECOND = 88,     /* until Go 1.26 the size of a slot, then the offset of the keys */
	STRUCT_FIELDS = 56,
	STRUCT_FIELD_COUNT = 64,
	FIELD_BYTES = 24,
	UNCOMMON_PACKAGE = 0,
	UNCOMMON_COUNT = 4,
	UNCOMMON_EXPORTED = 6,
	UNCOMMON_METHODS = 8,
	UNCOMMON_BYTES = 16,
	METHOD_NAME = 0,
	METHOD_TYPE = 4,
	METHOD_BY_INTERFACE = 8,
	METHOD_ENTRY = 12,
	METHOD_BYTES = 16,
};

enum {
	TFLAG_UNCOMMON = 1,
	TFLAG_NAMED = 4,
	DIRECT_BIT = 32, /* of TFlag since Go 1.26, of Kind_ before */
	KIND_MASK = 31,
	VARIADIC = 0x8000, /* of FuncType.OutCount */
};

/* Bytes of a value, and of the descriptor up to the uncommon type. 255: depends on the type. */
static const struct {
	uint8_t size, described;
} kinds[GOPM__KIND_COUNT] = {
    [GOPM_KIND_BOOL] = {1, 48},      [GOPM_KIND_INT] = {8, 48},
    [GOPM_KIND_INT8] = {1, 48},      [GOPM_KIND_INT16] = {2, 48},
    [GOPM_KIND_INT32] = {4, 48},     [GOPM_KIND_INT64] = {8, 48},
    [GOPM_KIND_UINT] = {8, 48},      [GOPM_KIND_UINT8] = {1, 48},
    [GOPM_KIND_UINT16] = {2, 48},    [GOPM_KIND_UINT32] = {4, 48},
    [GOPM_KIND_UINT64] = {8, 48},    [GOPM_KIND_UINTPTR] = {8, 48},
    [GOPM_KIND_FLOAT32] = {4, 48},   [GOPM_KIND_FLOAT64] = {8, 48},
    [GOPM_KIND_COMPLEX64] = {8, 48}, [GOPM_KIND_COMPLEX128] = {16, 48},
    [GOPM_KIND_ARRAY] = {255, 72},   [GOPM_KIND_CHAN] = {8, 64},
    [GOPM_KIND_FUNC] = {8, 56},      [GOPM_KIND_INTERFACE] = {16, 80},
    [GOPM_KIND_MAP] = {8, 255},      [GOPM_KIND_POINTER] = {8, 56},
    [GOPM_KIND_SLICE] = {24, 56},    [GOPM_KIND_STRING] = {16, 48},
    [GOPM_KIND_STRUCT] = {255, 80},  [GOPM_KIND_UNSAFE_POINTER] = {8, 48},
};

/* abi.MapType: until Go 1.23, of Go 1.24 to 1.26, since Go 1.27. */
enum { MAP_BUCKETS_BYTES = 88, MAP_SWISS_BYTES = 112, MAP_SPLIT_BYTES = 136 };

static bool descriptor_word(struct gopm__reader *reader, uint64_t address, uint64_t *out)
{
	return gopm__read_u64(reader, address, out);
}

static bool power_of_two(uint64_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

static bool name_equals(gopm_str name, const char *text)
{
	return name.size == strlen(text) && memcmp(name.data, text, name.size) == 0;
}

/* Bytes of a map's descriptor; the fields of its groups tell which Go compiled it. 0: not known. */
static uint64_t map_bytes(struct gopm__reader *reader, const struct gopm__type_section *types,
                          const struct gopm__descriptor *info)
{
	struct gopm__typedesc_field first, second, elem;
	uint64_t place, at_second;

	if (!gopm__typedesc_field(reader, types, info->group, 0, &first)) {
		return 0;
	}
	if (!name_equals(first.name, "ctrl")) {
		return MAP_BUCKETS_BYTES;
	}
	if (!gopm__typedesc_field(reader, types, info->group, 1, &second)) {
		return 0;
	}
	if (!name_equals(second.name, "slots")) {
		return MAP_SPLIT_BYTES;
	}
	/* Go 1.27 with slots: the offset of the first value is at the offset of the flags of older Go. */
	uint64_t array;
	if (!descriptor_word(reader, info->address + MAP_SECOND, &at_second) ||
	    !descriptor_word(reader, info->address + 104, &place) ||
	    !descriptor_word(reader, second.type + ELEM, &array) ||
	    !gopm__typedesc_field(reader, types, array, 1, &elem)) {
		return 0;
	}
	return at_second == second.offset && place == second.offset + elem.offset ? MAP_SPLIT_BYTES : MAP_SWISS_BYTES;
}

static bool read_func(struct gopm__reader *reader, struct gopm__descriptor *info)
{
	uint64_t in, out;

	if (!gopm__read_word(reader, info->address + FUNC_IN, 2, &in) ||
	    !gopm__read_word(reader, info->address + FUNC_OUT, 2, &out)) {
		return false;
	}
	info->in = (uint16_t)in;
	info->out = (uint16_t)(out & ~(uint64_t)VARIADIC);
	info->variadic = (out & VARIADIC) != 0;
	return !info->variadic || info->in != 0;
}

static bool read_array(struct gopm__reader *reader, struct gopm__descriptor *info)
{
	uint64_t elem_size, all;
	unsigned kind;

	return descriptor_word(reader, info->address + ELEM, &info->elem) &&
	       descriptor_word(reader, info->address + ARRAY_LENGTH, &info->length) &&
	       gopm__typedesc_size(reader, info->elem, &elem_size, &kind) &&
	       !__builtin_mul_overflow(elem_size, info->length, &all) && all == info->size;
}

static bool read_struct(struct gopm__reader *reader, struct gopm__descriptor *info)
{
	return descriptor_word(reader, info->address + STRUCT_PACKAGE, &info->literal) &&
	       descriptor_word(reader, info->address + STRUCT_FIELDS, &info->fields) &&
	       descriptor_word(reader, info->address + STRUCT_FIELD_COUNT, &info->field_count) &&
	       info->field_count <= GOPM__TYPE_MAX_FIELDS && (info->field_count == 0 || info->fields != 0);
}

static bool read_kind_members(struct gopm__reader *reader, struct gopm__descriptor *info)
{
	uint64_t direction;

	switch (info->kind) {
	case GOPM_KIND_ARRAY:
		return read_array(reader, info);
	case GOPM_KIND_CHAN:
		if (!descriptor_word(reader, info->address + ELEM, &info->elem) ||
		    !descriptor_word(reader, info->address + CHAN_DIRECTION, &direction) || direction == 0 ||
		    direction > 3) {
			return false;
		}
		info->direction = (uint8_t)direction;
		return true;
	case GOPM_KIND_FUNC:
		return read_func(reader, info);
	case GOPM_KIND_INTERFACE:
		return descriptor_word(reader, info->address + INTERFACE_METHODS, &info->methods) &&
		       descriptor_word(reader, info->address + INTERFACE_METHOD_COUNT, &info->method_count) &&
		       info->method_count <= GOPM__TYPE_MAX_METHODS;
	case GOPM_KIND_MAP:
		return descriptor_word(reader, info->address + MAP_KEY, &info->key) &&
		       descriptor_word(reader, info->address + MAP_ELEM, &info->elem) &&
		       descriptor_word(reader, info->address + MAP_GROUP, &info->group);
	case GOPM_KIND_POINTER:
	case GOPM_KIND_SLICE:
		return descriptor_word(reader, info->address + ELEM, &info->elem);
	case GOPM_KIND_STRUCT:
		return read_struct(reader, info);
	default:
		return true;
	}
}

static bool read_uncommon_type(struct gopm__reader *reader, struct gopm__descriptor *info)
{
	const struct gopm__type_section *types = &info->module->types;
	uint64_t package, count, exported, methods;
	unsigned flags;

	uint64_t described = info->kind == GOPM_KIND_MAP ? map_bytes(reader, types, info) : kinds[info->kind].described;
	if (described == 0) {
		return true; /* still a map, only without its package and methods */
	}
	info->extra = info->address + described;
	if (!gopm__read_word(reader, info->extra + UNCOMMON_PACKAGE, 4, &package) ||
	    !gopm__read_word(reader, info->extra + UNCOMMON_COUNT, 2, &count) ||
	    !gopm__read_word(reader, info->extra + UNCOMMON_EXPORTED, 2, &exported) ||
	    !gopm__read_word(reader, info->extra + UNCOMMON_METHODS, 4, &methods) || exported > count) {
		return false;
	}
	info->own_count = (uint16_t)count;
	info->own_exported = (uint16_t)exported;
	info->own_methods = info->extra + methods;
	return package == 0 ||
	       (package < types->end - types->begin &&
	        gopm__typedesc_read_name(reader, types, types->begin + package, &info->package, &flags));
}

bool gopm__descriptor_read(const struct gopm__symtab *symtab, struct gopm__reader *reader, uint64_t address,
                           struct gopm__descriptor *out)
{
	uint8_t head[TYPE_BYTES];

	*out = (struct gopm__descriptor){.address = address, .module = gopm__symtab_module(symtab, address)};
	if (out->module == NULL || gopm__read_copy(reader, address, head, sizeof head) != sizeof head) {
		return false;
	}
	unsigned kind = head[TYPE_KIND] & KIND_MASK;
	uint8_t flags = head[TYPE_TFLAG];
	out->size = gopm__load64(head + TYPE_SIZE);
	out->align = head[TYPE_ALIGN];
	out->field_align = head[TYPE_FIELD_ALIGN];
	if (kind == GOPM_KIND_INVALID || kind >= GOPM__KIND_COUNT || !power_of_two(out->align) ||
	    !power_of_two(out->field_align) || (kinds[kind].size != 255 && kinds[kind].size != out->size)) {
		return false;
	}
	out->kind = kind;
	out->named = (flags & TFLAG_NAMED) != 0;
	out->uncommon = (flags & TFLAG_UNCOMMON) != 0;
	out->direct = ((flags | head[TYPE_KIND]) & DIRECT_BIT) != 0;
	return gopm__typedesc_name(reader, &out->module->types, address, &out->text) &&
	       read_kind_members(reader, out) && (!out->uncommon || read_uncommon_type(reader, out));
}

uint64_t gopm__descriptor_bytes(struct gopm__reader *reader, const struct gopm__descriptor *info)
{
	const uint64_t described =
	    info->kind == GOPM_KIND_MAP ? map_bytes(reader, &info->module->types, info) : kinds[info->kind].described;

	return described == 0
	           ? 0
	           : described + (info->uncommon ? UNCOMMON_BYTES : 0) + info->field_count * FIELD_BYTES +
	                 (info->kind == GOPM_KIND_INTERFACE ? info->method_count * INTERFACE_METHOD_BYTES : 0) +
	                 (info->in + (uint64_t)info->out) * sizeof(uint64_t) + info->own_count * (uint64_t)METHOD_BYTES;
}

bool gopm__descriptor_field(struct gopm__reader *reader, const struct gopm__descriptor *info, uint64_t index,
                            struct gopm__typedesc_field *out)
{
	return info->kind == GOPM_KIND_STRUCT &&
	       gopm__typedesc_field(reader, &info->module->types, info->address, index, out);
}

gopm_str gopm__descriptor_tag(struct gopm__reader *reader, const struct gopm__descriptor *info, uint64_t index)
{
	uint64_t name;
	gopm_str tag, package;

	return index < info->field_count && descriptor_word(reader, info->fields + index * FIELD_BYTES, &name) &&
	               gopm__typedesc_read_more(reader, &info->module->types, name, &tag, &package)
	           ? tag
	           : (gopm_str){"", 0};
}

uint64_t gopm__descriptor_parameter(struct gopm__reader *reader, const struct gopm__descriptor *info, unsigned index)
{
	uint64_t type;
	/* The list is after the uncommon type. */
	uint64_t list = info->address + kinds[GOPM_KIND_FUNC].described + (info->uncommon ? UNCOMMON_BYTES : 0);

	if (info->kind != GOPM_KIND_FUNC || index >= (unsigned)info->in + info->out) {
		return 0;
	}
	return descriptor_word(reader, list + (uint64_t)index * 8, &type) ? type : 0;
}

uint64_t gopm__descriptor_method_count(const struct gopm__descriptor *info)
{
	return info->kind == GOPM_KIND_INTERFACE ? info->method_count : info->own_count;
}

static uint64_t section_address(const struct gopm__module *module, uint64_t offset)
{
	/* Absent: 0, and also -1, for a method that is never called. */
	return offset != 0 && offset < module->types.end - module->types.begin ? module->types.begin + offset : 0;
}

static uint64_t code_address(const struct gopm__module *module, uint64_t offset)
{
	return offset != 0 && offset < module->etext - module->text ? module->text + offset : 0;
}

bool gopm__descriptor_method(struct gopm__reader *reader, const struct gopm__descriptor *info, uint64_t index,
                             struct gopm__descriptor_method *out)
{
	bool interface = info->kind == GOPM_KIND_INTERFACE;
	uint64_t name, type, by_interface = 0, entry = 0;
	unsigned flags;

	*out = (struct gopm__descriptor_method){0};
	if (index >= gopm__descriptor_method_count(info)) {
		return false;
	}
	uint64_t at =
	    interface ? info->methods + index * INTERFACE_METHOD_BYTES : info->own_methods + index * METHOD_BYTES;
	if (!gopm__read_word(reader, at + METHOD_NAME, 4, &name) ||
	    !gopm__read_word(reader, at + METHOD_TYPE, 4, &type) ||
	    (!interface && (!gopm__read_word(reader, at + METHOD_BY_INTERFACE, 4, &by_interface) ||
	                    !gopm__read_word(reader, at + METHOD_ENTRY, 4, &entry)))) {
		return false;
	}
	uint64_t name_at = section_address(info->module, name);
	gopm_str tag;
	if (name_at == 0 || !gopm__typedesc_read_name(reader, &info->module->types, name_at, &out->name, &flags) ||
	    !gopm__typedesc_read_more(reader, &info->module->types, name_at, &tag, &out->package)) {
		return false;
	}
	out->exported = (flags & GOPM__NAME_EXPORTED) != 0;
	out->type = section_address(info->module, type);
	out->entry = code_address(info->module, entry);
	out->by_iface = code_address(info->module, by_interface);
	return true;
}
