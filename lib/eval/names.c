/* SPDX-License-Identifier: Apache-2.0 */
/* Resolves names. The order is: variables of the frame, variables around a range-over-func body, names of the package
 * or, in C, of the file, true, false and nil, registers. */
#include "eval/eval_private.h"
#include "locals/package_variables.h"

static bool constant_value(struct gopm__eval *ev, size_t at, uint64_t offset, struct gopm__operand *out)
{
	struct gopm__scalar value = {.kind = GOPM__SCALAR_INT, .text = {"", 0}};
	struct gopm__die die;

	if (gopm__dwarf_die(ev->types->dwarf, offset, &die) != GOPM_OK ||
	    (die.const_value.class_ != GOPM__CLASS_SIGNED && die.const_value.class_ != GOPM__CLASS_UNSIGNED)) {
		return false;
	}
	const struct gopm__type *type = gopm__types_at(ev->types, gopm__attribute_reference(&die.type));
	const struct gopm__type *real = gopm__type_resolve(ev->types, type);
	if (real == NULL || (real->class_ != GOPM__TYPE_INT && real->class_ != GOPM__TYPE_UINT)) {
		return false;
	}
	value.integer = (gopm__wide_int)(int64_t)die.const_value.number;
	return gopm__eval_make_scalar(ev, at, type, &value, out);
}

bool gopm__eval_qualified(struct gopm__eval *ev, size_t at, gopm_str package, gopm_str name, struct gopm__operand *out)
{
	bool many_variables, many_constants;
	const struct gopm__name *variable =
	    gopm__dwarf_qualified(ev->types->dwarf, GOPM__NAME_VARIABLE, package, name, &many_variables);
	const struct gopm__name *constant =
	    gopm__dwarf_qualified(ev->types->dwarf, GOPM__NAME_CONSTANT, package, name, &many_constants);

	*out = (struct gopm__operand){0};
	if (many_variables || many_constants || (variable != NULL && constant != NULL)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at,
		                       "ambiguous: several packages %.*s have a %.*s; write the package path in quotes",
		                       (int)package.size, package.data, (int)name.size, name.data);
	}
	if (variable != NULL) {
		return gopm__package_variable(ev->context, variable->die, variable->text, &out->value);
	}
	if (constant != NULL) {
		return constant_value(ev, at, constant->die, out);
	}
	return gopm__eval_c_name(ev, at, package, name, out);
}

bool gopm__eval_name(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out)
{
	*out = (struct gopm__operand){0};
	if (gopm__eval_frame_variable(ev, &ev->scope->variables, name, out) ||
	    gopm__eval_enclosing_variable(ev, at, name, out)) {
		return true;
	}
	if (ev->error->status != GOPM_OK) {
		return false;
	}
	if (gopm__eval_qualified(ev, at, gopm__function_package(ev->scope->function), name, out) ||
	    (ev->error->status == GOPM_OK && gopm__eval_native_name(ev, at, name, out))) {
		return true;
	}
	if (ev->error->status != GOPM_OK) {
		return false;
	}
	if (gopm__str_equal(name, (gopm_str){"true", 4}) || gopm__str_equal(name, (gopm_str){"false", 5})) {
		*out = gopm__constant_bool(name.size == 4);
		return true;
	}
	if (gopm__str_equal(name, (gopm_str){"nil", 3})) {
		*out = (struct gopm__operand){.constant = true, .scalar = {.kind = GOPM__SCALAR_NIL, .text = {"", 0}}};
		return true;
	}
	return gopm__eval_register(ev, at, name, out);
}
