/* SPDX-License-Identifier: Apache-2.0 */
/* The handles of variables and values, for the calls that create them. */
#ifndef GOPM_API_VARS_H
#define GOPM_API_VARS_H

#include "api/handle.h"
#include "locals/stack_variables.h"
#include "util/text.h"
#include "value/context.h"

/* Shared by the values that one call created. Freed with the last of them. */
struct gopm_vars {
	atomic_size_t references;
	gopm_core *core;
	struct gopm__arena arena; /* variables, names, bytes collected from several places; immutable once filled */
	struct gopm__variable_list variables;
	struct gopm__limits limits;
};

/* Creates a list without variables. @return GOPM_OK, GOPM_ERR_ARGUMENT or GOPM_ERR_UNSUPPORTED (options),
 * GOPM_ERR_NO_MEMORY. */
gopm_status gopm__vars_new(gopm_core *core, const gopm_value_options *options, gopm_vars **out, gopm_error **err);

/* The scope of `stack`, in the arena and with the limits of `vars`; package scope if `stack` is NULL. */
struct gopm__stack_scope gopm__vars_scope(gopm_vars *vars, const gopm_stack *stack);

/* Loads a variable and creates its handle. The caller holds the program's lock.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__value_load(gopm_vars *vars, const struct gopm__variable *seed, gopm_value **out);

/* The declared type. NULL: the value has none, or its type is damaged. */
const struct gopm__type *gopm__value_type(const gopm_value *value);
gopm_core *gopm__value_core(const gopm_value *value);
/* The loaded variable; lives as long as the value. */
const struct gopm__variable *gopm__value_variable(const gopm_value *value);
const struct gopm__limits *gopm__value_limits(const gopm_value *value);

/* Appends the JSON of a value, as gopm_value_json() writes it.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_IO. */
gopm_status gopm__value_json_text(const gopm_value *value, uint32_t flags, struct gopm__text *text);

/* gopm__read_status() of a call that makes a value. On failure releases *out. */
gopm_status gopm__value_status(const gopm_core *core, gopm_status status, gopm_value **out, gopm_error **err);

#endif
