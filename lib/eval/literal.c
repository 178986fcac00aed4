/* SPDX-License-Identifier: Apache-2.0 */
/* Values of literals, by the Go specification's "Lexical elements". */
#include <math.h>

#include "eval/eval_private.h"
#include "util/unescape.h"
#include "util/utf8.h"

#define WIDE_INT_MAX ((gopm__wide_int)(~(gopm__wide_uint)0 >> 1))
/* A larger exponent overflows or underflows a float64 for all digits: an expression has at most 16384 of them. */
#define MAX_EXPONENT 100000

/* True if each underscore is between two digits, or between the base prefix and a digit. */
static bool underscores_are_valid(gopm_str text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] != '_') {
			continue;
		}
		bool before = i > 0 && (gopm__digit_value(text.data[i - 1]) >= 0 ||
		                        (i == 2 && text.data[0] == '0' && strchr("xXoO", text.data[1]) != NULL));
		if (!before || i + 1 >= text.size || gopm__digit_value(text.data[i + 1]) < 0) {
			return false;
		}
	}
	return true;
}

static bool read_int_literal(struct gopm__eval *ev, const struct gopm__node *node, gopm_str text, gopm__wide_int *out)
{
	unsigned base = 10;
	size_t i = 0;

	*out = 0;
	if (text.size > 1 && text.data[0] == '0') {
		char mark = text.data[1];
		base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
		i = mark == '_' || (mark >= '0' && mark <= '9') ? 1 : 2;
	}
	if (i == text.size || !underscores_are_valid(text)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "invalid number");
	}
	for (; i < text.size; i++) {
		int digit = gopm__digit_value(text.data[i]);
		if (text.data[i] == '_') {
			continue;
		}
		if (digit < 0 || (unsigned)digit >= base) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at + i,
			                       "invalid digit in a number of base %u", base);
		}
		if (*out > (WIDE_INT_MAX - digit) / (int)base) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, node->at, "constant too large");
		}
		*out = *out * (int)base + digit;
	}
	return true;
}

static gopm__wide_float raise_to_power(gopm__wide_float base, unsigned exponent)
{
	gopm__wide_float result = 1;

	for (; exponent != 0; exponent >>= 1) {
		result *= exponent & 1 ? base : 1;
		base *= exponent > 1 ? base : 1;
	}
	return result;
}

static bool read_exponent(gopm_str text, size_t at, int *out)
{
	bool minus = at < text.size && text.data[at] == '-';
	bool any = false;

	*out = 0;
	at += at < text.size && (minus || text.data[at] == '+') ? 1 : 0;
	for (; at < text.size; at++) {
		if (text.data[at] == '_') {
			continue;
		}
		if (text.data[at] < '0' || text.data[at] > '9') {
			return false;
		}
		any = true;
		*out = *out < MAX_EXPONENT ? *out * 10 + (text.data[at] - '0') : MAX_EXPONENT;
	}
	*out = minus ? -*out : *out;
	return any;
}

/* Digits after the first 38 or so count as zeroes. They affect a float64 only if the digits before them are within
 * 2^-100 of the midpoint between two float64 values. */
static bool read_float_literal(struct gopm__eval *ev, const struct gopm__node *node, gopm_str text,
                               gopm__wide_float *out)
{
	bool hex = text.size > 1 && text.data[0] == '0' && (text.data[1] == 'x' || text.data[1] == 'X');
	unsigned base = hex ? 16 : 10;
	gopm__wide_int digits = 0;
	int scale = 0, exponent = 0;
	bool point = false, any = false, scaled = false;

	*out = 0;
	size_t i = hex ? 2 : 0;
	for (; i < text.size; i++) {
		char c = text.data[i];
		int digit = gopm__digit_value(c);
		if (c == '.') {
			point = true;
		} else if (hex ? c == 'p' || c == 'P' : c == 'e' || c == 'E') {
			scaled = read_exponent(text, i + 1, &exponent);
			break;
		} else if (c != '_' && (digit < 0 || (unsigned)digit >= base)) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at + i,
			                       "invalid digit in a number of base %u", base);
		} else if (c != '_') {
			any = true;
			if (digits <= (WIDE_INT_MAX - digit) / (int)base) {
				digits = digits * (int)base + digit;
				scale -= point ? 1 : 0;
			} else {
				scale += point ? 0 : 1;
			}
		}
	}
	if (!any || (i < text.size && !scaled) || (hex && !scaled) || !underscores_are_valid(text)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "invalid number");
	}
	exponent += hex ? scale * 4 : scale;
	gopm__wide_float factor = raise_to_power(hex ? 2 : 10, (unsigned)(exponent < 0 ? -exponent : exponent));
	*out = exponent < 0 ? (gopm__wide_float)digits / factor : (gopm__wide_float)digits * factor;
	if (digits == 0) {
		*out = 0;
	} else if (!isfinite((double)*out)) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_LIMIT, node->at, "constant overflows float64");
	}
	return true;
}

bool gopm__eval_unquote(struct gopm__eval *ev, const struct gopm__node *node, gopm_str *out)
{
	gopm_str inner = {node->text.data + 1, node->text.size - 2};
	char quote = node->text.data[0], *copy = gopm__arena_alloc(ev->arena, inner.size * 4 + 4);
	size_t size = 0;

	*out = (gopm_str){"", 0};
	if (copy == NULL) {
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_NO_MEMORY, node->at, "out of memory");
	}
	for (size_t i = 0; i < inner.size;) {
		size_t start = i;
		uint32_t rune;
		bool byte;
		if (quote == '`') {
			/* Go discards carriage returns in raw strings. */
			if (inner.data[i] != '\r') {
				copy[size++] = inner.data[i];
			}
			i++;
			continue;
		}
		if (!gopm__unescape(inner, &i, quote, &rune, &byte)) {
			return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at + 1 + start, "unknown escape sequence");
		}
		if (byte) {
			copy[size++] = (char)rune;
		} else {
			size += gopm__encode_rune(rune, copy + size);
		}
	}
	*out = (gopm_str){copy, size};
	return true;
}

static bool read_rune_literal(struct gopm__eval *ev, const struct gopm__node *node, gopm__wide_int *out)
{
	gopm_str inner = {node->text.data + 1, node->text.size - 2};
	size_t i = 0;
	uint32_t rune = 0;
	bool byte, good = inner.size != 0;

	if (good && inner.data[0] == '\\') {
		good = gopm__unescape(inner, &i, '\'', &rune, &byte);
	} else if (good) {
		i = gopm__decode_rune((const unsigned char *)inner.data, inner.size, &rune);
		good = i != 0;
	}
	*out = rune;
	return good && i == inner.size
	           ? true
	           : GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "a rune literal must be one character");
}

bool gopm__eval_literal(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out)
{
	struct gopm__scalar *s = &out->scalar;
	gopm_str text = node->text;

	*out = (struct gopm__operand){.constant = true, .scalar = {.text = {"", 0}}};
	switch (node->kind) {
	case GOPM__NODE_INT:
		s->kind = GOPM__SCALAR_INT;
		return read_int_literal(ev, node, text, &s->integer);
	case GOPM__NODE_RUNE:
		s->kind = GOPM__SCALAR_INT;
		return read_rune_literal(ev, node, &s->integer);
	case GOPM__NODE_FLOAT:
		s->kind = GOPM__SCALAR_FLOAT;
		return read_float_literal(ev, node, text, &s->real);
	case GOPM__NODE_IMAGINARY: {
		bool other = text.size > 2 && text.data[0] == '0' && strchr("xXbBoO", text.data[1]) != NULL &&
		             memchr(text.data, 'p', text.size) == NULL && memchr(text.data, 'P', text.size) == NULL;
		gopm__wide_int integer = 0;
		s->kind = GOPM__SCALAR_COMPLEX;
		text.size--;
		if (other) {
			bool good = read_int_literal(ev, node, text, &integer);
			s->imaginary = (gopm__wide_float)integer;
			return good;
		}
		return read_float_literal(ev, node, text, &s->imaginary);
	}
	case GOPM__NODE_STRING:
		s->kind = GOPM__SCALAR_STRING;
		return gopm__eval_unquote(ev, node, &s->text);
	default:
		return GOPM__EVAL_FAIL(ev, GOPM_ERR_ARGUMENT, node->at, "not a literal");
	}
}
