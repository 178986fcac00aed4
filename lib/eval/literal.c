/* SPDX-License-Identifier: Apache-2.0 */
/* Values of literals, by the Go specification's "Lexical elements". */
#include <math.h>

#include "eval/eval_private.h"
#include "util/utf8.h"

#define WIDE_INT_MAX ((gopm__wide_int)(~(gopm__wide_uint)0 >> 1))
/* A larger exponent overflows or underflows a float64 for all digits: an expression has at most 16384 of them. */
#define MAX_EXPONENT 100000

static int digit_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* True if each underscore is between two digits, or between the base prefix and a digit. */
static bool underscores_are_valid(gopm_str text)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] != '_') {
			continue;
		}
		bool before = i > 0 && (digit_value(text.data[i - 1]) >= 0 ||
		                        (i == 2 && text.data[0] == '0' && strchr("xXoO", text.data[1]) != NULL));
		if (!before || i + 1 >= text.size || digit_value(text.data[i + 1]) < 0) {
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
		int digit = digit_value(text.data[i]);
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
		int digit = digit_value(c);
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

size_t gopm__encode_rune(gopm__wide_int rune, char *out)
{
	bool good = rune >= 0 && rune <= 0x10ffff && (rune < 0xd800 || rune > 0xdfff);
	uint32_t r = good ? (uint32_t)rune : 0xfffd;

	if (r < 0x80) {
		out[0] = (char)r;
		return 1;
	}
	if (r < 0x800) {
		out[0] = (char)(0xc0 | r >> 6);
		out[1] = (char)(0x80 | (r & 0x3f));
		return 2;
	}
	if (r < 0x10000) {
		out[0] = (char)(0xe0 | r >> 12);
		out[1] = (char)(0x80 | (r >> 6 & 0x3f));
		out[2] = (char)(0x80 | (r & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | r >> 18);
	out[1] = (char)(0x80 | (r >> 12 & 0x3f));
	out[2] = (char)(0x80 | (r >> 6 & 0x3f));
	out[3] = (char)(0x80 | (r & 0x3f));
	return 4;
}

/* Reads one byte or escape sequence at *i and advances *i. *byte: it denotes a byte, not a rune. */
static bool read_escape(gopm_str text, size_t *i, char quote, uint32_t *rune, bool *byte)
{
	static const char names[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
	unsigned count = 0, base = 16;

	*byte = false;
	if (text.data[*i] != '\\') {
		*byte = true;
		*rune = (unsigned char)text.data[(*i)++];
		return true;
	}
	if (++*i >= text.size) {
		return false;
	}
	char c = text.data[(*i)++];
	const char *found = strchr(names, c);
	if (c == quote || (found != NULL && c != '\0')) {
		*rune = c == quote ? (unsigned char)c : (unsigned char)values[found - names];
		return true;
	}
	if (c >= '0' && c <= '7') {
		(*i)--;
		count = 3;
		base = 8;
	} else {
		count = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	}
	*byte = c != 'u' && c != 'U';
	*rune = 0;
	for (unsigned n = 0; n < count; n++, (*i)++) {
		int digit = *i < text.size ? digit_value(text.data[*i]) : -1;
		if (digit < 0 || (unsigned)digit >= base || *rune > UINT32_MAX / 16) {
			return false;
		}
		*rune = *rune * base + (uint32_t)digit;
	}
	bool possible = *byte ? *rune <= 0xff : *rune <= 0x10ffff && (*rune < 0xd800 || *rune > 0xdfff);
	return count != 0 && possible;
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
		if (!read_escape(inner, &i, quote, &rune, &byte)) {
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
		good = read_escape(inner, &i, '\'', &rune, &byte);
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
