/* SPDX-License-Identifier: Apache-2.0 */
/* Variables and values as handles, for the calls that make them. */
#ifndef GOPM_API_VARS_H
#define GOPM_API_VARS_H

#include "api/handle.h"
#include "locals/stack_variables.h"
#include "value/context.h"

/* What values that were made together share; gone with the last of them. */
struct gopm_vars {
	atomic_size_t references;
	gopm_core *core;
	struct gopm__arena arena; /* variables, their names and the bytes of those held in pieces; not changed later */
	struct gopm__variable_list variables;
	struct gopm__limits limits;
};

/* Empty ones. @return GOPM_OK, GOPM_ERR_ARGUMENT or GOPM_ERR_UNSUPPORTED (options), GOPM_ERR_NO_MEMORY. */
gopm_status gopm__vars_new(gopm_core *core, const gopm_value_options *options, gopm_vars **out, gopm_error **err);

/* The frames of `stack` for what is allocated with `vars`; `stack` NULL: package scope. */
struct gopm__stack_scope gopm__vars_scope(gopm_vars *vars, const gopm_stack *stack);

/* Makes the handle of a variable that was made but not loaded. Under the lock.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__value_load(gopm_vars *vars, const struct gopm__variable *seed, gopm_value **out);

/* As declared; NULL: damaged, or none. */
const struct gopm__type *gopm__value_type(const gopm_value *value);
gopm_core *gopm__value_core(const gopm_value *value);
/* As it was loaded; lives as long as the value. */
const struct gopm__variable *gopm__value_variable(const gopm_value *value);
const struct gopm__limits *gopm__value_limits(const gopm_value *value);

#endif
