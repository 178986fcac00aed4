/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions T(x), by the Go specification's "Conversions", and the types that untyped constants take. */
#include <math.h>

#include "eval/eval_private.h"
#include "util/utf8.h"

/* True if an integer of type `real` can have this value. */
static bool integer_fits(const struct gopm__type *real, uint64_t size, gopm__wide_int value)
{
	unsigned bits = (unsigned)size * 8;

	if (bits == 0 || bits > 64) {
		return false;
	}
	gopm__wide_int one = 1;
	if (real->class_ == GOPM__TYPE_UINT) {
		return value >= 0 && value < one << bits;
	}
	return value >= -(one << (bits - 1)) && value < one << (bits - 1);
}

/* Converts a float to an integer. False: it has a fraction, or is too large. */
static bool float_to_integer(gopm__wide_float value, gopm__wide_int *out)
{
	const gopm__wide_float most = (gopm__wide_float)((gopm__wide_int)1 << 100);

	*out = 0;
	if (!(value > -most && value < most)) {
		return false;
	}
	*out = (gopm__wide_int)value;
	return (gopm__wide_float)*out == value;
}

static bool conversion_error(struct gopm__eval *ev, size_t at, const struct gopm__operand *operand,
                             const struct gopm__type *type)
{
	return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "cannot convert %s to %s", gopm__operand_type(operand),
	                       gopm__type_text(type));
}

static bool make_nil(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                     const struct gopm__operand *constant, struct gopm__operand *out)
{
	static const char zeroes[64];
	struct gopm__variable probe;
	uint64_t size = gopm__type_size(ev->types, type);

	gopm__variable_init(ev->context, &probe, (gopm_str){"", 0}, 0, type, NULL);
	if (!gopm__kind_has_nil(probe.kind) || size > sizeof zeroes) {
		return conversion_error(ev, at, constant, type);
	}
	return gopm__eval_make_value(ev, at, type, (gopm_str){zeroes, (size_t)size}, (gopm_str){0}, out);
}

bool gopm__eval_assign(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                       const struct gopm__operand *constant, struct gopm__operand *out)
{
	const struct gopm__type *real = gopm__type_resolve(ev->types, type);
	uint64_t size = gopm__type_size(ev->types, real);
	struct gopm__scalar s = constant->scalar;

	*out = (struct gopm__operand){0};
	if (real == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, at, "type %s is damaged", gopm__type_text(type));
	}
	if (s.kind == GOPM__SCALAR_NIL) {
		return make_nil(ev, at, type, constant, out);
	}
	bool number = s.kind == GOPM__SCALAR_INT || s.kind == GOPM__SCALAR_FLOAT || s.kind == GOPM__SCALAR_COMPLEX;
	switch (real->class_) {
	case GOPM__TYPE_BOOL:
		if (s.kind != GOPM__SCALAR_BOOL) {
			return conversion_error(ev, at, constant, type);
		}
		break;
	case GOPM__TYPE_STRING:
		if (s.kind != GOPM__SCALAR_STRING) {
			return conversion_error(ev, at, constant, type);
		}
		break;
	case GOPM__TYPE_INT:
	case GOPM__TYPE_UINT:
		if (!number) {
			return conversion_error(ev, at, constant, type);
		}
		if (s.kind != GOPM__SCALAR_INT && (s.imaginary != 0 || !float_to_integer(s.real, &s.integer))) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "constant truncated to %s",
			                       gopm__type_text(type));
		}
		if (!integer_fits(real, size, s.integer)) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "constant overflows %s",
			                       gopm__type_text(type));
		}
		break;
	case GOPM__TYPE_FLOAT:
	case GOPM__TYPE_COMPLEX: {
		if (!number || (real->class_ == GOPM__TYPE_FLOAT && s.imaginary != 0)) {
			return conversion_error(ev, at, constant, type);
		}
		s.real = s.kind == GOPM__SCALAR_INT ? (gopm__wide_float)s.integer : s.real;
		bool single = size == (real->class_ == GOPM__TYPE_FLOAT ? 4 : 8);
		if (single ? !isfinite((float)s.real) || !isfinite((float)s.imaginary)
		           : !isfinite((double)s.real) || !isfinite((double)s.imaginary)) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, at, "constant overflows %s",
			                       gopm__type_text(type));
		}
		break;
	}
	default:
		return conversion_error(ev, at, constant, type);
	}
	return gopm__eval_make_scalar(ev, at, type, &s, out);
}

static bool string_to_runes(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__type *type,
                            gopm_str text, struct gopm__operand *out)
{
	struct gopm__bytes bytes = {.synthetic = true};
	int32_t *runes = gopm__arena_alloc(ev->arena, text.size * sizeof *runes);
	uint8_t *known = gopm__arena_alloc(ev->arena, text.size * sizeof *runes);
	size_t count = 0;

	if (runes == NULL || known == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, node->at, "out of memory");
	}
	for (size_t i = 0; i < text.size;) {
		uint32_t rune;
		unsigned size = gopm__decode_rune((const unsigned char *)text.data + i, text.size - i, &rune);
		runes[count++] = size != 0 ? (int32_t)rune : 0xfffd;
		i += size != 0 ? size : 1;
	}
	bytes.size = count * sizeof *runes;
	bytes.data = (const uint8_t *)runes;
	bytes.known = known;
	memset(known, GOPM__BYTE_KNOWN, (size_t)bytes.size);
	const struct gopm__list_header list = {&bytes, GOPM__BYTES_BASE, count, count, sizeof *runes};
	return gopm__eval_make_list(ev, node->at, type, &list, out);
}

static bool string_to_slice(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__type *type,
                            uint32_t elem_kind, const struct gopm__operand *operand, struct gopm__operand *out)
{
	struct gopm__operand typed = *operand;
	struct gopm__scalar s;

	if (elem_kind == GOPM_KIND_INT32) {
		return gopm__eval_scalar(ev, node->at, operand, &s) && string_to_runes(ev, node, type, s.text, out);
	}
	const struct gopm__type *string = gopm__types_basic(ev->types, (gopm_str){"string", 6});
	if (operand->constant && !gopm__eval_make_scalar(ev, node->at, string, &operand->scalar, &typed)) {
		return false;
	}
	const struct gopm__variable *v = &typed.value;
	uint64_t length = v->length > 0 ? (uint64_t)v->length : 0;
	const struct gopm__list_header list = {gopm__variable_contents(v), v->base, length, length, 1};
	return gopm__eval_make_list(ev, node->at, type, &list, out);
}

static bool slice_to_string(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__type *type,
                            uint32_t elem_kind, const struct gopm__variable *v, struct gopm__operand *out)
{
	struct gopm__scalar s = {.kind = GOPM__SCALAR_STRING, .text = {"", 0}};
	uint64_t length = v->length > 0 ? (uint64_t)v->length : 0;
	const char *why = NULL;

	if (elem_kind == GOPM_KIND_UINT8) {
		const struct gopm__list_header list = {gopm__variable_contents(v), v->base, length, length, 1};
		return gopm__eval_make_list(ev, node->at, type, &list, out);
	}
	if (length > GOPM__EVAL_MAX_BYTES / 4) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, node->at, "too many runes: %llu",
		                       (unsigned long long)length);
	}
	char *text = gopm__arena_alloc(ev->arena, (size_t)length * 4);
	for (uint64_t i = 0; text != NULL && i < length; i++) {
		uint64_t rune;
		if (!gopm__variable_word(ev->context, gopm__variable_contents(v), v->base + i * 4, 4, &rune, &why)) {
			return GOPM__EVAL_UNREADABLE(ev, node->at, why);
		}
		s.text.size += gopm__encode_rune((uint32_t)rune, text + s.text.size);
	}
	if (text == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, node->at, "out of memory");
	}
	s.text.data = text;
	return gopm__eval_make_scalar(ev, node->at, type, &s, out);
}

static uint32_t type_kind(struct gopm__eval *ev, const struct gopm__type *type)
{
	struct gopm__variable probe;

	gopm__variable_init(ev->context, &probe, (gopm_str){"", 0}, 0, type, NULL);
	return probe.kind;
}

static bool is_integer_kind(uint32_t kind)
{
	return kind >= GOPM_KIND_INT && kind <= GOPM_KIND_UINTPTR;
}

static bool convert_to_string(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__type *type,
                              const struct gopm__operand *operand, struct gopm__operand *out)
{
	struct gopm__scalar s;
	uint32_t kind = operand->constant ? GOPM_KIND_INVALID : operand->value.kind;

	if ((operand->constant && operand->scalar.kind == GOPM__SCALAR_INT) || is_integer_kind(kind)) {
		char text[4];
		if (!gopm__eval_scalar(ev, node->at, operand, &s)) {
			return false;
		}
		bool possible = s.integer >= 0 && s.integer <= 0x10ffff;
		s.text = (gopm_str){text, gopm__encode_rune(possible ? (uint32_t)s.integer : UINT32_MAX, text)};
		s.kind = GOPM__SCALAR_STRING;
		return gopm__eval_make_scalar(ev, node->at, type, &s, out);
	}
	if (kind == GOPM_KIND_SLICE || kind == GOPM_KIND_ARRAY) {
		uint32_t elem = type_kind(ev, operand->value.elem);
		if (elem == GOPM_KIND_UINT8 || elem == GOPM_KIND_INT32) {
			return slice_to_string(ev, node, type, elem, &operand->value, out);
		}
	}
	return conversion_error(ev, node->at, operand, type);
}

static bool convert_to_number(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__type *type,
                              const struct gopm__type *real, const struct gopm__operand *operand,
                              struct gopm__operand *out)
{
	uint64_t size = gopm__type_size(ev->types, real), address;
	uint32_t kind = operand->value.kind;
	struct gopm__scalar s = {.kind = GOPM__SCALAR_INT, .text = {"", 0}};

	if (kind == GOPM_KIND_POINTER || kind == GOPM_KIND_UNSAFE_POINTER) {
		if (real->class_ != GOPM__TYPE_UINT || size != 8) {
			return conversion_error(ev, node->at, operand, type);
		}
		s.integer = 0;
		if (!gopm__eval_word(ev, node->at, &operand->value, &address)) {
			return false;
		}
		s.integer = (gopm__wide_int)address;
		return gopm__eval_make_scalar(ev, node->at, type, &s, out);
	}
	if (!gopm__eval_scalar(ev, node->at, operand, &s)) {
		return false;
	}
	bool from_float = s.kind == GOPM__SCALAR_FLOAT, complex = real->class_ == GOPM__TYPE_COMPLEX;
	if ((s.kind != GOPM__SCALAR_INT && !from_float && s.kind != GOPM__SCALAR_COMPLEX) ||
	    complex != (s.kind == GOPM__SCALAR_COMPLEX)) {
		return conversion_error(ev, node->at, operand, type);
	}
	if (real->class_ == GOPM__TYPE_INT || real->class_ == GOPM__TYPE_UINT) {
		if (from_float) {
			/* Out of range, the result depends on the CPU. */
			gopm__wide_float cut = (gopm__wide_float)trunc((double)s.real);
			if (!float_to_integer(cut, &s.integer) || !integer_fits(real, size, s.integer)) {
				return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "value does not fit in %s",
				                       gopm__type_text(type));
			}
		}
	} else if (!from_float && !complex) {
		s.real = (gopm__wide_float)s.integer;
	}
	return gopm__eval_make_scalar(ev, node->at, type, &s, out);
}

static bool convert_to_pointer(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__type *type,
                               const struct gopm__operand *operand, struct gopm__operand *out)
{
	struct gopm__scalar s;
	uint64_t address;

	if (!operand->constant && operand->value.kind == GOPM_KIND_UNSAFE_POINTER) {
		return gopm__eval_word(ev, node->at, &operand->value, &address) &&
		       gopm__eval_make_pointer(ev, node->at, type, address, out);
	}
	bool integer =
	    operand->constant ? operand->scalar.kind == GOPM__SCALAR_INT : is_integer_kind(operand->value.kind);
	if (!integer) {
		return conversion_error(ev, node->at, operand, type);
	}
	if (!gopm__eval_scalar(ev, node->at, operand, &s)) {
		return false;
	}
	if (s.integer < INT64_MIN || s.integer > (gopm__wide_int)UINT64_MAX || (operand->constant && s.integer < 0)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "invalid address");
	}
	return gopm__eval_make_pointer(ev, node->at, type, (uint64_t)s.integer, out);
}

bool gopm__eval_convert(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__type *type,
                        const struct gopm__operand *operand, struct gopm__operand *out)
{
	const struct gopm__type *real = gopm__type_resolve(ev->types, type);

	*out = (struct gopm__operand){0};
	if (real == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_FORMAT, node->at, "type %s is damaged", gopm__type_text(type));
	}
	if (!gopm__eval_readable(ev, node->at, operand)) {
		return false;
	}
	if (!operand->constant && gopm__type_identical_underlying(ev->types, operand->value.type, type)) {
		const struct gopm__variable *v = &operand->value;
		gopm__variable_init(ev->context, &out->value, (gopm_str){"", 0}, v->address, type, v->bytes);
		return true;
	}
	bool text =
	    operand->constant ? operand->scalar.kind == GOPM__SCALAR_STRING : operand->value.kind == GOPM_KIND_STRING;
	switch (real->class_) {
	case GOPM__TYPE_POINTER:
		if (operand->constant && operand->scalar.kind == GOPM__SCALAR_NIL) {
			return gopm__eval_assign(ev, node->at, type, operand, out);
		}
		return convert_to_pointer(ev, node, type, operand, out);
	case GOPM__TYPE_STRING:
		return text ? gopm__eval_assign(ev, node->at, type, operand, out)
		            : convert_to_string(ev, node, type, operand, out);
	case GOPM__TYPE_SLICE: {
		uint32_t elem = type_kind(ev, gopm__type_elem(ev->types, real));
		if (text && (elem == GOPM_KIND_UINT8 || elem == GOPM_KIND_INT32)) {
			return string_to_slice(ev, node, type, elem, operand, out);
		}
		break;
	}
	case GOPM__TYPE_INT:
	case GOPM__TYPE_UINT:
	case GOPM__TYPE_FLOAT:
	case GOPM__TYPE_COMPLEX:
		if (!operand->constant) {
			return convert_to_number(ev, node, type, real, operand, out);
		}
		break;
	default:
		break;
	}
	return operand->constant ? gopm__eval_assign(ev, node->at, type, operand, out)
	                         : conversion_error(ev, node->at, operand, type);
}
