/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in functions that only read: len, cap, real, imag, complex, min, max. */
#include "eval/eval_private.h"

enum builtin { LEN, CAP, REAL, IMAG, COMPLEX, MIN, MAX, REFUSED };

struct gopm__builtin {
	const char *name;
	enum builtin which;
	size_t least, most; /* arguments */
};

static const struct gopm__builtin builtins[] = {
    {"len", LEN, 1, 1},
    {"cap", CAP, 1, 1},
    {"real", REAL, 1, 1},
    {"imag", IMAG, 1, 1},
    {"complex", COMPLEX, 2, 2},
    {"min", MIN, 1, GOPM__BUILTIN_MAX_ARGUMENTS},
    {"max", MAX, 1, GOPM__BUILTIN_MAX_ARGUMENTS},
    {"append", REFUSED, 0, 0},
    {"copy", REFUSED, 0, 0},
    {"make", REFUSED, 0, 0},
    {"new", REFUSED, 0, 0},
    {"delete", REFUSED, 0, 0},
    {"close", REFUSED, 0, 0},
    {"clear", REFUSED, 0, 0},
    {"panic", REFUSED, 0, 0},
    {"print", REFUSED, 0, 0},
    {"println", REFUSED, 0, 0},
    {"recover", REFUSED, 0, 0},
};

static bool call_len_or_cap(struct gopm__eval *ev, const struct gopm__node *argument, bool capacity,
                            const struct gopm__operand *x, struct gopm__operand *out)
{
	struct gopm__operand list = *x, target;
	int64_t len = 0, cap = -1;

	if (x->constant) {
		if (capacity || x->scalar.kind != GOPM__SCALAR_STRING) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, argument->at, "%s has no %s",
			                       gopm__operand_type(x), capacity ? "capacity" : "length");
		}
		*out = gopm__constant_int((gopm__wide_int)x->scalar.text.size);
		return true;
	}
	if (!gopm__eval_readable(ev, argument->at, x)) {
		return false;
	}
	/* The length of an array is part of its type, so a nil pointer to an array has one too. */
	if (x->value.kind == GOPM_KIND_POINTER) {
		gopm__variable_target(ev->context, &x->value, &target.value);
		if (target.value.kind == GOPM_KIND_ARRAY) {
			*out = gopm__constant_int(target.value.real->count);
			return true;
		}
	}
	if (!gopm__eval_length(ev, argument->at, &list.value, &len, &cap)) {
		return false;
	}
	if (capacity && cap < 0) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, argument->at, "a value of type %s has no capacity",
		                       gopm__operand_type(x));
	}
	*out = gopm__constant_int(capacity ? cap : len);
	return true;
}

static bool call_real_or_imag(struct gopm__eval *ev, const struct gopm__node *argument, bool imaginary,
                              const struct gopm__operand *x, struct gopm__operand *out)
{
	struct gopm__scalar s;

	if (!gopm__eval_scalar(ev, argument->at, x, &s)) {
		return false;
	}
	if (s.kind != GOPM__SCALAR_COMPLEX &&
	    (!x->constant || (s.kind != GOPM__SCALAR_INT && s.kind != GOPM__SCALAR_FLOAT))) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, argument->at, "%s is not complex", gopm__operand_type(x));
	}
	if (s.kind == GOPM__SCALAR_INT) {
		s.real = (gopm__wide_float)s.integer;
	}
	struct gopm__scalar value = {
	    .kind = GOPM__SCALAR_FLOAT, .real = imaginary ? s.imaginary : s.real, .text = {"", 0}};
	if (x->constant) {
		*out = (struct gopm__operand){.constant = true, .scalar = value};
		return true;
	}
	bool single = x->value.kind == GOPM_KIND_COMPLEX64;
	return gopm__eval_make_scalar(
	    ev, argument->at,
	    gopm__types_basic(ev->types, single ? (gopm_str){"float32", 7} : (gopm_str){"float64", 7}), &value, out);
}

static bool call_complex(struct gopm__eval *ev, const struct gopm__node *call, struct gopm__operand *x,
                         struct gopm__operand *out)
{
	const struct gopm__node *first = call->list, *second = first->next != NULL ? first->next : first;
	struct gopm__scalar a, b;

	if (!gopm__eval_match_types(ev, first->at, &x[0], &x[1]) || !gopm__eval_scalar(ev, first->at, &x[0], &a) ||
	    !gopm__eval_scalar(ev, second->at, &x[1], &b)) {
		return false;
	}
	bool constant = x[0].constant;
	bool numbers = (a.kind == GOPM__SCALAR_FLOAT || (constant && a.kind == GOPM__SCALAR_INT)) &&
	               (b.kind == GOPM__SCALAR_FLOAT || (constant && b.kind == GOPM__SCALAR_INT));
	if (!numbers) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, call->list->at, "complex takes floats, not %s",
		                       gopm__operand_type(&x[0]));
	}
	struct gopm__scalar value = {.kind = GOPM__SCALAR_COMPLEX, .text = {"", 0}};
	value.real = a.kind == GOPM__SCALAR_INT ? (gopm__wide_float)a.integer : a.real;
	value.imaginary = b.kind == GOPM__SCALAR_INT ? (gopm__wide_float)b.integer : b.real;
	if (constant) {
		*out = (struct gopm__operand){.constant = true, .scalar = value};
		return true;
	}
	bool single = x[0].value.kind == GOPM_KIND_FLOAT32;
	return gopm__eval_make_scalar(
	    ev, call->at,
	    gopm__types_basic(ev->types, single ? (gopm_str){"complex64", 9} : (gopm_str){"complex128", 10}), &value,
	    out);
}

static bool call_min_or_max(struct gopm__eval *ev, const struct gopm__node *call, bool most, struct gopm__operand *x,
                            struct gopm__operand *out)
{
	const struct gopm__node *node = call->list;
	struct gopm__scalar best, other;
	size_t typed = 0;

	/* The constants take the type of a typed argument. */
	for (size_t i = 0; i < call->list_count; i++) {
		typed = !x[i].constant ? i : typed;
	}
	for (size_t i = 0; node != NULL && i < call->list_count; i++, node = node->next) {
		int order;
		bool unordered;
		if (!gopm__eval_match_types(ev, node->at, &x[i], &x[typed]) ||
		    !gopm__eval_scalar(ev, node->at, &x[i], &other)) {
			return false;
		}
		if (i == 0) {
			best = other;
			*out = x[0];
		}
		if (!gopm__eval_order(ev, node->at, &best, &other, &order, &unordered)) {
			return false;
		}
		/* The result is NaN if any argument is. */
		if ((unordered && best.real == best.real) || (!unordered && (most ? order < 0 : order > 0))) {
			best = other;
			*out = x[i];
		}
	}
	/* The result is a new value, not the variable itself. */
	return out->constant || gopm__eval_make_scalar(ev, call->at, out->value.type, &best, out);
}

const struct gopm__builtin *gopm__builtin_named(const struct gopm__node *function)
{
	for (size_t i = 0; function->kind == GOPM__NODE_NAME && i < sizeof builtins / sizeof builtins[0]; i++) {
		if (gopm__str_equal(function->text, (gopm_str){builtins[i].name, strlen(builtins[i].name)})) {
			return &builtins[i];
		}
	}
	return NULL;
}

bool gopm__builtin_accepts(struct gopm__eval *ev, const struct gopm__builtin *builtin, const struct gopm__node *call)
{
	if (builtin->which == REFUSED) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_UNSUPPORTED, call->at, "cannot call %s: the process does not run",
		                       builtin->name);
	}
	if (call->list == NULL || call->list_count < builtin->least || call->list_count > builtin->most) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, call->mark, "wrong number of arguments for %s: %zu",
		                       builtin->name, call->list_count);
	}
	return true;
}

bool gopm__eval_builtin(struct gopm__eval *ev, const struct gopm__builtin *builtin, const struct gopm__node *call,
                        struct gopm__operand *x, struct gopm__operand *out)
{
	switch (builtin->which) {
	case LEN:
	case CAP:
		return call_len_or_cap(ev, call->list, builtin->which == CAP, &x[0], out);
	case REAL:
	case IMAG:
		return call_real_or_imag(ev, call->list, builtin->which == IMAG, &x[0], out);
	case COMPLEX:
		return call_complex(ev, call, x, out);
	default:
		return call_min_or_max(ev, call, builtin->which == MAX, x, out);
	}
}
