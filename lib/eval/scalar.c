/* SPDX-License-Identifier: Apache-2.0 */
/* Reads numbers, bools and strings from memory. */
#include "eval/eval_private.h"

const char *gopm__operand_type(const struct gopm__operand *operand)
{
	static const char *const names[] = {
	    [GOPM__SCALAR_NIL] = "nil",
	    [GOPM__SCALAR_BOOL] = "untyped bool",
	    [GOPM__SCALAR_INT] = "untyped int",
	    [GOPM__SCALAR_FLOAT] = "untyped float",
	    [GOPM__SCALAR_COMPLEX] = "untyped complex",
	    [GOPM__SCALAR_STRING] = "untyped string",
	};
	return operand->constant ? names[operand->scalar.kind] : gopm__type_text(operand->value.type);
}

bool gopm__eval_readable(struct gopm__eval *ev, size_t at, const struct gopm__operand *operand)
{
	if (operand->constant) {
		return true;
	}
	const struct gopm__variable *v = &operand->value;
	if (v->unreadable != NULL) {
		return GOPM__EVAL_UNREADABLE(ev, at, v->unreadable);
	}
	if (v->real == NULL || v->address == 0) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_MISSING_MEMORY, at, "has no value");
	}
	return true;
}

bool gopm__eval_word(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, uint64_t *out)
{
	const char *why = NULL;

	if (!gopm__variable_word(ev->context, v->bytes, v->address, 8, out, &why)) {
		return GOPM__EVAL_UNREADABLE(ev, at, why);
	}
	return true;
}

bool gopm__kind_has_nil(uint32_t kind)
{
	return kind == GOPM_KIND_POINTER || kind == GOPM_KIND_UNSAFE_POINTER || kind == GOPM_KIND_CHAN ||
	       kind == GOPM_KIND_MAP || kind == GOPM_KIND_FUNC || kind == GOPM_KIND_SLICE ||
	       kind == GOPM_KIND_INTERFACE;
}

bool gopm__eval_is_nil(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, bool *out)
{
	uint64_t word;

	*out = false;
	/* The first word is nil: the array of a slice, the type or itab of an interface. */
	if (v->kind == GOPM_KIND_SLICE) {
		*out = v->base == 0;
		return true;
	}
	if (!gopm__eval_word(ev, at, v, &word)) {
		return false;
	}
	*out = word == 0;
	return true;
}

static bool read_string(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, gopm_str *out)
{
	const char *why = NULL;

	*out = (gopm_str){"", 0};
	if (v->length > GOPM__EVAL_MAX_BYTES) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, at, "string of %lld bytes is too long for an operator",
		                       (long long)v->length);
	}
	if (v->length <= 0) {
		return true;
	}
	char *copy = gopm__arena_alloc(ev->arena, (size_t)v->length);
	if (copy == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, at, "out of memory");
	}
	if (!gopm__variable_read(ev->context, gopm__variable_contents(v), v->base, copy, (size_t)v->length, &why)) {
		return GOPM__EVAL_UNREADABLE(ev, at, why);
	}
	*out = (gopm_str){copy, (size_t)v->length};
	return true;
}

bool gopm__eval_scalar(struct gopm__eval *ev, size_t at, const struct gopm__operand *operand, struct gopm__scalar *out)
{
	*out = (struct gopm__scalar){.text = {"", 0}};
	if (operand->constant) {
		*out = operand->scalar;
		return true;
	}
	if (!gopm__eval_readable(ev, at, operand)) {
		return false;
	}
	if (operand->value.kind == GOPM_KIND_STRING) {
		out->kind = GOPM__SCALAR_STRING;
		return read_string(ev, at, &operand->value, &out->text);
	}
	switch (operand->value.real->class_) {
	case GOPM__TYPE_BOOL:
		out->kind = GOPM__SCALAR_BOOL;
		break;
	case GOPM__TYPE_INT:
	case GOPM__TYPE_UINT:
		out->kind = GOPM__SCALAR_INT;
		break;
	case GOPM__TYPE_FLOAT:
		out->kind = GOPM__SCALAR_FLOAT;
		break;
	case GOPM__TYPE_COMPLEX:
		out->kind = GOPM__SCALAR_COMPLEX;
		break;
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "a value of type %s is not a number, bool or string",
		                       gopm__operand_type(operand));
	}
	struct gopm__variable v = operand->value;
	v.loaded = false;
	gopm__variable_load(ev->context, &v, 0);
	if (v.unreadable != NULL || !v.has_value) {
		return GOPM__EVAL_UNREADABLE(ev, at, v.unreadable != NULL ? v.unreadable : "it has no value");
	}
	out->integer = v.real->class_ == GOPM__TYPE_UINT ? (gopm__wide_int)v.uinteger : (gopm__wide_int)v.integer;
	out->real = (gopm__wide_float)v.real_part;
	out->imaginary = (gopm__wide_float)v.imaginary_part;
	return true;
}
