/* SPDX-License-Identifier: Apache-2.0 */
/* State of the parser: the current token, the error, and the constructor of nodes. parse.c has the grammar. */
#ifndef GOPM_EVAL_PARSER_H
#define GOPM_EVAL_PARSER_H

#include "eval/token.h"

struct gopm__parser {
	struct gopm__arena *arena;
	struct gopm__eval_error *error;
	const char *text;
	struct gopm__token token; /* the current one */
	size_t before;            /* end of the previous token */
	unsigned level;           /* of nested brackets and unary operators */
};

/* Sets the error. Always returns NULL. */
void *gopm__parser_fail(struct gopm__parser *p, gopm_status status, size_t at, const char *why);
/* Sets an error that names the current token and `wanted`. Always returns NULL. */
void *gopm__parser_unexpected(struct gopm__parser *p, const char *wanted);

/* Reads the next token. */
void gopm__parser_advance(struct gopm__parser *p);
/* True if the current token is the bracket or punctuation `mark`. */
bool gopm__parser_at_mark(const struct gopm__parser *p, char mark);
/* True if the current token is the name `word`. */
bool gopm__parser_at_word(const struct gopm__parser *p, const char *word);
/* Consumes `mark`, or sets an error and returns false. */
bool gopm__parser_expect(struct gopm__parser *p, char mark);
/* Enters one level of nesting. False: too many; the error is set. */
bool gopm__parser_enter(struct gopm__parser *p);

/* Makes a node with the children `x` and `y`, which may be NULL. NULL: out of memory, or the tree is too deep. */
struct gopm__node *gopm__parser_node(struct gopm__parser *p, enum gopm__node_kind kind, size_t at, struct gopm__node *x,
                                     struct gopm__node *y);
/* Consumes the current token and makes it a node without children. */
struct gopm__node *gopm__parser_leaf(struct gopm__parser *p, enum gopm__node_kind kind);

#endif
