/* SPDX-License-Identifier: Apache-2.0 */
/* Order and equality of values, by the Go specification's "Comparison operators". */
#include "eval/eval_private.h"
#include "value/field.h"

#define MAX_DEPTH 32

static int float_order(gopm__wide_float a, gopm__wide_float b, bool *unordered)
{
	*unordered = !(a <= b || a >= b);
	return a < b ? -1 : a > b;
}

bool gopm__eval_order(struct gopm__eval *ev, size_t at, const struct gopm__scalar *a, const struct gopm__scalar *b,
                      int *out, bool *unordered)
{
	*out = 0;
	*unordered = false;
	if (a->kind == GOPM__SCALAR_STRING && b->kind == GOPM__SCALAR_STRING) {
		size_t size = a->text.size < b->text.size ? a->text.size : b->text.size;
		*out = size != 0 ? memcmp(a->text.data, b->text.data, size) : 0;
		*out = *out != 0 ? *out : (a->text.size > b->text.size) - (a->text.size < b->text.size);
		return true;
	}
	enum gopm__scalar_kind kind = a->kind > b->kind ? a->kind : b->kind;
	if (kind == GOPM__SCALAR_INT && a->kind == b->kind) {
		*out = (a->integer > b->integer) - (a->integer < b->integer);
		return true;
	}
	bool numbers = a->kind >= GOPM__SCALAR_INT && b->kind >= GOPM__SCALAR_INT;
	if (kind != GOPM__SCALAR_FLOAT || !numbers) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "values are not ordered");
	}
	gopm__wide_float x = a->kind == GOPM__SCALAR_INT ? (gopm__wide_float)a->integer : a->real;
	gopm__wide_float y = b->kind == GOPM__SCALAR_INT ? (gopm__wide_float)b->integer : b->real;
	*out = float_order(x, y, unordered);
	return true;
}

static bool count_comparison(struct gopm__eval *ev, size_t at, unsigned depth)
{
	if (ev->steps == 0 || depth > MAX_DEPTH) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, at, "too many values to compare");
	}
	ev->steps--;
	return true;
}

static bool equal_strings(struct gopm__eval *ev, size_t at, const struct gopm__variable *a,
                          const struct gopm__variable *b, bool *out)
{
	char left[256], right[256];
	const char *why = NULL;

	*out = a->length == b->length;
	if (!*out || a->length <= 0) {
		return true;
	}
	if (a->length > GOPM__EVAL_MAX_BYTES) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, at, "strings too long to compare");
	}
	for (uint64_t done = 0, size = (uint64_t)a->length; *out && done < size; done += sizeof left) {
		size_t part = size - done < sizeof left ? (size_t)(size - done) : sizeof left;
		if (!gopm__variable_read(ev->context, gopm__variable_contents(a), a->base + done, left, part, &why) ||
		    !gopm__variable_read(ev->context, gopm__variable_contents(b), b->base + done, right, part, &why)) {
			return GOPM__EVAL_UNREADABLE(ev, at, why);
		}
		*out = memcmp(left, right, part) == 0;
	}
	return true;
}

static bool equal_fields(struct gopm__eval *ev, size_t at, const struct gopm__variable *a,
                         const struct gopm__variable *b, unsigned depth, bool *out)
{
	*out = true;
	for (size_t i = 0; *out && i < a->real->field_count && i < b->real->field_count; i++) {
		const struct gopm__field *f = &a->real->fields[i];
		struct gopm__variable x, y;
		/* Go does not compare blank fields. */
		if (f->name.size == 1 && f->name.data[0] == '_') {
			continue;
		}
		gopm__field_variable(ev->context, a, f, &x);
		gopm__field_variable(ev->context, b, &b->real->fields[i], &y);
		if (!gopm__eval_equal(ev, at, &x, &y, depth + 1, out)) {
			return false;
		}
	}
	return true;
}

static bool equal_elements(struct gopm__eval *ev, size_t at, const struct gopm__variable *a,
                           const struct gopm__variable *b, unsigned depth, bool *out)
{
	*out = a->length == b->length;
	for (int64_t i = 0; *out && i < a->length; i++) {
		struct gopm__variable x, y;
		gopm__variable_init(ev->context, &x, (gopm_str){"", 0}, a->base + (uint64_t)i * a->stride, a->elem,
		                    a->bytes);
		gopm__variable_init(ev->context, &y, (gopm_str){"", 0}, b->base + (uint64_t)i * b->stride, b->elem,
		                    b->bytes);
		if (!gopm__eval_equal(ev, at, &x, &y, depth + 1, out)) {
			return false;
		}
	}
	return true;
}

static bool equal_interfaces(struct gopm__eval *ev, size_t at, const struct gopm__variable *a,
                             const struct gopm__variable *b, unsigned depth, bool *out)
{
	struct gopm__variable x = {0}, y = {0};
	const char *why = NULL;

	gopm_status left = gopm__interface_data(ev->context, a, &x, &why);
	gopm_status right = left == GOPM_ERR_FORMAT ? left : gopm__interface_data(ev->context, b, &y, &why);
	if (left == GOPM_ERR_FORMAT || right == GOPM_ERR_FORMAT) {
		return GOPM__EVAL_UNREADABLE(ev, at, why);
	}
	*out = left == right;
	if (!*out || left == GOPM_NOT_FOUND) {
		return true;
	}
	*out = gopm__type_identical(ev->types, x.type, y.type);
	return !*out || gopm__eval_equal(ev, at, &x, &y, depth + 1, out);
}

bool gopm__eval_equal(struct gopm__eval *ev, size_t at, const struct gopm__variable *a, const struct gopm__variable *b,
                      unsigned depth, bool *out)
{
	const struct gopm__operand x = {.value = *a}, y = {.value = *b};
	struct gopm__scalar left, right;
	uint64_t first, second;
	bool unordered;
	int order;

	*out = false;
	if (!count_comparison(ev, at, depth) || !gopm__eval_readable(ev, at, &x) || !gopm__eval_readable(ev, at, &y)) {
		return false;
	}
	if (a->kind != b->kind) {
		return true;
	}
	switch (a->kind) {
	case GOPM_KIND_STRING:
		return equal_strings(ev, at, a, b, out);
	case GOPM_KIND_STRUCT:
		return equal_fields(ev, at, a, b, depth, out);
	case GOPM_KIND_ARRAY:
		return equal_elements(ev, at, a, b, depth, out);
	case GOPM_KIND_INTERFACE:
		return equal_interfaces(ev, at, a, b, depth, out);
	case GOPM_KIND_POINTER:
	case GOPM_KIND_UNSAFE_POINTER:
	case GOPM_KIND_CHAN:
		if (!gopm__eval_word(ev, at, a, &first) || !gopm__eval_word(ev, at, b, &second)) {
			return false;
		}
		*out = first == second;
		return true;
	case GOPM_KIND_SLICE:
	case GOPM_KIND_MAP:
	case GOPM_KIND_FUNC:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "%s can only be compared to nil",
		                       gopm__type_text(a->type));
	default:
		break;
	}
	if (!gopm__eval_scalar(ev, at, &x, &left) || !gopm__eval_scalar(ev, at, &y, &right)) {
		return false;
	}
	if (left.kind == GOPM__SCALAR_BOOL) {
		*out = left.integer == right.integer;
		return true;
	}
	if (left.kind == GOPM__SCALAR_COMPLEX) {
		*out = left.real == right.real && left.imaginary == right.imaginary;
		return true;
	}
	if (!gopm__eval_order(ev, at, &left, &right, &order, &unordered)) {
		return false;
	}
	*out = order == 0 && !unordered;
	return true;
}
