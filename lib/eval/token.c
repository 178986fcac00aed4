/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/token.h"

#include <string.h>

struct word {
	const char *text;
	enum gopm__operator op;
	enum gopm__token_kind kind;
};

/* Longer ones first. "<-" and what assigns are read whole, so that what is refused is named. */
static const struct word words[] = {
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
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (words[i].op == op && words[i].kind == GOPM__TOKEN_OPERATOR) {
			return words[i].text;
		}
	}
	return "?";
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* What is no ASCII counts as a letter: names of Go may hold any. */
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || ((unsigned char)c & 0x80) != 0;
}

static struct gopm__token number(const char *text, size_t at)
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
		} else if (c != '_' && !(hex ? is_hex(c) : is_digit(c))) {
			break;
		}
	}
	if (text[i] == 'i') {
		token.kind = GOPM__TOKEN_IMAGINARY;
		i++;
	}
	if (is_letter(text[i]) || is_digit(text[i])) {
		token.kind = GOPM__TOKEN_BAD;
		token.why = "not a number";
	}
	token.size = i - at;
	return token;
}

static struct gopm__token quoted(const char *text, size_t at)
{
	char quote = text[at];
	struct gopm__token token = {.kind = quote == '\'' ? GOPM__TOKEN_RUNE : GOPM__TOKEN_STRING, .at = at};
	size_t i = at + 1;

	for (; text[i] != quote; i++) {
		if (text[i] == '\0' || (text[i] == '\n' && quote != '`')) {
			token.kind = GOPM__TOKEN_BAD;
			token.why = "its closing quote is missing";
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
	/* "~r0" is the name that the compiler gives a result without one. */
	if (is_letter(c) || (c == '~' && is_letter(text[at + 1]))) {
		token.kind = GOPM__TOKEN_NAME;
		while (is_letter(text[at + token.size]) || is_digit(text[at + token.size])) {
			token.size++;
		}
		return token;
	}
	if (is_digit(c) || (c == '.' && is_digit(text[at + 1]))) {
		return number(text, at);
	}
	if (c == '"' || c == '\'' || c == '`') {
		return quoted(text, at);
	}
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strncmp(text + at, words[i].text, strlen(words[i].text)) == 0) {
			token.kind = words[i].kind;
			token.op = words[i].op;
			token.size = strlen(words[i].text);
			return token;
		}
	}
	if (strchr("()[]{},:.", c) != NULL) {
		token.kind = GOPM__TOKEN_MARK;
		token.mark = c;
		return token;
	}
	token.kind = GOPM__TOKEN_BAD;
	token.why = "this is no part of an expression";
	return token;
}
