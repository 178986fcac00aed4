/* SPDX-License-Identifier: Apache-2.0 */
/* Splits an expression into tokens by the Go specification's "Lexical elements". Literals stay as written: literal.c
 * computes their values. */
#include "eval/token.h"

#include <string.h>

struct operator_token {
	const char *text;
	enum gopm__operator op;
	enum gopm__token_kind kind;
};

/* Longer operators first. "<-" and assignments are tokens of their own, so that an error can name them. */
static const struct operator_token operators[] = {
    {"&^=", 0, GOPM__TOKEN_REFUSED},
    {"<<=", 0, GOPM__TOKEN_REFUSED},
    {">>=", 0, GOPM__TOKEN_REFUSED},
    {"...", 0, GOPM__TOKEN_REFUSED},
    {"||", GOPM__OP_OR_OR, GOPM__TOKEN_OPERATOR},
    {"&&", GOPM__OP_AND_AND, GOPM__TOKEN_OPERATOR},
    {"==", GOPM__OP_EQUAL, GOPM__TOKEN_OPERATOR},
    {"!=", GOPM__OP_NOT_EQUAL, GOPM__TOKEN_OPERATOR},
    {"<=", GOPM__OP_LESS_EQUAL, GOPM__TOKEN_OPERATOR},
    {">=", GOPM__OP_GREATER_EQUAL, GOPM__TOKEN_OPERATOR},
    {"<<", GOPM__OP_SHIFT_LEFT, GOPM__TOKEN_OPERATOR},
    {">>", GOPM__OP_SHIFT_RIGHT, GOPM__TOKEN_OPERATOR},
    {"&^", GOPM__OP_AND_NOT, GOPM__TOKEN_OPERATOR},
    {"<-", GOPM__OP_RECEIVE, GOPM__TOKEN_REFUSED},
    {":=", 0, GOPM__TOKEN_REFUSED},
    {"++", 0, GOPM__TOKEN_REFUSED},
    {"--", 0, GOPM__TOKEN_REFUSED},
    {"+=", 0, GOPM__TOKEN_REFUSED},
    {"-=", 0, GOPM__TOKEN_REFUSED},
    {"*=", 0, GOPM__TOKEN_REFUSED},
    {"/=", 0, GOPM__TOKEN_REFUSED},
    {"%=", 0, GOPM__TOKEN_REFUSED},
    {"&=", 0, GOPM__TOKEN_REFUSED},
    {"|=", 0, GOPM__TOKEN_REFUSED},
    {"^=", 0, GOPM__TOKEN_REFUSED},
    {"<", GOPM__OP_LESS, GOPM__TOKEN_OPERATOR},
    {">", GOPM__OP_GREATER, GOPM__TOKEN_OPERATOR},
    {"+", GOPM__OP_ADD, GOPM__TOKEN_OPERATOR},
    {"-", GOPM__OP_SUBTRACT, GOPM__TOKEN_OPERATOR},
    {"|", GOPM__OP_OR, GOPM__TOKEN_OPERATOR},
    {"^", GOPM__OP_XOR, GOPM__TOKEN_OPERATOR},
    {"*", GOPM__OP_MULTIPLY, GOPM__TOKEN_OPERATOR},
    {"/", GOPM__OP_DIVIDE, GOPM__TOKEN_OPERATOR},
    {"%", GOPM__OP_REMAINDER, GOPM__TOKEN_OPERATOR},
    {"&", GOPM__OP_AND, GOPM__TOKEN_OPERATOR},
    {"!", GOPM__OP_NOT, GOPM__TOKEN_OPERATOR},
    {"=", 0, GOPM__TOKEN_REFUSED},
    {";", 0, GOPM__TOKEN_REFUSED},
};

const char *gopm__operator_text(enum gopm__operator op)
{
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		if (operators[i].op == op && operators[i].kind == GOPM__TOKEN_OPERATOR) {
			return operators[i].text;
		}
	}
	return "?";
}

static bool is_decimal_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c)
{
	return is_decimal_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Bytes of UTF-8 sequences count as letters: Go allows any letter in a name. */
static bool is_name_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || ((unsigned char)c & 0x80) != 0;
}

static struct gopm__token number_token(const char *text, size_t at)
{
	struct gopm__token token = {.kind = GOPM__TOKEN_INT, .at = at};
	size_t i = at;
	bool hex = text[i] == '0' && (text[i + 1] == 'x' || text[i + 1] == 'X');
	bool other = text[i] == '0' && text[i + 1] != '\0' && strchr("bBoO", text[i + 1]) != NULL;

	i += hex || other ? 2 : 0;
	for (; text[i] != '\0'; i++) {
		char c = text[i];
		if (c == '.') {
			if (token.kind == GOPM__TOKEN_FLOAT || other) {
				break;
			}
			token.kind = GOPM__TOKEN_FLOAT;
		} else if (!other && (hex ? c == 'p' || c == 'P' : c == 'e' || c == 'E')) {
			token.kind = GOPM__TOKEN_FLOAT;
			i += text[i + 1] == '+' || text[i + 1] == '-' ? 1 : 0;
		} else if (c != '_' && !(hex ? is_hex_digit(c) : is_decimal_digit(c))) {
			break;
		}
	}
	if (text[i] == 'i') {
		token.kind = GOPM__TOKEN_IMAGINARY;
		i++;
	}
	if (is_name_letter(text[i]) || is_decimal_digit(text[i])) {
		token.kind = GOPM__TOKEN_BAD;
		token.why = "invalid number";
	}
	token.size = i - at;
	return token;
}

static struct gopm__token quoted_token(const char *text, size_t at)
{
	char quote = text[at];
	struct gopm__token token = {.kind = quote == '\'' ? GOPM__TOKEN_RUNE : GOPM__TOKEN_STRING, .at = at};
	size_t i = at + 1;

	for (; text[i] != quote; i++) {
		if (text[i] == '\0' || (text[i] == '\n' && quote != '`')) {
			token.kind = GOPM__TOKEN_BAD;
			token.why = "literal not terminated";
			return token;
		}
		i += text[i] == '\\' && quote != '`' && text[i + 1] != '\0' ? 1 : 0;
	}
	token.size = i + 1 - at;
	return token;
}

struct gopm__token gopm__token_next(const char *text, size_t at)
{
	while (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
		at++;
	}
	struct gopm__token token = {.at = at, .size = 1};
	char c = text[at];
	if (c == '\0') {
		token.size = 0;
		return token;
	}
	/* The compiler names an unnamed result "~r0". */
	if (is_name_letter(c) || (c == '~' && is_name_letter(text[at + 1]))) {
		token.kind = GOPM__TOKEN_NAME;
		while (is_name_letter(text[at + token.size]) || is_decimal_digit(text[at + token.size])) {
			token.size++;
		}
		return token;
	}
	if (is_decimal_digit(c) || (c == '.' && is_decimal_digit(text[at + 1]))) {
		return number_token(text, at);
	}
	if (c == '"' || c == '\'' || c == '`') {
		return quoted_token(text, at);
	}
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		if (strncmp(text + at, operators[i].text, strlen(operators[i].text)) == 0) {
			token.kind = operators[i].kind;
			token.op = operators[i].op;
			token.size = strlen(operators[i].text);
			return token;
		}
	}
	if (strchr("()[]{},:.", c) != NULL) {
		token.kind = GOPM__TOKEN_MARK;
		token.mark = c;
		return token;
	}
	token.kind = GOPM__TOKEN_BAD;
	token.why = "invalid character";
	return token;
}
