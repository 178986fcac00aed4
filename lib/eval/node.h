/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax tree of a Go expression. It refers to the expression's text and knows nothing about a core. */
#ifndef GOPM_EVAL_NODE_H
#define GOPM_EVAL_NODE_H

#include <gopm/types.h>
#include <stdbool.h>

#include "eval/error.h"

/* Limits on the bytes of an expression and on the depth of its tree. The evaluator recurses as deep as the tree. */
#define GOPM__EVAL_MAX_SIZE 16384
#define GOPM__EVAL_MAX_DEPTH 100

enum gopm__node_kind {
	GOPM__NODE_NAME,       /* text */
	GOPM__NODE_INT,        /* text: the literal as written */
	GOPM__NODE_FLOAT,      /* text */
	GOPM__NODE_IMAGINARY,  /* text, including the "i" */
	GOPM__NODE_RUNE,       /* text, including the quotes */
	GOPM__NODE_STRING,     /* text, including the quotes */
	GOPM__NODE_SELECT,     /* x.text */
	GOPM__NODE_INDEX,      /* x[list] */
	GOPM__NODE_SLICE,      /* x[y:z], y and z may be NULL */
	GOPM__NODE_ASSERT,     /* x.(y) */
	GOPM__NODE_CALL,       /* x(list): a call or a conversion */
	GOPM__NODE_STAR,       /* *x: a dereference or a pointer type */
	GOPM__NODE_UNARY,      /* op x */
	GOPM__NODE_BINARY,     /* x op y */
	GOPM__NODE_TYPE_SLICE, /* []x */
	GOPM__NODE_TYPE_ARRAY, /* [y]x */
	GOPM__NODE_TYPE_MAP,   /* map[x]y */
	GOPM__NODE_TYPE_CHAN,  /* chan x; op: NONE, RECEIVE or SEND */
	GOPM__NODE_TYPE_EMPTY, /* interface{} or struct{}; text */
};

enum gopm__operator {
	GOPM__OP_NONE,
	GOPM__OP_OR_OR,
	GOPM__OP_AND_AND,
	GOPM__OP_EQUAL,
	GOPM__OP_NOT_EQUAL,
	GOPM__OP_LESS,
	GOPM__OP_LESS_EQUAL,
	GOPM__OP_GREATER,
	GOPM__OP_GREATER_EQUAL,
	GOPM__OP_ADD,
	GOPM__OP_SUBTRACT,
	GOPM__OP_OR,
	GOPM__OP_XOR,
	GOPM__OP_MULTIPLY,
	GOPM__OP_DIVIDE,
	GOPM__OP_REMAINDER,
	GOPM__OP_SHIFT_LEFT,
	GOPM__OP_SHIFT_RIGHT,
	GOPM__OP_AND,
	GOPM__OP_AND_NOT,
	GOPM__OP_NOT,
	GOPM__OP_RECEIVE, /* of a channel type: <-chan */
	GOPM__OP_SEND,    /* chan<- */
};

struct gopm__node {
	enum gopm__node_kind kind;
	enum gopm__operator op;
	size_t at, end; /* offsets in the expression */
	size_t mark;    /* offset of the operator, the bracket, or the name after "." */
	unsigned depth;
	gopm_str text;
	struct gopm__node *x, *y, *z;
	struct gopm__node *list, *next; /* arguments, linked by `next` */
	size_t list_count;
};

/* Parses `expression` into a tree in `arena`. Returns NULL and sets *error on failure. */
struct gopm__node *gopm__eval_parse(struct gopm__arena *arena, const char *expression, struct gopm__eval_error *error);

/* The text of an operator, such as "&&". */
const char *gopm__operator_text(enum gopm__operator op);

#endif
