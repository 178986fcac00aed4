/* SPDX-License-Identifier: Apache-2.0 */
/* Go tokens, limited to those of expressions. */
#ifndef GOPM_EVAL_TOKEN_H
#define GOPM_EVAL_TOKEN_H

#include "eval/node.h"

enum gopm__token_kind {
	GOPM__TOKEN_END,
	GOPM__TOKEN_NAME,
	GOPM__TOKEN_INT,
	GOPM__TOKEN_FLOAT,
	GOPM__TOKEN_IMAGINARY,
	GOPM__TOKEN_RUNE,
	GOPM__TOKEN_STRING,
	GOPM__TOKEN_OPERATOR, /* `op` */
	GOPM__TOKEN_MARK,     /* one of ( ) [ ] { } , : . in `mark` */
	GOPM__TOKEN_REFUSED,  /* an operator of statements: = := ++ <- ... */
	GOPM__TOKEN_BAD,      /* not a token; `why` is the reason */
};

struct gopm__token {
	enum gopm__token_kind kind;
	enum gopm__operator op;
	char mark;
	size_t at, size;
	const char *why;
};

/* The first token at or after `at`. */
struct gopm__token gopm__token_next(const char *expression, size_t at);

#endif
