/* SPDX-License-Identifier: Apache-2.0 */
/* Variables and values. A gopm_vars is a list of variables that are not loaded yet. A gopm_value is one loaded
 * variable; it shares the list's arena and limits, so it has a reference to the list. */
#include <gopm/value.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "api/stack.h"
#include "api/vars.h"
#include "util/allocate.h"
#include "util/escape.h"
#include "value/chan.h"
#include "value/content.h"
#include "value/properties.h"
#include "value/text.h"

#define DEFAULT_DEPTH 1
#define DEFAULT_STRING 64
#define DEFAULT_ELEMENTS 64
#define DEFAULT_BYTES (UINT64_C(16) << 20)
#define MAX_DEPTH 32
#define VALUE_FLAGS                                                                                                    \
	(GOPM_VALUE_OPTION_EXACT_ONLY | GOPM_VALUE_OPTION_DELVE | GOPM_VALUE_OPTION_CHANNELS | GOPM_VALUE_OPTION_C)

/* No child has this index. */
#define CONTENT UINT64_MAX

struct gopm_value {
	gopm_vars *vars;
	struct gopm__arena arena;
	struct gopm__variable variable;
	struct gopm__chan_state chan;
	uint64_t size; /* bytes */
	uint64_t child_count;
	bool partial;
	uint32_t provenance;
	const char *origin; /* in the vars' arena; NULL: exact */
};

void gopm_value_options_init(gopm_value_options *options, size_t struct_size)
{
	gopm_value_options defaults = {0};

	gopm__sized_init(options, struct_size, &defaults, sizeof defaults);
}

static gopm_status copy_limits(const gopm_value_options *options, struct gopm__limits *out, gopm_error **err)
{
	gopm_value_options o = {0};

	if (options != NULL) {
		gopm_status st =
		    gopm__options_in(&o, sizeof o, options, sizeof o.struct_size, "gopm_value_options", err);
		if (st != GOPM_OK) {
			return st;
		}
		if ((o.flags & ~VALUE_FLAGS) != 0) {
			return gopm__fail(
			    err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
			    "gopm_value_options.flags has unknown bits 0x%x; use GOPM_VALUE_OPTION_EXACT_ONLY, "
			    "GOPM_VALUE_OPTION_DELVE, GOPM_VALUE_OPTION_CHANNELS and GOPM_VALUE_OPTION_C",
			    (unsigned)(o.flags & ~VALUE_FLAGS));
		}
	}
	out->channels = (o.flags & GOPM_VALUE_OPTION_CHANNELS) != 0;
	out->of_c = (o.flags & GOPM_VALUE_OPTION_C) != 0;
	out->delve = (o.flags & GOPM_VALUE_OPTION_DELVE) != 0;
	out->exact_only = (o.flags & GOPM_VALUE_OPTION_EXACT_ONLY) != 0;
	out->max_depth = o.max_depth == UINT32_MAX ? 0 : o.max_depth == 0 ? DEFAULT_DEPTH : o.max_depth;
	out->max_depth = out->max_depth < MAX_DEPTH ? out->max_depth : MAX_DEPTH;
	out->max_string = o.max_string != 0 ? o.max_string : DEFAULT_STRING;
	out->max_elements = o.max_elements != 0 ? o.max_elements : DEFAULT_ELEMENTS;
	out->max_fields = o.max_fields != 0 ? o.max_fields : UINT64_MAX;
	out->max_bytes = o.max_bytes != 0 ? o.max_bytes : DEFAULT_BYTES;
	return GOPM_OK;
}

gopm_status gopm__vars_new(gopm_core *core, const gopm_value_options *options, gopm_vars **out, gopm_error **err)
{
	struct gopm__limits limits;

	*out = NULL;
	gopm_status st = copy_limits(options, &limits, err);
	if (st != GOPM_OK) {
		return st;
	}
	gopm_vars *vars = gopm__calloc(1, sizeof *vars);
	if (vars == NULL) {
		return gopm__fail_memory(err);
	}
	atomic_init(&vars->references, 1);
	vars->core = core;
	vars->limits = limits;
	gopm__core_retain(core);
	*out = vars;
	return GOPM_OK;
}

struct gopm__stack_scope gopm__vars_scope(gopm_vars *vars, const gopm_stack *stack)
{
	return (struct gopm__stack_scope){.program = vars->core->program,
	                                  .arena = &vars->arena,
	                                  .limits = &vars->limits,
	                                  .stack = stack != NULL ? gopm__stack_frames(stack) : NULL,
	                                  .roots = stack != NULL ? gopm__stack_roots_of(stack) : NULL};
}

void gopm_vars_free(gopm_vars *vars)
{
	if (vars != NULL && atomic_fetch_sub(&vars->references, 1) == 1) {
		gopm__arena_free(&vars->arena);
		gopm__core_release(vars->core);
		free(vars);
	}
}

gopm_status gopm_frame_vars(const gopm_stack *stack, size_t frame, const gopm_value_options *options, gopm_vars **out,
                            gopm_error **err)
{
	if (err != NULL) {
		*err = NULL;
	}
	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	if (stack == NULL || gopm__stack_frame(stack, frame) == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "stack is NULL or has no frame %zu; "
		                  "gopm_stack_size() says how many it has",
		                  frame);
	}
	gopm_vars *vars;
	gopm_status st = gopm__vars_new(gopm__stack_core(stack), options, &vars, err);
	if (vars == NULL) {
		return st;
	}
	const uint64_t begun = gopm__call_begin();
	gopm__program_lock(vars->core->program);
	struct gopm__stack_scope scope = gopm__vars_scope(vars, stack);
	st = gopm__stack_variables(&scope, gopm__stack_index(stack, frame), &vars->variables, err);
	gopm__program_unlock(vars->core->program);
	st = gopm__read_status(vars->core, gopm__call_result(begun, st, err), err);
	if (st != GOPM_OK) {
		gopm_vars_free(vars);
		return st;
	}
	*out = vars;
	return GOPM_OK;
}

size_t gopm_vars_size(const gopm_vars *vars)
{
	return vars != NULL ? vars->variables.count : 0;
}

static gopm_status load_value(gopm_vars *vars, const struct gopm__variable *seed, gopm_value **out)
{
	gopm_value *value = gopm__calloc(1, sizeof *value);

	if (value == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	value->vars = vars;
	atomic_fetch_add(&vars->references, 1);
	value->provenance = seed->provenance != GOPM_FROM_NONE ? seed->provenance : GOPM_FROM_EXACT;
	value->origin = seed->origin;
	struct gopm__context context = gopm__context(vars->core->program, &value->arena, &vars->limits);
	gopm__context_use_type(&context, seed->type);
	gopm__variable_init(&context, &value->variable, seed->name, seed->address, seed->type, seed->bytes);
	if (seed->as_map) {
		gopm__variable_as_map(&value->variable);
	}
	value->variable.symbol = seed->symbol;
	value->variable.dangling = seed->dangling;
	value->variable.flags = seed->flags;
	value->variable.skip = seed->skip;
	value->variable.provenance = value->provenance;
	value->variable.origin = value->origin;
	value->variable.decl_line = seed->decl_line;
	if (seed->unreadable != NULL) {
		/* The text may be in the arena of a parent that is freed first. */
		value->variable.unreadable = gopm__context_text(&context, "%s", seed->unreadable);
	}
	gopm_str name = gopm__arena_str(&value->arena, seed->name.data, seed->name.size);
	value->variable.name = name.data != NULL ? name : (gopm_str){"", 0};
	gopm__variable_load(&context, &value->variable, 0);
	value->provenance = value->variable.provenance;
	value->origin = value->variable.origin;
	if (value->variable.kind == GOPM_KIND_CHAN && value->variable.unreadable == NULL) {
		gopm__chan_state(&context, &value->variable, &value->chan);
	}
	value->size = gopm__type_size(context.types, value->variable.type);
	value->child_count = value->variable.unreadable == NULL
	                         ? gopm__variable_child_count(&value->variable, vars->limits.max_elements)
	                         : 0;
	value->partial =
	    value->variable.unreadable == NULL && (value->chan.partial || gopm__variable_is_partial(&value->variable));
	if (context.no_memory || name.data == NULL) {
		gopm_value_free(value);
		return GOPM_ERR_NO_MEMORY;
	}
	*out = value;
	return GOPM_OK;
}

const struct gopm__type *gopm__value_type(const gopm_value *value)
{
	return value->variable.type;
}

const struct gopm__variable *gopm__value_variable(const gopm_value *value)
{
	return &value->variable;
}

const struct gopm__limits *gopm__value_limits(const gopm_value *value)
{
	return &value->vars->limits;
}

gopm_core *gopm__value_core(const gopm_value *value)
{
	return value->vars->core;
}

gopm_status gopm__value_load(gopm_vars *vars, const struct gopm__variable *seed, gopm_value **out)
{
	const uint64_t begun = gopm__call_begin();

	gopm_status st = gopm__call_result(begun, load_value(vars, seed, out), NULL);
	if (st != GOPM_OK) {
		gopm_value_free(*out);
		*out = NULL;
	}
	return st;
}

gopm_status gopm_vars_value(gopm_vars *vars, size_t index, gopm_value **out)
{
	if (out == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*out = NULL;
	if (vars == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	if (index >= vars->variables.count) {
		return GOPM_NOT_FOUND;
	}
	gopm__program_lock(vars->core->program);
	gopm_status st = gopm__value_load(vars, &vars->variables.list[index], out);
	gopm__program_unlock(vars->core->program);
	return gopm__value_status(vars->core, st, out, NULL);
}

void gopm_value_free(gopm_value *value)
{
	if (value != NULL) {
		gopm__arena_free(&value->arena);
		gopm_vars_free(value->vars);
		free(value);
	}
}

gopm_status gopm__value_status(const gopm_core *core, gopm_status status, gopm_value **out, gopm_error **err)
{
	status = gopm__read_status(core, status, err);
	if (status != GOPM_OK && *out != NULL) {
		gopm_value_free(*out);
		*out = NULL;
	}
	return status;
}

static void fill_readable(const gopm_value *value, gopm_value_info *out)
{
	const struct gopm__variable *v = &value->variable;

	out->provenance = value->provenance;
	out->origin = value->origin != NULL ? (gopm_str){value->origin, strlen(value->origin)} : (gopm_str){"", 0};
	out->flags |= gopm__variable_is_nil(v) ? GOPM_VALUE_NIL : 0;
	out->flags |= gopm__variable_is_truncated(v, value->child_count) ? GOPM_VALUE_TRUNCATED : 0;
	out->flags |= value->partial ? GOPM_VALUE_PARTIAL : 0;
	out->flags |=
	    value->provenance != GOPM_FROM_STALE && gopm__variable_dangles(v, value->size) ? GOPM_VALUE_DANGLING : 0;
	out->flags |= value->chan.closed ? GOPM_VALUE_CLOSED : 0;
	out->integer = v->integer;
	out->uinteger = v->uinteger;
	out->real = v->real_part;
	out->imaginary = v->imaginary_part;
	out->text = v->text;
	out->senders = value->chan.senders;
	out->receivers = value->chan.receivers;
	out->child_count = value->child_count;
	switch (v->kind) {
	case GOPM_KIND_CHAN:
	case GOPM_KIND_MAP:
		out->uinteger = v->base;
		break;
	case GOPM_KIND_STRING:
	case GOPM_KIND_SLICE:
	case GOPM_KIND_ARRAY:
		out->base = gopm__variable_contents(v) != NULL ? 0 : v->base;
		break;
	default:
		break;
	}
	if (v->kind != GOPM_KIND_STRUCT && v->length > 0) {
		out->length = (uint64_t)v->length;
	}
	if (v->kind != GOPM_KIND_STRUCT && v->capacity > 0) {
		out->capacity = (uint64_t)v->capacity;
	}
}

gopm_status gopm_value_get_info(const gopm_value *value, gopm_value_info *info)
{
	if (value == NULL || info == NULL || info->struct_size < GOPM__FIRST_VALUE_INFO) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__variable *v = &value->variable;
	size_t size = info->struct_size;
	gopm_value_info ours = {.struct_size = size, .kind = v->kind, .name = v->name, .variable_flags = v->flags};

	ours.type = v->type != NULL ? v->type->name : (gopm_str){"", 0};
	ours.decl_line = v->decl_line;
	ours.size = value->size;
	if (v->bytes != NULL) {
		/* The result of an operator, or a bit field, is neither in memory nor in registers. */
		ours.flags |= v->bytes->synthetic || v->bytes->bit_field ? 0 : GOPM_VALUE_REGISTERS;
	} else {
		ours.address = v->address;
	}
	if (v->unreadable != NULL) {
		ours.unreadable = (gopm_str){v->unreadable, strlen(v->unreadable)};
	} else {
		fill_readable(value, &ours);
	}
	gopm__sized_out(info, size, &ours, sizeof ours);
	return GOPM_OK;
}

/* Moves bytes that an evaluation made into the list's arena, which the new value keeps. False: out of memory. */
static bool keep_bytes(gopm_vars *vars, struct gopm__variable *seed)
{
	struct gopm__bytes *kept = gopm__arena_alloc(&vars->arena, sizeof *kept);
	uint8_t *data = gopm__arena_alloc(&vars->arena, (size_t)seed->bytes->size);
	uint8_t *known = gopm__arena_alloc(&vars->arena, (size_t)seed->bytes->size);

	if (kept == NULL || data == NULL || known == NULL) {
		return false;
	}
	memcpy(data, seed->bytes->data, (size_t)seed->bytes->size);
	memcpy(known, seed->bytes->known, (size_t)seed->bytes->size);
	*kept = *seed->bytes;
	kept->data = data;
	kept->known = known;
	seed->bytes = kept;
	return true;
}

/* A child of a value, or its content if `index` is CONTENT. */
static gopm_status open_part(const gopm_value *value, uint64_t index, gopm_value **out, gopm_error **err)
{
	struct gopm__arena scratch = {0};
	struct gopm__variable seed;
	char name[GOPM__INDEX_NAME_SIZE];

	if (err != NULL) {
		*err = NULL;
	}
	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	if (value == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "value must not be NULL");
	}
	if (value->variable.unreadable != NULL) {
		return GOPM_NOT_FOUND;
	}
	gopm_core *core = value->vars->core;
	const uint64_t begun = gopm__call_begin();
	gopm__program_lock(core->program);
	struct gopm__context context = gopm__context(core->program, &scratch, &value->vars->limits);
	gopm__context_use_type(&context, value->variable.type);
	gopm_status st = GOPM_NOT_FOUND;
	if (index == CONTENT ? gopm__content(&context, &value->variable, &seed)
	                     : gopm__variable_child(&context, &value->variable, index, name, &seed)) {
		if (seed.provenance == GOPM_FROM_NONE || value->provenance == GOPM_FROM_STALE) {
			seed.provenance = value->provenance;
			seed.origin = value->origin;
		}
		bool made = seed.bytes != NULL && seed.bytes != value->variable.bytes;
		st = made && !keep_bytes(value->vars, &seed) ? GOPM_ERR_NO_MEMORY
		                                             : gopm__value_load(value->vars, &seed, out);
	}
	gopm__program_unlock(core->program);
	gopm__arena_free(&scratch);
	st = gopm__call_result(begun, context.no_memory ? GOPM_ERR_NO_MEMORY : st, err);
	st = gopm__value_status(core, st, out, err);
	return st == GOPM_ERR_NO_MEMORY ? gopm__fail_memory(err) : st;
}

gopm_status gopm_value_child(const gopm_value *value, uint64_t index, gopm_value **out, gopm_error **err)
{
	if (index == CONTENT && out != NULL) {
		*out = NULL;
	}
	return index == CONTENT ? GOPM_NOT_FOUND : open_part(value, index, out, err);
}

gopm_status gopm_value_content(const gopm_value *value, gopm_value **out, gopm_error **err)
{
	return open_part(value, CONTENT, out, err);
}

gopm_status gopm_value_text(const gopm_value *value, char *buffer, size_t size, size_t *length)
{
	struct gopm__text text = {0};

	if (length != NULL) {
		*length = 0;
	}
	if (value == NULL || (buffer == NULL && size != 0)) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint64_t begun = gopm__call_begin();
	const struct gopm__context context = {.limits = value->vars->limits,
	                                      .symtab = &value->vars->core->program->symtab};
	gopm__variable_text(&text, &context, &value->variable);
	gopm__text_escape_all(&text, 0);
	gopm__variable_text_cut(&text, context.limits.max_bytes);
	gopm_status st = gopm__call_result(begun, text.failed ? GOPM_ERR_NO_MEMORY : GOPM_OK, NULL);
	if (st != GOPM_OK) {
		gopm__text_free(&text);
		return st;
	}
	if (size != 0) {
		size_t copy = text.size < size - 1 ? text.size : size - 1;
		if (copy != 0) {
			memcpy(buffer, text.data, copy);
		}
		buffer[copy] = '\0';
	}
	if (length != NULL) {
		*length = text.size;
	}
	gopm__text_free(&text);
	return GOPM_OK;
}
