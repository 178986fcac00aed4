/* SPDX-License-Identifier: Apache-2.0 */
/* Types as handles. A type is identified by its id, and looked up again by it, since the types of a program are
 * shared by all handles. */
#include <gopm/type.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "api/vars.h"
#include "dwarf/names.h"
#include "type/descriptor_check.h"
#include "type/from_descriptor.h"
#include "util/allocate.h"
#include "util/progress.h"

/* Immutable. */
struct gopm_type {
	gopm_core *core;
	const struct gopm__type *type, *real; /* as declared, and with typedefs resolved; live as long as the core */
	uint32_t kind;
	uint64_t size;
	bool described;
	struct gopm__descriptor info; /* if `described` */
};

/* The caller holds the program's lock. */
static gopm_status new_type(gopm_core *core, struct gopm__types *types, const struct gopm__type *type, gopm_type **out)
{
	const struct gopm__type *real = gopm__type_resolve(types, type);

	if (real == NULL || real->class_ == GOPM__TYPE_VOID || real->class_ == GOPM__TYPE_UNSUPPORTED) {
		return GOPM_NOT_FOUND;
	}
	gopm_type *made = gopm__calloc(1, sizeof *made);
	if (made == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	made->core = core;
	gopm__core_retain(core);
	made->type = type;
	made->real = real;
	made->kind = gopm__type_kind(types, real);
	made->size = gopm__type_size(types, type);
	uint64_t descriptor = gopm__type_descriptor(types, type);
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	if (descriptor != 0) {
		(void)gopm__descriptor_check(&core->program->symtab, &reader, descriptor);
	}
	made->described =
	    descriptor != 0 && gopm__descriptor_read(&core->program->symtab, &reader, descriptor, &made->info);
	*out = made;
	return GOPM_OK;
}

/* The end of each function that opens a type: see gopm__call_result() and gopm__read_status(). */
static gopm_status finish_open(gopm_core *core, uint64_t begun, gopm_status st, gopm_type **out)
{
	st = gopm__read_status(core, gopm__call_result(begun, st, NULL), NULL);
	if (st != GOPM_OK) {
		gopm_type_free(*out);
		*out = NULL;
	}
	return st;
}

static gopm_status open_id(gopm_core *core, uint64_t id, gopm_type **out)
{
	struct gopm__types *types;

	const uint64_t begun = gopm__call_begin();
	gopm__program_lock(core->program);
	gopm_status st = gopm__program_types(core->program, &types, NULL);
	if (st == GOPM_OK) {
		st = new_type(core, types, gopm__types_at(types, id), out);
	}
	gopm__program_unlock(core->program);
	return finish_open(core, begun, st, out);
}

static gopm_status open_descriptor(gopm_core *core, uint64_t descriptor, gopm_type **out)
{
	struct gopm__types *types;

	const uint64_t begun = gopm__call_begin();
	gopm__program_lock(core->program);
	gopm_status st = gopm__program_types(core->program, &types, NULL);
	if (st == GOPM_OK) {
		st = new_type(core, types, gopm__types_of_descriptor(types, descriptor), out);
	}
	gopm__program_unlock(core->program);
	return finish_open(core, begun, st, out);
}

static gopm_status open_name(gopm_core *core, gopm_str name, gopm_type **out)
{
	struct gopm__types *types;

	const uint64_t begun = gopm__call_begin();
	gopm__program_lock(core->program);
	gopm_status st = gopm__program_types(core->program, &types, NULL);
	if (st == GOPM_OK) {
		st = gopm__dwarf_read_names(types->dwarf);
	}
	if (st == GOPM_OK) {
		st = new_type(core, types, gopm__types_named(types, name), out);
	}
	gopm__program_unlock(core->program);
	return finish_open(core, begun, st, out);
}

static gopm_status check_lookup(gopm_core *core, const void *argument, gopm_type **out, gopm_error **err)
{
	if (err != NULL) {
		*err = NULL;
	}
	if (out != NULL) {
		*out = NULL;
	}
	return core != NULL && argument != NULL && out != NULL
	           ? GOPM_OK
	           : gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "core, name and out must not be NULL");
}

static gopm_status lookup_error(gopm_core *core, gopm_status st, gopm_error **err)
{
	if (st == GOPM_ERR_CANCELLED) {
		return gopm__fail_cancelled(err);
	}
	return st == GOPM_ERR_NO_MEMORY ? gopm__fail_memory(err) : gopm__read_status(core, st, err);
}

gopm_status gopm_type_by_name(gopm_core *core, const char *name, gopm_type **out, gopm_error **err)
{
	gopm_status st = check_lookup(core, name, out, err);

	return st == GOPM_OK ? lookup_error(core, open_name(core, (gopm_str){name, strlen(name)}, out), err) : st;
}

gopm_status gopm_type_by_descriptor(gopm_core *core, uint64_t address, gopm_type **out, gopm_error **err)
{
	gopm_status st = check_lookup(core, core, out, err);

	return st == GOPM_OK ? lookup_error(core, open_descriptor(core, address, out), err) : st;
}

static struct gopm__program *value_program(const gopm_value *value)
{
	return gopm__value_core(value)->program;
}

gopm_status gopm_value_type(const gopm_value *value, gopm_type **out)
{
	if (out == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*out = NULL;
	if (value == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__type *type = gopm__value_type(value);
	/* Ids are of the program's types. */
	const bool of_library = type != NULL && type->store != NULL && type->store != &value_program(value)->types;
	return type != NULL && !of_library ? open_id(gopm__value_core(value), type->id, out) : GOPM_NOT_FOUND;
}

void gopm_type_free(gopm_type *type)
{
	if (type != NULL) {
		gopm__core_release(type->core);
		free(type);
	}
}

gopm_status gopm_type_get_info(const gopm_type *type, gopm_type_info *info)
{
	if (type == NULL || info == NULL || info->struct_size < GOPM__FIRST_TYPE_INFO) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__descriptor *descriptor = &type->info;
	size_t size = info->struct_size;
	gopm_type_info ours = {
	    .struct_size = size,
	    .kind = type->kind,
	    .source = (type->type->id & GOPM__ID_NO_DIE) != 0 ? GOPM_TYPE_FROM_DESCRIPTOR : GOPM_TYPE_FROM_DWARF,
	    .name = type->type->name,
	    .size = type->size,
	    .length = type->kind == GOPM_KIND_ARRAY && type->real->count > 0 ? (uint64_t)type->real->count : 0,
	    .field_count = type->kind == GOPM_KIND_STRUCT ? type->real->field_count : 0,
	};
	if (type->described) {
		ours.flags =
		    (descriptor->named ? GOPM_TYPE_NAMED : 0) | (descriptor->variadic ? GOPM_TYPE_VARIADIC : 0);
		ours.direction = descriptor->direction;
		ours.descriptor = descriptor->address;
		ours.method_count = gopm__descriptor_method_count(descriptor);
		ours.align = descriptor->align;
		ours.parameter_count = descriptor->in;
		ours.result_count = descriptor->out;
	}
	gopm__sized_out(info, size, &ours, sizeof ours);
	return GOPM_OK;
}

/* The bytes of the type with this id. Takes the program's lock. */
static uint64_t type_size(gopm_core *core, uint64_t id)
{
	struct gopm__types *types;
	uint64_t size = 0;

	gopm__program_lock(core->program);
	if (gopm__program_types(core->program, &types, NULL) == GOPM_OK) {
		size = gopm__type_size(types, gopm__types_at(types, id));
	}
	gopm__program_unlock(core->program);
	return size;
}

/* As finish_open(), if the type is optional. */
static gopm_status finish_part(gopm_core *core, uint64_t begun, gopm_status st, gopm_type **out)
{
	gopm_type *none = NULL;

	return finish_open(core, begun, st, out != NULL ? out : &none);
}

gopm_status gopm_type_get_field(const gopm_type *type, uint64_t index, gopm_type_field *field, size_t size,
                                gopm_type **out)
{
	if (out != NULL) {
		*out = NULL;
	}
	if (type == NULL || (field != NULL && size < GOPM__FIRST_TYPE_FIELD)) {
		return GOPM_ERR_ARGUMENT;
	}
	if (type->kind != GOPM_KIND_STRUCT || index >= type->real->field_count) {
		return GOPM_NOT_FOUND;
	}
	const struct gopm__field *of = &type->real->fields[index];
	const uint64_t begun = gopm__call_begin();
	if (field != NULL) {
		gopm_type_field ours = {.name = of->name,
		                        .offset = of->offset,
		                        .size = type_size(type->core, of->type),
		                        .flags = of->embedded ? GOPM_TYPE_FIELD_FLAG_EMBEDDED : 0};
		gopm__sized_out(field, size, &ours, sizeof ours);
	}
	gopm_status st = out != NULL ? open_id(type->core, of->type, out) : GOPM_OK;
	return finish_part(type->core, begun, st, out);
}

static gopm_status open_part(const gopm_type *type, uint64_t id, gopm_type **out)
{
	return id != 0 ? open_id(type->core, id, out) : GOPM_NOT_FOUND;
}

gopm_status gopm_type_elem(const gopm_type *type, gopm_type **out)
{
	if (out == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*out = NULL;
	if (type == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	switch (type->kind) {
	case GOPM_KIND_POINTER:
	case GOPM_KIND_ARRAY:
		return open_part(type, type->real->target, out);
	case GOPM_KIND_SLICE:
	case GOPM_KIND_CHAN:
	case GOPM_KIND_MAP:
		return open_part(type, type->real->elem, out);
	default:
		return GOPM_NOT_FOUND;
	}
}

gopm_status gopm_type_key(const gopm_type *type, gopm_type **out)
{
	if (out == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*out = NULL;
	if (type == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	return open_part(type, type->kind == GOPM_KIND_MAP ? type->real->key : 0, out);
}

gopm_status gopm_type_parameter(const gopm_type *type, uint64_t index, gopm_type **out)
{
	if (out == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*out = NULL;
	if (type == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	if (!type->described || type->kind != GOPM_KIND_FUNC || index > UINT16_MAX * UINT64_C(2)) {
		return GOPM_NOT_FOUND;
	}
	struct gopm__reader reader = gopm__reader(&type->core->program->file.memory);
	return open_descriptor(type->core, gopm__descriptor_parameter(&reader, &type->info, (unsigned)index), out);
}

/* The name of the function of a method, which begins at `entry`. */
static gopm_str method_function(gopm_core *core, uint64_t entry)
{
	struct gopm__program *program = core->program;
	const struct gopm__pcinfo *info = entry != 0 ? gopm__symtab_pc(&program->symtab, entry) : NULL;

	if (entry != 0 && !program->symtab.incomplete && (info == NULL || !info->known || info->func.entry != entry)) {
		gopm__finding_add(&program->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(entry),
		                  "no function begins where a method has its code: the method or pclntab is damaged");
	}
	return info != NULL && info->known ? info->calls[info->call_count - 1].function : (gopm_str){"", 0};
}

gopm_status gopm_type_get_method(const gopm_type *type, uint64_t index, gopm_type_method *method, size_t size,
                                 gopm_type **out)
{
	struct gopm__descriptor_method of;

	if (out != NULL) {
		*out = NULL;
	}
	if (type == NULL || (method != NULL && size < GOPM__FIRST_TYPE_METHOD)) {
		return GOPM_ERR_ARGUMENT;
	}
	struct gopm__reader reader = gopm__reader(&type->core->program->file.memory);
	if (!type->described || !gopm__descriptor_method(&reader, &type->info, index, &of)) {
		return GOPM_NOT_FOUND;
	}
	const uint64_t begun = gopm__call_begin();
	if (method != NULL) {
		gopm_type_method ours = {.name = of.name,
		                         .function = method_function(type->core, of.entry),
		                         .entry = of.entry,
		                         .interface_entry = of.by_iface,
		                         .flags = of.exported ? GOPM_METHOD_EXPORTED : 0};
		gopm__sized_out(method, size, &ours, sizeof ours);
	}
	gopm_status st = out != NULL ? open_descriptor(type->core, of.type, out) : GOPM_OK;
	return finish_part(type->core, begun, st, out);
}

gopm_status gopm_value_at(const gopm_type *type, uint64_t address, const gopm_value_options *options, gopm_value **out,
                          gopm_error **err)
{
	struct gopm__variable seed;
	gopm_vars *vars;

	if (err != NULL) {
		*err = NULL;
	}
	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	if (type == NULL || address == 0) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "type must not be NULL, and address must not be 0");
	}
	gopm_status bare = gopm__bare_status(type->core->program, err);
	if (bare != GOPM_OK) {
		return bare;
	}
	gopm_status st = gopm__vars_new(type->core, options, &vars, err);
	if (st != GOPM_OK) {
		return st;
	}
	const uint64_t begun = gopm__call_begin();
	gopm__program_lock(type->core->program);
	struct gopm__context context = gopm__context(type->core->program, &vars->arena, &vars->limits);
	gopm__variable_init(&context, &seed, (gopm_str){"", 0}, address, type->type, NULL);
	st = gopm__value_load(vars, &seed, out);
	gopm__program_unlock(type->core->program);
	gopm_vars_free(vars);
	st = gopm__value_status(type->core, gopm__call_result(begun, st, err), out, err);
	return st == GOPM_ERR_NO_MEMORY ? gopm__fail_memory(err) : st;
}
