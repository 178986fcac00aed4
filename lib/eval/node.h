/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of Go as a tree: what the parser gives and the evaluator takes. Nothing here knows a core. */
#ifndef GOPM_EVAL_NODE_H
#define GOPM_EVAL_NODE_H

#include <gopm/types.h>
#include <stdbool.h>

#include "util/arena.h"

/* Bytes of an expression, and levels of its tree: what evaluates it goes as deep. */
#define GOPM__EVAL_MAX_SIZE 16384
#define GOPM__EVAL_MAX_DEPTH 100

enum gopm__node_kind {
	GOPM__NODE_NAME,       /* text */
	GOPM__NODE_INT,        /* text: as written */
	GOPM__NODE_FLOAT,      /* text */
	GOPM__NODE_IMAGINARY,  /* text, with its "i" */
	GOPM__NODE_RUNE,       /* text, with its quotes */
	GOPM__NODE_STRING,     /* text, with its quotes */
	GOPM__NODE_SELECT,     /* x.text */
	GOPM__NODE_INDEX,      /* x[list] */
	GOPM__NODE_SLICE,      /* x[y:z], y and z may be NULL */
	GOPM__NODE_ASSERT,     /* x.(y) */
	GOPM__NODE_CALL,       /* x(list), conversions too */
	GOPM__NODE_STAR,       /* *x, a value or a type */
	GOPM__NODE_UNARY,      /* op x */
	GOPM__NODE_BINARY,     /* x op y */
	GOPM__NODE_TYPE_SLICE, /* []x */
	GOPM__NODE_TYPE_ARRAY, /* [y]x */
	GOPM__NODE_TYPE_MAP,   /* map[x]y */
	GOPM__NODE_TYPE_CHAN,  /* chan x; op: as gopm__operator */
	GOPM__NODE_TYPE_EMPTY, /* interface{} and struct{}: text */
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
	size_t at, end; /* bytes of the expression */
	size_t mark;    /* where the operator, "(", "[" or name after "." stands */
	unsigned depth;
	gopm_str text;
	struct gopm__node *x, *y, *z;
	struct gopm__node *list, *next; /* list: arguments, linked by next */
	size_t list_count;
};

/* Why and where an expression is refused. `text` lives as long as the arena. */
struct gopm__eval_error {
	gopm_status status;
	size_t at;
	const char *text;
};

/* Sets the error; false, so that a caller can return it. The first one stays. */
bool gopm__eval_fail(struct gopm__arena *arena, struct gopm__eval_error *error, gopm_status status, size_t at,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The tree, in `arena`; NULL: *error says why. */
struct gopm__node *gopm__eval_parse(struct gopm__arena *arena, const char *expression, struct gopm__eval_error *error);

/* Binary operators' text: "&&". */
const char *gopm__operator_text(enum gopm__operator op);

#endif
