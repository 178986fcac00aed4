/* SPDX-License-Identifier: Apache-2.0 */
#include "type/from_descriptor.h"

#include <stdio.h>

#include "symbol/arg_info.h"
#include "type/descriptor_index.h"

#define KNOWN(which) (GOPM__DESCRIBED | (uint64_t)GOPM__DESCRIBED_KNOWN << 56 | (which))
#define KNOWN_POINTER(which) (GOPM__DESCRIBED | (uint64_t)GOPM__DESCRIBED_KNOWN_POINTER << 56 | (which))
#define NAME(text)                                                                                                     \
	{                                                                                                              \
		(text), sizeof(text) - 1                                                                               \
	}
#define FIELDS(list) (list), sizeof(list) / sizeof((list)[0])

static const struct gopm__field eface[] = {
    {.name = NAME("_type"), .type = KNOWN_POINTER(GOPM__KNOWN_TYPE), .offset = 0},
    {.name = NAME("data"), .type = KNOWN(GOPM__KNOWN_POINTER), .offset = 8},
};
static const struct gopm__field iface[] = {
    {.name = NAME("tab"), .type = KNOWN_POINTER(GOPM__KNOWN_ITAB), .offset = 0},
    {.name = NAME("data"), .type = KNOWN(GOPM__KNOWN_POINTER), .offset = 8},
};
static const struct gopm__field itab[] = {
    {.name = NAME("Type"), .type = KNOWN_POINTER(GOPM__KNOWN_TYPE), .offset = 8},
};
static const struct gopm__field abi_type[] = {
    {.name = NAME("TFlag"), .type = KNOWN(GOPM__KNOWN_UINT8), .offset = 20},
    {.name = NAME("Kind_"), .type = KNOWN(GOPM__KNOWN_UINT8), .offset = 23},
};

static const struct {
	gopm_str name;
	enum gopm__type_class class_;
	enum gopm__kind kind;
	int64_t size;
	const struct gopm__field *fields;
	size_t field_count;
} known[GOPM__KNOWN_COUNT] = {
    [GOPM__KNOWN_INT] = {NAME("int"), GOPM__TYPE_INT, GOPM__KIND_INT, 8, NULL, 0},
    [GOPM__KNOWN_UINT8] = {NAME("uint8"), GOPM__TYPE_UINT, GOPM__KIND_UINT8, 1, NULL, 0},
    [GOPM__KNOWN_UINT16] = {NAME("uint16"), GOPM__TYPE_UINT, GOPM__KIND_UINT16, 2, NULL, 0},
    [GOPM__KNOWN_UINT32] = {NAME("uint32"), GOPM__TYPE_UINT, GOPM__KIND_UINT32, 4, NULL, 0},
    [GOPM__KNOWN_UINT64] = {NAME("uint64"), GOPM__TYPE_UINT, GOPM__KIND_UINT64, 8, NULL, 0},
    [GOPM__KNOWN_UINTPTR] = {NAME("uintptr"), GOPM__TYPE_UINT, GOPM__KIND_UINTPTR, 8, NULL, 0},
    [GOPM__KNOWN_POINTER] = {NAME("unsafe.Pointer"), GOPM__TYPE_POINTER, GOPM__KIND_UNSAFE_POINTER, 8, NULL, 0},
    [GOPM__KNOWN_WORD8] = {NAME("word8"), GOPM__TYPE_UINT, GOPM__KIND_UINT8, 1, NULL, 0},
    [GOPM__KNOWN_WORD16] = {NAME("word16"), GOPM__TYPE_UINT, GOPM__KIND_UINT16, 2, NULL, 0},
    [GOPM__KNOWN_WORD32] = {NAME("word32"), GOPM__TYPE_UINT, GOPM__KIND_UINT32, 4, NULL, 0},
    [GOPM__KNOWN_WORD64] = {NAME("word64"), GOPM__TYPE_UINT, GOPM__KIND_UINTPTR, 8, NULL, 0},
    [GOPM__KNOWN_EFACE] = {NAME("runtime.eface"), GOPM__TYPE_STRUCT, GOPM__KIND_STRUCT, 16, FIELDS(eface)},
    [GOPM__KNOWN_IFACE] = {NAME("runtime.iface"), GOPM__TYPE_STRUCT, GOPM__KIND_STRUCT, 16, FIELDS(iface)},
    [GOPM__KNOWN_ITAB] = {NAME("runtime.itab"), GOPM__TYPE_STRUCT, GOPM__KIND_STRUCT, 32, FIELDS(itab)},
    [GOPM__KNOWN_TYPE] = {NAME("internal/abi.Type"), GOPM__TYPE_STRUCT, GOPM__KIND_STRUCT, 48, FIELDS(abi_type)},
};

static const enum gopm__type_class classes[GOPM__KIND_COUNT] = {
    [GOPM__KIND_BOOL] = GOPM__TYPE_BOOL,         [GOPM__KIND_INT] = GOPM__TYPE_INT,
    [GOPM__KIND_INT8] = GOPM__TYPE_INT,          [GOPM__KIND_INT16] = GOPM__TYPE_INT,
    [GOPM__KIND_INT32] = GOPM__TYPE_INT,         [GOPM__KIND_INT64] = GOPM__TYPE_INT,
    [GOPM__KIND_UINT] = GOPM__TYPE_UINT,         [GOPM__KIND_UINT8] = GOPM__TYPE_UINT,
    [GOPM__KIND_UINT16] = GOPM__TYPE_UINT,       [GOPM__KIND_UINT32] = GOPM__TYPE_UINT,
    [GOPM__KIND_UINT64] = GOPM__TYPE_UINT,       [GOPM__KIND_UINTPTR] = GOPM__TYPE_UINT,
    [GOPM__KIND_FLOAT32] = GOPM__TYPE_FLOAT,     [GOPM__KIND_FLOAT64] = GOPM__TYPE_FLOAT,
    [GOPM__KIND_COMPLEX64] = GOPM__TYPE_COMPLEX, [GOPM__KIND_COMPLEX128] = GOPM__TYPE_COMPLEX,
    [GOPM__KIND_ARRAY] = GOPM__TYPE_ARRAY,       [GOPM__KIND_CHAN] = GOPM__TYPE_CHAN,
    [GOPM__KIND_FUNC] = GOPM__TYPE_FUNC,         [GOPM__KIND_INTERFACE] = GOPM__TYPE_INTERFACE,
    [GOPM__KIND_MAP] = GOPM__TYPE_MAP,           [GOPM__KIND_POINTER] = GOPM__TYPE_POINTER,
    [GOPM__KIND_SLICE] = GOPM__TYPE_SLICE,       [GOPM__KIND_STRING] = GOPM__TYPE_STRING,
    [GOPM__KIND_STRUCT] = GOPM__TYPE_STRUCT,     [GOPM__KIND_UNSAFE_POINTER] = GOPM__TYPE_POINTER,
};

struct maker {
	struct gopm__dwarf *dwarf;
	struct gopm__reader reader;
	struct gopm__type *type;
};

/* A type of pointer size with a name of its own. */
static gopm_status make_pointer(struct maker *m, const char *before, uint64_t descriptor)
{
	struct gopm__text name = {0};

	gopm__text_str(&name, before);
	gopm__descriptor_full_name(m->dwarf->symtab, &m->reader, descriptor, &name);
	gopm_str copy = name.failed ? (gopm_str){NULL, 0} : gopm__arena_str(&m->dwarf->arena, name.data, name.size);
	gopm__text_free(&name);
	m->type->name = copy;
	m->type->byte_size = 8;
	return copy.data != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

static struct gopm__field *new_fields(struct maker *m, uint64_t count)
{
	struct gopm__field *list = gopm__arena_alloc(&m->dwarf->arena, (size_t)(count != 0 ? count : 1) * sizeof *list);

	m->type->fields = list;
	m->type->field_count = list != NULL ? (size_t)count : 0;
	return list;
}

static uint64_t type_at(uint64_t descriptor)
{
	return descriptor != 0 ? gopm__described(GOPM__DESCRIBED_TYPE, descriptor) : 0;
}

/* Behind the fields before it, and within the struct. Where a field's own descriptor cannot be read, nothing is known.
 */
static bool field_fits(struct maker *m, const struct gopm__descriptor *info, const struct gopm__typedesc_field *field,
                       uint64_t *end)
{
	uint64_t size;
	unsigned kind;

	if (!gopm__typedesc_size(&m->reader, field->type, &size, &kind)) {
		return true;
	}
	if (field->type == info->address || field->offset < *end || field->offset > info->size ||
	    size > info->size - field->offset) {
		return false;
	}
	*end = field->offset + size;
	return true;
}

static gopm_status copy_fields(struct maker *m, const struct gopm__descriptor *info)
{
	struct gopm__field *list = new_fields(m, info->field_count);
	uint64_t end = 0;

	if (list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (uint64_t i = 0; i < info->field_count; i++) {
		struct gopm__typedesc_field field;
		if (!gopm__descriptor_field(&m->reader, info, i, &field) || !field_fits(m, info, &field, &end)) {
			return GOPM_ERR_FORMAT;
		}
		gopm_str name = gopm__arena_str(&m->dwarf->arena, field.name.data, field.name.size);
		if (name.data == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		list[i] = (struct gopm__field){
		    .name = name, .type = type_at(field.type), .offset = field.offset, .embedded = field.embedded};
	}
	return GOPM_OK;
}

static gopm_status header_fields(struct maker *m, const char *data, uint64_t pointer, bool capacity)
{
	struct gopm__field *list = new_fields(m, capacity ? 3 : 2);
	const uint64_t number = KNOWN(GOPM__KNOWN_INT);

	if (list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	list[0] = (struct gopm__field){.name = {data, strlen(data)}, .type = pointer, .offset = 0};
	list[1] = (struct gopm__field){.name = NAME("len"), .type = number, .offset = 8};
	if (capacity) {
		list[2] = (struct gopm__field){.name = NAME("cap"), .type = number, .offset = 16};
	}
	return GOPM_OK;
}

static gopm_status make_described(struct maker *m, uint64_t descriptor)
{
	struct gopm__type *type = m->type;
	struct gopm__descriptor info;

	if (!gopm__descriptor_read(m->dwarf->symtab, &m->reader, descriptor, &info)) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status st = make_pointer(m, "", descriptor);
	if (st != GOPM_OK) {
		return st;
	}
	type->class_ = classes[info.kind];
	type->kind = info.kind;
	type->byte_size = info.size <= INT64_MAX ? (int64_t)info.size : -1;
	type->has_runtime_type = true;
	type->key = type_at(info.key);
	type->elem = type_at(info.elem);
	switch (info.kind) {
	case GOPM__KIND_ARRAY:
		type->count = info.length <= INT64_MAX ? (int64_t)info.length : -1;
		type->target = type->elem;
		return GOPM_OK;
	case GOPM__KIND_POINTER:
		type->target = type->elem;
		return type->target != 0 ? GOPM_OK : GOPM_ERR_FORMAT;
	case GOPM__KIND_CHAN:
		type->target = type_at(gopm__types_find_descriptor(m->dwarf, (gopm_str)NAME("runtime.hchan")));
		return GOPM_OK;
	case GOPM__KIND_MAP:
		type->target = gopm__described(GOPM__DESCRIBED_MAP_HEADER, descriptor);
		return GOPM_OK;
	case GOPM__KIND_INTERFACE:
		type->target = KNOWN(info.method_count == 0 ? GOPM__KNOWN_EFACE : GOPM__KNOWN_IFACE);
		return GOPM_OK;
	case GOPM__KIND_SLICE:
		return header_fields(m, "array", gopm__described(GOPM__DESCRIBED_POINTER, info.elem), true);
	case GOPM__KIND_STRING:
		return header_fields(m, "str", KNOWN_POINTER(GOPM__KNOWN_UINT8), false);
	case GOPM__KIND_STRUCT:
		return copy_fields(m, &info);
	default:
		return GOPM_OK;
	}
}

/* The struct of the descriptor under another number, to be changed a little. */
static gopm_status make_like(struct maker *m, uint64_t descriptor)
{
	uint64_t number = m->type->die;

	if (descriptor == 0) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status st = make_described(m, descriptor);
	m->type->die = number;
	m->type->has_runtime_type = false;
	return st == GOPM_OK && m->type->class_ != GOPM__TYPE_STRUCT ? GOPM_ERR_FORMAT : st;
}

/* Gives the field `name` another type, and another name where `renamed` is not NULL. */
static void change(struct maker *m, const char *name, const char *renamed, uint64_t type)
{
	struct gopm__field *field = (struct gopm__field *)(uintptr_t)gopm__type_field(m->type, name);

	if (field != NULL) {
		field->type = type != 0 ? type : field->type;
		field->name = renamed != NULL ? (gopm_str){renamed, strlen(renamed)} : field->name;
	}
}

static uint64_t field_descriptor(struct maker *m, uint64_t descriptor, const char *path)
{
	const struct gopm__module *module = gopm__symtab_module(m->dwarf->symtab, descriptor);
	struct gopm__typedesc_field field;

	return module != NULL && gopm__typedesc_path(&m->reader, &module->types, descriptor, path, &field) ? field.type
	                                                                                                   : 0;
}

/* What the compiler tells DWARF of a map, and its descriptor leaves untyped: where its pointers lead. */
static gopm_status make_map_part(struct maker *m, enum gopm__described_form form, uint64_t map)
{
	static const gopm_str swiss = NAME("internal/runtime/maps.Map"), table = NAME("internal/runtime/maps.table"),
	                      buckets = NAME("runtime.hmap");
	struct gopm__descriptor info;

	if (!gopm__descriptor_read(m->dwarf->symtab, &m->reader, map, &info) || info.kind != GOPM__KIND_MAP) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status st = GOPM_OK;
	struct gopm__typedesc_field first;
	bool is_swiss = gopm__typedesc_field(&m->reader, &info.module->types, info.group, 0, &first) &&
	                first.name.size == 4 && memcmp(first.name.data, "ctrl", 4) == 0;
	switch (form) {
	case GOPM__DESCRIBED_MAP_HEADER:
		st = make_like(m, gopm__types_find_descriptor(m->dwarf, is_swiss ? swiss : buckets));
		change(m, "dirPtr", NULL, gopm__described(GOPM__DESCRIBED_MAP_TABLES, map));
		change(m, "buckets", NULL, gopm__described(GOPM__DESCRIBED_MAP_DATA, map));
		return st;
	case GOPM__DESCRIBED_MAP_TABLES:
		m->type->class_ = GOPM__TYPE_POINTER;
		m->type->target = gopm__described(GOPM__DESCRIBED_MAP_TABLE, map);
		return make_pointer(m, "*table of ", map);
	case GOPM__DESCRIBED_MAP_TABLE:
		st = make_like(m, gopm__types_find_descriptor(m->dwarf, table));
		change(m, "groups", NULL, gopm__described(GOPM__DESCRIBED_MAP_GROUPS, map));
		return st;
	case GOPM__DESCRIBED_MAP_GROUPS:
		st = make_like(m, field_descriptor(m, gopm__types_find_descriptor(m->dwarf, table), "groups"));
		change(m, "data", NULL, gopm__described(GOPM__DESCRIBED_MAP_DATA, map));
		return st;
	case GOPM__DESCRIBED_MAP_DATA:
		m->type->class_ = GOPM__TYPE_POINTER;
		m->type->target = is_swiss ? type_at(info.group) : gopm__described(GOPM__DESCRIBED_MAP_BUCKET, map);
		return make_pointer(m, "*group of ", map);
	default:
		/* The compiler's names are not DWARF's (cmd/compile, reflectdata; cmd/link, dwarf.go). */
		st = make_like(m, info.group);
		change(m, "topbits", "tophash", 0);
		change(m, "elems", "values", 0);
		return st;
	}
}

static gopm_status make_known(struct maker *m, uint64_t which)
{
	struct gopm__type *type = m->type;

	if (which >= GOPM__KNOWN_COUNT) {
		return GOPM_ERR_FORMAT;
	}
	type->class_ = known[which].class_;
	type->kind = known[which].kind;
	type->name = known[which].name;
	type->byte_size = known[which].size;
	type->fields = known[which].fields;
	type->field_count = known[which].field_count;
	type->word = which >= GOPM__KNOWN_WORD8 && which <= GOPM__KNOWN_WORD64;
	return GOPM_OK;
}

uint64_t gopm__described_word(uint64_t size)
{
	return KNOWN(size == 1   ? GOPM__KNOWN_WORD8
	             : size == 2 ? GOPM__KNOWN_WORD16
	             : size == 4 ? GOPM__KNOWN_WORD32
	                         : GOPM__KNOWN_WORD64);
}

/* A struct of the words between an opening brace at `table` and its closing one; inner braces are structs too. */
static gopm_status make_words(struct maker *m, uint64_t table)
{
	struct gopm__arg_item item = {.next = table + 1};
	struct gopm__field *list = new_fields(m, GOPM__ARGS_MAX_BYTES / 2);
	struct gopm__arg_item whole = {.next = table};

	if (list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	m->type->field_count = 0;
	if (!gopm__arg_next(&m->reader, &whole) || !whole.composite) {
		return GOPM_ERR_FORMAT;
	}
	m->type->class_ = GOPM__TYPE_STRUCT;
	m->type->kind = GOPM__KIND_STRUCT;
	m->type->name = (gopm_str)NAME("words");
	m->type->byte_size = whole.size;
	while (m->type->field_count < GOPM__ARGS_MAX_BYTES / 2 && gopm__arg_next(&m->reader, &item) && !item.lost) {
		char name[8];
		int size = snprintf(name, sizeof name, "%zu", m->type->field_count);
		gopm_str copy = gopm__arena_str(&m->dwarf->arena, name, (size_t)size);
		if (copy.data == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		list[m->type->field_count++] =
		    (struct gopm__field){.name = copy,
		                         .type = item.composite ? gopm__described(GOPM__DESCRIBED_WORDS, item.table)
		                                                : gopm__described_word(item.size),
		                         .offset = (uint64_t)item.offset - whole.offset};
	}
	return GOPM_OK;
}

gopm_status gopm__described_type(struct gopm__dwarf *dwarf, uint64_t number, struct gopm__type *type)
{
	struct maker m = {.dwarf = dwarf, .type = type};
	uint64_t argument = number & ~(UINT64_C(0xff) << 56);
	enum gopm__described_form form = (enum gopm__described_form)(number >> 56 & 0x7f);

	*type = (struct gopm__type){.die = number, .name = {"", 0}, .byte_size = -1, .count = -1, .go = true};
	if (form == GOPM__DESCRIBED_KNOWN) {
		return make_known(&m, argument);
	}
	if (form == GOPM__DESCRIBED_KNOWN_POINTER) {
		type->class_ = GOPM__TYPE_POINTER;
		type->kind = GOPM__KIND_POINTER;
		type->target = gopm__described(GOPM__DESCRIBED_KNOWN, argument);
		type->name = (gopm_str)NAME("*");
		type->byte_size = 8;
		return argument < GOPM__KNOWN_COUNT ? GOPM_OK : GOPM_ERR_FORMAT;
	}
	if (dwarf->symtab == NULL) {
		return GOPM_ERR_FORMAT;
	}
	m.reader = gopm__reader(dwarf->symtab->memory);
	switch (form) {
	case GOPM__DESCRIBED_TYPE:
		return make_described(&m, argument);
	case GOPM__DESCRIBED_WORDS:
		return make_words(&m, argument);
	case GOPM__DESCRIBED_POINTER:
		type->class_ = GOPM__TYPE_POINTER;
		type->kind = GOPM__KIND_POINTER;
		type->target = type_at(argument);
		return make_pointer(&m, "*", argument);
	case GOPM__DESCRIBED_CHAN:
		type->class_ = GOPM__TYPE_CHAN;
		type->kind = GOPM__KIND_CHAN;
		type->elem = gopm__types_of_descriptor(dwarf, argument);
		type->target = gopm__described(GOPM__DESCRIBED_TYPE,
		                               gopm__types_find_descriptor(dwarf, (gopm_str)NAME("runtime.hchan")));
		return make_pointer(&m, "chan ", argument);
	default:
		return form <= GOPM__DESCRIBED_MAP_BUCKET ? make_map_part(&m, form, argument) : GOPM_ERR_FORMAT;
	}
}

uint64_t gopm__types_of_descriptor(struct gopm__dwarf *dwarf, uint64_t descriptor)
{
	const struct gopm__module *module =
	    dwarf->symtab != NULL ? gopm__symtab_module(dwarf->symtab, descriptor) : NULL;
	struct gopm__descriptor info;

	if (module == NULL || descriptor <= module->types.begin) {
		return 0;
	}
	/* DW_AT_go_runtime_type counts from moduledata.types of the module the DWARF is of: the main one. */
	if (module == &dwarf->symtab->modules[0]) {
		uint64_t die = gopm__dwarf_runtime_type(dwarf, descriptor - module->types.begin);
		if (die != 0) {
			return die;
		}
	}
	struct gopm__reader reader = gopm__reader(dwarf->symtab->memory);
	return gopm__descriptor_read(dwarf->symtab, &reader, descriptor, &info) ? type_at(descriptor) : 0;
}

uint64_t gopm__type_descriptor(struct gopm__dwarf *dwarf, const struct gopm__type *type)
{
	if ((type->die & GOPM__DESCRIBED) != 0) {
		return gopm__described_descriptor(type->die);
	}
	/* The linker makes a typedef of every defined type, and tells its descriptor with what that names. */
	for (unsigned depth = 0; depth < 8 && type->class_ == GOPM__TYPE_TYPEDEF && !type->has_runtime_type; depth++) {
		const struct gopm__type *target = gopm__type_target(dwarf, type);
		if (target == NULL || target->name.size != type->name.size ||
		    memcmp(target->name.data, type->name.data, type->name.size) != 0) {
			return 0;
		}
		type = target;
	}
	/* 0: the linker left the descriptor out. */
	return type->has_runtime_type && type->runtime_type != 0 && dwarf->symtab != NULL &&
	               dwarf->symtab->module_count != 0
	           ? dwarf->symtab->modules[0].types.begin + type->runtime_type
	           : 0;
}

uint64_t gopm__types_find_descriptor(struct gopm__dwarf *dwarf, gopm_str name)
{
	if (dwarf->symtab == NULL) {
		return 0;
	}
	if (dwarf->descriptors == NULL) {
		struct gopm__descriptor_index *index = gopm__arena_alloc(&dwarf->arena, sizeof *index);
		if (index == NULL || gopm__descriptor_index_make(index, dwarf->symtab) != GOPM_OK) {
			return 0;
		}
		dwarf->descriptors = index;
	}
	return gopm__descriptor_index_find(dwarf->descriptors, dwarf->symtab, name);
}
