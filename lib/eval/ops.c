/* SPDX-License-Identifier: Apache-2.0 */
/* Unary and binary operators, by the Go specification's "Operators". Untyped constants are computed in 128 bits;
 * overflow is an error. Typed integers wrap around as in a running program. */
#include <math.h>

#include "eval/eval_private.h"

static bool constant_too_large(struct gopm__eval *ev, size_t at)
{
	return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, at, "constant too large");
}

static bool undefined_operator(struct gopm__eval *ev, size_t at, enum gopm__operator op, const struct gopm__operand *x)
{
	return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "operator %s not defined on %s", gopm__operator_text(op),
	                       gopm__operand_type(x));
}

bool gopm__eval_match_types(struct gopm__eval *ev, size_t at, struct gopm__operand *x, struct gopm__operand *y)
{
	struct gopm__operand converted;

	if (x->constant == y->constant) {
		if (!x->constant && !gopm__type_identical(ev->types, x->value.type, y->value.type)) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "mismatched types %s and %s",
			                       gopm__operand_type(x), gopm__operand_type(y));
		}
		return true;
	}
	struct gopm__operand *constant = x->constant ? x : y;
	const struct gopm__operand *typed = x->constant ? y : x;
	if (!gopm__eval_assign(ev, at, typed->value.type, constant, &converted)) {
		return false;
	}
	*constant = converted;
	return true;
}

static bool integer_operation(struct gopm__eval *ev, size_t at, enum gopm__operator op, gopm__wide_int a,
                              gopm__wide_int b, gopm__wide_int *out)
{
	bool overflow = false;

	*out = 0;
	switch (op) {
	case GOPM__OP_ADD:
		overflow = __builtin_add_overflow(a, b, out);
		break;
	case GOPM__OP_SUBTRACT:
		overflow = __builtin_sub_overflow(a, b, out);
		break;
	case GOPM__OP_MULTIPLY:
		overflow = __builtin_mul_overflow(a, b, out);
		break;
	case GOPM__OP_DIVIDE:
	case GOPM__OP_REMAINDER:
		if (b == 0) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "division by zero");
		}
		if (b == -1) {
			overflow = op == GOPM__OP_DIVIDE && __builtin_sub_overflow((gopm__wide_int)0, a, out);
			break;
		}
		*out = op == GOPM__OP_DIVIDE ? a / b : a % b;
		break;
	case GOPM__OP_AND:
		*out = a & b;
		break;
	case GOPM__OP_OR:
		*out = a | b;
		break;
	case GOPM__OP_XOR:
		*out = a ^ b;
		break;
	case GOPM__OP_AND_NOT:
		*out = a & ~b;
		break;
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "operator %s not defined on integers",
		                       gopm__operator_text(op));
	}
	return !overflow || constant_too_large(ev, at);
}

/* The caller rounds a typed result to its type. Rounding twice is harmless: 113 bits are more than 2 * 53 + 2. */
static bool float_operation(struct gopm__eval *ev, size_t at, enum gopm__operator op, gopm__wide_float a,
                            gopm__wide_float b, gopm__wide_float *out)
{
	switch (op) {
	case GOPM__OP_ADD:
		*out = a + b;
		return true;
	case GOPM__OP_SUBTRACT:
		*out = a - b;
		return true;
	case GOPM__OP_MULTIPLY:
		*out = a * b;
		return true;
	case GOPM__OP_DIVIDE:
		*out = a / b;
		return true;
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "operator %s not defined on floats",
		                       gopm__operator_text(op));
	}
}

/* Products and quotients are rounded once. The last digit of a running program's result depends on its CPU. */
static bool complex_operation(struct gopm__eval *ev, size_t at, enum gopm__operator op, const struct gopm__scalar *a,
                              const struct gopm__scalar *b, struct gopm__scalar *out)
{
	gopm__wide_float norm;

	switch (op) {
	case GOPM__OP_ADD:
		out->real = a->real + b->real;
		out->imaginary = a->imaginary + b->imaginary;
		return true;
	case GOPM__OP_SUBTRACT:
		out->real = a->real - b->real;
		out->imaginary = a->imaginary - b->imaginary;
		return true;
	default:
		break;
	}
	if (op != GOPM__OP_MULTIPLY && op != GOPM__OP_DIVIDE) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_UNSUPPORTED, at, "operator %s is not supported on complex values",
		                       gopm__operator_text(op));
	}
	if (op == GOPM__OP_MULTIPLY) {
		out->real = a->real * b->real - a->imaginary * b->imaginary;
		out->imaginary = a->real * b->imaginary + a->imaginary * b->real;
		return true;
	}
	norm = b->real * b->real + b->imaginary * b->imaginary;
	if (norm == 0) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "division by zero");
	}
	out->real = (a->real * b->real + a->imaginary * b->imaginary) / norm;
	out->imaginary = (a->imaginary * b->real - a->real * b->imaginary) / norm;
	return true;
}

static void widen_scalar(struct gopm__scalar *s, enum gopm__scalar_kind kind)
{
	if (s->kind == GOPM__SCALAR_INT && kind > GOPM__SCALAR_INT) {
		s->real = (gopm__wide_float)s->integer;
	}
	s->kind = kind;
}

static bool concatenate_strings(struct gopm__eval *ev, size_t at, gopm_str a, gopm_str b, gopm_str *out)
{
	if (a.size + b.size > GOPM__EVAL_MAX_BYTES) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, at, "string too long");
	}
	char *text = gopm__arena_alloc(ev->arena, a.size + b.size + 1);
	if (text == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, at, "out of memory");
	}
	if (a.size != 0) {
		memcpy(text, a.data, a.size);
	}
	if (b.size != 0) {
		memcpy(text + a.size, b.data, b.size);
	}
	*out = (gopm_str){text, a.size + b.size};
	return true;
}

static bool arithmetic_operation(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                                 const struct gopm__operand *y, struct gopm__operand *out)
{
	struct gopm__scalar a, b, result = {.text = {"", 0}};
	enum gopm__operator op = node->op;
	size_t at = node->mark;
	bool good, constant = x->constant;

	if ((x->constant && x->scalar.kind == GOPM__SCALAR_NIL) ||
	    (y->constant && y->scalar.kind == GOPM__SCALAR_NIL)) {
		return undefined_operator(ev, at, op, x);
	}
	if (!gopm__eval_scalar(ev, node->x->at, x, &a) || !gopm__eval_scalar(ev, node->y->at, y, &b)) {
		return false;
	}
	enum gopm__scalar_kind kind = a.kind > b.kind ? a.kind : b.kind;
	result.kind = kind;
	if (kind == GOPM__SCALAR_STRING || a.kind == GOPM__SCALAR_BOOL || b.kind == GOPM__SCALAR_BOOL) {
		if (op != GOPM__OP_ADD || a.kind != GOPM__SCALAR_STRING || b.kind != GOPM__SCALAR_STRING) {
			return undefined_operator(ev, at, op, x);
		}
		good = concatenate_strings(ev, at, a.text, b.text, &result.text);
	} else if (kind == GOPM__SCALAR_INT) {
		good = integer_operation(ev, at, op, a.integer, b.integer, &result.integer);
	} else {
		widen_scalar(&a, kind);
		widen_scalar(&b, kind);
		bool by_zero = constant && kind == GOPM__SCALAR_FLOAT && op == GOPM__OP_DIVIDE && b.real == 0;
		if (by_zero) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "division by zero");
		}
		good = kind == GOPM__SCALAR_FLOAT ? float_operation(ev, at, op, a.real, b.real, &result.real)
		                                  : complex_operation(ev, at, op, &a, &b, &result);
		if (good && constant && (!isfinite((double)result.real) || !isfinite((double)result.imaginary))) {
			return constant_too_large(ev, at);
		}
	}
	if (!good) {
		return false;
	}
	if (!constant) {
		return gopm__eval_make_scalar(ev, at, x->value.type, &result, out);
	}
	*out = (struct gopm__operand){.constant = true, .scalar = result};
	return true;
}

static bool shift_operation(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                            const struct gopm__operand *y, struct gopm__operand *out)
{
	struct gopm__scalar a, b;
	bool left = node->op == GOPM__OP_SHIFT_LEFT;

	if (!gopm__eval_scalar(ev, node->x->at, x, &a) || !gopm__eval_scalar(ev, node->y->at, y, &b)) {
		return false;
	}
	if (a.kind != GOPM__SCALAR_INT) {
		return undefined_operator(ev, node->mark, node->op, x);
	}
	if (b.kind != GOPM__SCALAR_INT) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->y->at, "shift count must be an integer, not %s",
		                       gopm__operand_type(y));
	}
	if (b.integer < 0) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->y->at, "negative shift count");
	}
	unsigned count = b.integer < 127 ? (unsigned)b.integer : 127;
	if (!left) {
		a.integer = count == 127 ? (a.integer < 0 ? -1 : 0) : a.integer >> count;
	} else if (x->constant) {
		gopm__wide_int factor = (gopm__wide_int)1 << (count < 127 ? count : 0);
		if (a.integer != 0 && (count == 127 || __builtin_mul_overflow(a.integer, factor, &a.integer))) {
			return constant_too_large(ev, node->mark);
		}
	} else {
		/* The type keeps only the low 64 bits. */
		a.integer = count < 64 ? (gopm__wide_int)((gopm__wide_uint)a.integer << count) : 0;
	}
	if (!x->constant) {
		return gopm__eval_make_scalar(ev, node->mark, x->value.type, &a, out);
	}
	*out = (struct gopm__operand){.constant = true, .scalar = a};
	return true;
}

static bool compare_with_nil(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                             bool *equal)
{
	if (x->constant || !gopm__kind_has_nil(x->value.kind)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->mark, "mismatched types %s and untyped nil",
		                       gopm__operand_type(x));
	}
	return gopm__eval_readable(ev, node->mark, x) && gopm__eval_is_nil(ev, node->mark, &x->value, equal);
}

static bool is_nil_constant(const struct gopm__operand *x)
{
	return x->constant && x->scalar.kind == GOPM__SCALAR_NIL;
}

static bool compare_constants(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__scalar *a,
                              const struct gopm__scalar *b, int *order, bool *unordered)
{
	*order = 0;
	*unordered = false;
	bool equality = node->op == GOPM__OP_EQUAL || node->op == GOPM__OP_NOT_EQUAL;
	if (equality && a->kind == GOPM__SCALAR_BOOL && b->kind == GOPM__SCALAR_BOOL) {
		*order = a->integer != b->integer;
		return true;
	}
	bool numbers = a->kind >= GOPM__SCALAR_INT && a->kind <= GOPM__SCALAR_COMPLEX && b->kind >= GOPM__SCALAR_INT &&
	               b->kind <= GOPM__SCALAR_COMPLEX;
	if (equality && numbers && (a->kind == GOPM__SCALAR_COMPLEX || b->kind == GOPM__SCALAR_COMPLEX)) {
		struct gopm__scalar x = *a, y = *b;
		widen_scalar(&x, GOPM__SCALAR_COMPLEX);
		widen_scalar(&y, GOPM__SCALAR_COMPLEX);
		*order = x.real != y.real || x.imaginary != y.imaginary;
		return true;
	}
	return gopm__eval_order(ev, node->mark, a, b, order, unordered);
}

static bool comparison(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                       const struct gopm__operand *y, struct gopm__operand *out)
{
	bool equality = node->op == GOPM__OP_EQUAL || node->op == GOPM__OP_NOT_EQUAL, equal = false, unordered = false;
	struct gopm__scalar a, b;
	int order = 0;

	if (is_nil_constant(x) || is_nil_constant(y)) {
		if (!equality) {
			return undefined_operator(ev, node->mark, node->op, is_nil_constant(x) ? x : y);
		}
		if (!compare_with_nil(ev, node, is_nil_constant(x) ? y : x, &equal)) {
			return false;
		}
		order = !equal;
	} else if (equality && !x->constant) {
		if (!gopm__eval_equal(ev, node->mark, &x->value, &y->value, 0, &equal)) {
			return false;
		}
		order = !equal;
	} else {
		if (!gopm__eval_scalar(ev, node->x->at, x, &a) || !gopm__eval_scalar(ev, node->y->at, y, &b) ||
		    !compare_constants(ev, node, &a, &b, &order, &unordered)) {
			return false;
		}
	}
	bool result = false;
	switch (node->op) {
	case GOPM__OP_EQUAL:
		result = order == 0 && !unordered;
		break;
	case GOPM__OP_NOT_EQUAL:
		result = order != 0 || unordered;
		break;
	case GOPM__OP_LESS:
		result = order < 0;
		break;
	case GOPM__OP_LESS_EQUAL:
		result = order <= 0 && !unordered;
		break;
	case GOPM__OP_GREATER:
		result = order > 0;
		break;
	default:
		result = order >= 0 && !unordered;
		break;
	}
	*out = gopm__constant_bool(result);
	return true;
}

bool gopm__eval_binary(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *left,
                       const struct gopm__operand *right, struct gopm__operand *out)
{
	struct gopm__operand x = *left, y = *right;

	*out = (struct gopm__operand){0};
	if (!gopm__eval_readable(ev, node->x->at, &x) || !gopm__eval_readable(ev, node->y->at, &y)) {
		return false;
	}
	if (node->op == GOPM__OP_SHIFT_LEFT || node->op == GOPM__OP_SHIFT_RIGHT) {
		return shift_operation(ev, node, &x, &y, out);
	}
	if (!is_nil_constant(&x) && !is_nil_constant(&y) && !gopm__eval_match_types(ev, node->mark, &x, &y)) {
		return false;
	}
	if (node->op >= GOPM__OP_EQUAL && node->op <= GOPM__OP_GREATER_EQUAL) {
		return comparison(ev, node, &x, &y, out);
	}
	return arithmetic_operation(ev, node, &x, &y, out);
}

bool gopm__eval_unary(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      struct gopm__operand *out)
{
	struct gopm__scalar s;

	*out = (struct gopm__operand){0};
	if (!gopm__eval_scalar(ev, node->x->at, x, &s)) {
		return false;
	}
	bool integer = s.kind == GOPM__SCALAR_INT;
	bool number = integer || s.kind == GOPM__SCALAR_FLOAT || s.kind == GOPM__SCALAR_COMPLEX;
	switch (node->op) {
	case GOPM__OP_NOT:
		if (s.kind != GOPM__SCALAR_BOOL) {
			return undefined_operator(ev, node->at, node->op, x);
		}
		s.integer = s.integer == 0;
		break;
	case GOPM__OP_XOR:
		if (!integer) {
			return undefined_operator(ev, node->at, node->op, x);
		}
		s.integer = ~s.integer;
		break;
	case GOPM__OP_SUBTRACT:
		if (!number) {
			return undefined_operator(ev, node->at, node->op, x);
		}
		if (integer && __builtin_sub_overflow((gopm__wide_int)0, s.integer, &s.integer)) {
			return constant_too_large(ev, node->at);
		}
		/* An untyped constant has no negative zero (golang/go#2196). */
		s.real = x->constant && s.real == 0 ? 0 : -s.real;
		s.imaginary = x->constant && s.imaginary == 0 ? 0 : -s.imaginary;
		break;
	default: /* + */
		if (!number) {
			return undefined_operator(ev, node->at, node->op, x);
		}
		break;
	}
	if (!x->constant) {
		return gopm__eval_make_scalar(ev, node->at, x->value.type, &s, out);
	}
	*out = (struct gopm__operand){.constant = true, .scalar = s};
	return true;
}
