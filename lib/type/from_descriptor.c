/* SPDX-License-Identifier: Apache-2.0 */
/* A type from its descriptor: the class follows from the kind, the fields from those of the descriptor. A map's
 * descriptor leaves its pointers untyped; their types are made here, as the linker makes them for DWARF
 * (cmd/link/internal/ld/dwarf.go). */
#include "type/from_descriptor.h"

#include <gopm/value.h>

#include "type/builtin.h"
#include "type/descriptor_check.h"
#include "type/descriptor_name.h"
#include "util/percent.h"

static const enum gopm__type_class classes[GOPM__KIND_COUNT] = {
    [GOPM_KIND_BOOL] = GOPM__TYPE_BOOL,         [GOPM_KIND_INT] = GOPM__TYPE_INT,
    [GOPM_KIND_INT8] = GOPM__TYPE_INT,          [GOPM_KIND_INT16] = GOPM__TYPE_INT,
    [GOPM_KIND_INT32] = GOPM__TYPE_INT,         [GOPM_KIND_INT64] = GOPM__TYPE_INT,
    [GOPM_KIND_UINT] = GOPM__TYPE_UINT,         [GOPM_KIND_UINT8] = GOPM__TYPE_UINT,
    [GOPM_KIND_UINT16] = GOPM__TYPE_UINT,       [GOPM_KIND_UINT32] = GOPM__TYPE_UINT,
    [GOPM_KIND_UINT64] = GOPM__TYPE_UINT,       [GOPM_KIND_UINTPTR] = GOPM__TYPE_UINT,
    [GOPM_KIND_FLOAT32] = GOPM__TYPE_FLOAT,     [GOPM_KIND_FLOAT64] = GOPM__TYPE_FLOAT,
    [GOPM_KIND_COMPLEX64] = GOPM__TYPE_COMPLEX, [GOPM_KIND_COMPLEX128] = GOPM__TYPE_COMPLEX,
    [GOPM_KIND_ARRAY] = GOPM__TYPE_ARRAY,       [GOPM_KIND_CHAN] = GOPM__TYPE_CHAN,
    [GOPM_KIND_FUNC] = GOPM__TYPE_FUNC,         [GOPM_KIND_INTERFACE] = GOPM__TYPE_INTERFACE,
    [GOPM_KIND_MAP] = GOPM__TYPE_MAP,           [GOPM_KIND_POINTER] = GOPM__TYPE_POINTER,
    [GOPM_KIND_SLICE] = GOPM__TYPE_SLICE,       [GOPM_KIND_STRING] = GOPM__TYPE_STRING,
    [GOPM_KIND_STRUCT] = GOPM__TYPE_STRUCT,     [GOPM_KIND_UNSAFE_POINTER] = GOPM__TYPE_POINTER,
};

/* A type being filled. */
struct type_maker {
	struct gopm__types *types;
	struct gopm__reader reader;
	struct gopm__type *type;
	struct gopm__field *fields; /* of `type` */
};

static gopm_str static_str(const char *text)
{
	return (gopm_str){text, strlen(text)};
}

/* Sets the name to `prefix` and the descriptor's, and the size to a pointer's. */
static gopm_status name_type(struct type_maker *m, const char *prefix, uint64_t descriptor)
{
	struct gopm__text name = {0};

	gopm__text_str(&name, prefix);
	gopm__descriptor_full_name(m->types->symtab, &m->reader, descriptor, &name);
	gopm_str copy = name.failed ? (gopm_str){NULL, 0} : gopm__arena_str(&m->types->arena, name.data, name.size);
	gopm__text_free(&name);
	m->type->name = copy;
	m->type->byte_size = 8;
	return copy.data != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

static struct gopm__field *new_fields(struct type_maker *m, uint64_t count)
{
	m->fields = gopm__arena_alloc(&m->types->arena, (size_t)(count != 0 ? count : 1) * sizeof *m->fields);
	m->type->fields = m->fields;
	m->type->field_count = m->fields != NULL ? (size_t)count : 0;
	return m->fields;
}

/* True if the field is after `*end`, the end of the fields before it, and within the struct; moves `*end`. Also true if
 * the field's own descriptor cannot be read. */
static bool field_fits(struct type_maker *m, const struct gopm__descriptor *info,
                       const struct gopm__typedesc_field *field, uint64_t *end)
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

static gopm_status copy_fields(struct type_maker *m, const struct gopm__descriptor *info)
{
	struct gopm__field *fields = new_fields(m, info->field_count);
	uint64_t end = 0;

	if (fields == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (uint64_t i = 0; i < info->field_count; i++) {
		struct gopm__typedesc_field field;
		if (!gopm__descriptor_field(&m->reader, info, i, &field) || !field_fits(m, info, &field, &end)) {
			return GOPM_ERR_FORMAT;
		}
		gopm_str name = gopm__arena_str(&m->types->arena, field.name.data, field.name.size);
		if (name.data == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		fields[i] = (struct gopm__field){.name = name,
		                                 .type = gopm__type_id_at(field.type),
		                                 .offset = field.offset,
		                                 .embedded = field.embedded};
	}
	return GOPM_OK;
}

/* The fields of a string's header, or with `capacity` those of a slice's. */
static gopm_status header_fields(struct type_maker *m, const char *data, uint64_t pointer, bool capacity)
{
	struct gopm__field *fields = new_fields(m, capacity ? 3 : 2);
	const uint64_t number = GOPM__BUILTIN(GOPM__BUILTIN_INT);

	if (fields == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	fields[0] = (struct gopm__field){.name = static_str(data), .type = pointer, .offset = 0};
	fields[1] = (struct gopm__field){.name = static_str("len"), .type = number, .offset = 8};
	if (capacity) {
		fields[2] = (struct gopm__field){.name = static_str("cap"), .type = number, .offset = 16};
	}
	return GOPM_OK;
}

static uint64_t find_named(struct type_maker *m, const char *name)
{
	return gopm__types_find_descriptor(m->types, static_str(name));
}

static gopm_status fill_from(struct type_maker *m, uint64_t descriptor)
{
	struct gopm__type *type = m->type;
	struct gopm__descriptor info;

	if (!gopm__descriptor_read(m->types->symtab, &m->reader, descriptor, &info)) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status status = name_type(m, "", descriptor);
	if (status != GOPM_OK) {
		return status;
	}
	type->class_ = classes[info.kind];
	type->kind = info.kind;
	type->byte_size = info.size <= INT64_MAX ? (int64_t)info.size : -1;
	type->has_runtime_type = true;
	type->key = gopm__type_id_at(info.key);
	type->elem = gopm__type_id_at(info.elem);
	switch (info.kind) {
	case GOPM_KIND_ARRAY:
		type->count = info.length <= INT64_MAX ? (int64_t)info.length : -1;
		type->target = type->elem;
		return GOPM_OK;
	case GOPM_KIND_POINTER:
		type->target = type->elem;
		return type->target != 0 ? GOPM_OK : GOPM_ERR_FORMAT;
	case GOPM_KIND_CHAN:
		type->target = gopm__type_id_at(find_named(m, "runtime.hchan"));
		return GOPM_OK;
	case GOPM_KIND_MAP:
		type->target = gopm__type_id(GOPM__ID_MAP_HEADER, descriptor);
		return GOPM_OK;
	case GOPM_KIND_INTERFACE:
		type->target =
		    info.method_count == 0 ? GOPM__BUILTIN(GOPM__BUILTIN_EFACE) : GOPM__BUILTIN(GOPM__BUILTIN_IFACE);
		return GOPM_OK;
	case GOPM_KIND_SLICE:
		return header_fields(m, "array", gopm__type_id(GOPM__ID_POINTER, info.elem), true);
	case GOPM_KIND_STRING:
		return header_fields(m, "str", GOPM__BUILTIN_POINTER_TO(GOPM__BUILTIN_UINT8), false);
	case GOPM_KIND_STRUCT:
		return copy_fields(m, &info);
	default:
		return GOPM_OK;
	}
}

/* Fills the type with the struct of a descriptor, for set_field() to change. */
static gopm_status fill_struct(struct type_maker *m, uint64_t descriptor)
{
	if (descriptor == 0) {
		return GOPM_ERR_FORMAT;
	}
	gopm_status status = fill_from(m, descriptor);
	m->type->has_runtime_type = false;
	return status == GOPM_OK && m->type->class_ != GOPM__TYPE_STRUCT ? GOPM_ERR_FORMAT : status;
}

/* Gives the field `name` another type unless that is 0, and another name unless that is NULL. */
static void set_field(struct type_maker *m, const char *name, const char *renamed, uint64_t type)
{
	for (size_t i = 0; i < m->type->field_count; i++) {
		struct gopm__field *field = &m->fields[i];
		if (gopm__str_equal(field->name, static_str(name))) {
			field->type = type != 0 ? type : field->type;
			field->name = renamed != NULL ? static_str(renamed) : field->name;
			return;
		}
	}
}

static gopm_status fill_pointer(struct type_maker *m, const char *prefix, uint64_t descriptor, uint64_t target)
{
	m->type->class_ = GOPM__TYPE_POINTER;
	m->type->target = target;
	return name_type(m, prefix, descriptor);
}

/* The descriptor of the type of a field, by its path; 0: none. */
static uint64_t field_descriptor(struct type_maker *m, uint64_t descriptor, const char *path)
{
	const struct gopm__module *module = gopm__symtab_module(m->types->symtab, descriptor);
	struct gopm__typedesc_field field;

	return module != NULL && gopm__typedesc_path(&m->reader, &module->types, descriptor, path, &field) ? field.type
	                                                                                                   : 0;
}

/* A part of a map, `form` from GOPM__ID_MAP_HEADER to _BUCKET; `map` is the descriptor of the map type. */
static gopm_status fill_map_part(struct type_maker *m, enum gopm__type_id_form form, uint64_t map)
{
	static const char table[] = "internal/runtime/maps.table";
	struct gopm__typedesc_field first;
	struct gopm__descriptor info;
	gopm_status status;

	if (!gopm__descriptor_read(m->types->symtab, &m->reader, map, &info) || info.kind != GOPM_KIND_MAP) {
		return GOPM_ERR_FORMAT;
	}
	bool swiss = gopm__typedesc_field(&m->reader, &info.module->types, info.group, 0, &first) &&
	             gopm__str_equal(first.name, static_str("ctrl"));
	switch (form) {
	case GOPM__ID_MAP_HEADER:
		status = fill_struct(m, find_named(m, swiss ? "internal/runtime/maps.Map" : "runtime.hmap"));
		set_field(m, "dirPtr", NULL, gopm__type_id(GOPM__ID_MAP_TABLES, map));
		set_field(m, "buckets", NULL, gopm__type_id(GOPM__ID_MAP_DATA, map));
		return status;
	case GOPM__ID_MAP_TABLES:
		return fill_pointer(m, "*table of ", map, gopm__type_id(GOPM__ID_MAP_TABLE, map));
	case GOPM__ID_MAP_TABLE:
		status = fill_struct(m, find_named(m, table));
		set_field(m, "groups", NULL, gopm__type_id(GOPM__ID_MAP_GROUPS, map));
		return status;
	case GOPM__ID_MAP_GROUPS:
		status = fill_struct(m, field_descriptor(m, find_named(m, table), "groups"));
		set_field(m, "data", NULL, gopm__type_id(GOPM__ID_MAP_DATA, map));
		return status;
	case GOPM__ID_MAP_DATA:
		return fill_pointer(m, "*group of ", map,
		                    swiss ? gopm__type_id_at(info.group) : gopm__type_id(GOPM__ID_MAP_BUCKET, map));
	default:
		/* The names in the descriptor are not those of DWARF, which value/ looks for
		 * (cmd/compile/internal/reflectdata; cmd/link/internal/ld/dwarf.go). */
		status = fill_struct(m, info.group);
		set_field(m, "topbits", "tophash", 0);
		set_field(m, "elems", "values", 0);
		return status;
	}
}

gopm_status gopm__type_from_descriptor(struct gopm__types *types, uint64_t id, struct gopm__type *type)
{
	struct type_maker m = {.types = types, .type = type};
	uint64_t argument = gopm__type_id_argument(id);
	enum gopm__type_id_form form = gopm__type_id_form(id);

	*type = (struct gopm__type){.id = id, .name = {"", 0}, .byte_size = -1, .count = -1, .go = true};
	if (form == GOPM__ID_BUILTIN) {
		return gopm__type_builtin(argument, type);
	}
	if (form == GOPM__ID_BUILTIN_POINTER) {
		return gopm__type_builtin_pointer(argument, type);
	}
	if (types->symtab == NULL) {
		return GOPM_ERR_FORMAT;
	}
	m.reader = gopm__reader(types->symtab->memory);
	switch (form) {
	case GOPM__ID_DESCRIPTOR:
		(void)gopm__descriptor_check(types->symtab, &m.reader, argument);
		return fill_from(&m, argument);
	case GOPM__ID_ARG_WORDS:
		return gopm__type_arg_words(types, argument, type);
	case GOPM__ID_POINTER:
		type->kind = GOPM_KIND_POINTER;
		return fill_pointer(&m, "*", argument, gopm__type_id_at(argument));
	case GOPM__ID_CHAN:
		type->class_ = GOPM__TYPE_CHAN;
		type->kind = GOPM_KIND_CHAN;
		type->elem = gopm__type_id_of_descriptor(types, argument);
		type->target = gopm__type_id_at(find_named(&m, "runtime.hchan"));
		return name_type(&m, "chan ", argument);
	default:
		return form <= GOPM__ID_MAP_BUCKET ? fill_map_part(&m, form, argument) : GOPM_ERR_FORMAT;
	}
}

uint64_t gopm__type_id_of_descriptor(struct gopm__types *types, uint64_t descriptor)
{
	struct gopm__symtab *symtab = types->symtab;
	const struct gopm__module *module = symtab != NULL ? gopm__symtab_module(symtab, descriptor) : NULL;
	struct gopm__descriptor info;

	if (module == NULL || descriptor <= module->types.begin) {
		return 0;
	}
	/* The DWARF is that of the first module, and DW_AT_go_runtime_type counts from that module's types. */
	if (module == &symtab->modules[0]) {
		uint64_t die = gopm__dwarf_index_type(&types->dies, types->dwarf, descriptor - module->types.begin);
		if (die != 0) {
			return die;
		}
	}
	struct gopm__reader reader = gopm__reader(symtab->memory);
	return gopm__descriptor_read(symtab, &reader, descriptor, &info) ? gopm__type_id_at(descriptor) : 0;
}

gopm_status gopm__types_read_descriptors(struct gopm__types *types)
{
	if (!types->descriptors_read) {
		const gopm_status status = gopm__descriptor_index_make(&types->descriptors, types->symtab);
		if (status != GOPM_OK) {
			return status;
		}
		types->descriptors_read = true;
	}
	return GOPM_OK;
}

uint64_t gopm__types_find_descriptor(struct gopm__types *types, gopm_str name)
{
	if (types->symtab == NULL || gopm__types_read_descriptors(types) != GOPM_OK) {
		return 0;
	}
	char plain[GOPM__TYPE_NAME_MAX];
	if (name.size > sizeof plain) {
		return 0;
	}
	if (gopm__has_percent(name)) {
		name = (gopm_str){plain, gopm__percent_decode(name, plain)};
	}
	return gopm__descriptor_index_find(&types->descriptors, types->symtab, name);
}
