/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the evaluator share. Functions return false where they set the evaluator's error. */
#ifndef GOPM_EVAL_EVAL_PRIVATE_H
#define GOPM_EVAL_EVAL_PRIVATE_H

#include "eval/eval.h"
#include "util/str.h"

/* Constants of no type are exact up to these; what is bigger is refused. */
__extension__ typedef __int128 gopm__wide_int;
__extension__ typedef unsigned __int128 gopm__wide_uint;
#ifdef __SIZEOF_FLOAT128__
__extension__ typedef __float128 gopm__wide_float;
#else
typedef long double gopm__wide_float; /* of 113 bits on arm64 */
#endif

/* Bytes of a string or array that operators look at. */
#define GOPM__EVAL_MAX_BYTES (1 << 20)

enum gopm__scalar_kind {
	GOPM__SCALAR_NIL,
	GOPM__SCALAR_BOOL,
	GOPM__SCALAR_INT,
	GOPM__SCALAR_FLOAT,
	GOPM__SCALAR_COMPLEX,
	GOPM__SCALAR_STRING,
};

struct gopm__scalar {
	enum gopm__scalar_kind kind;
	gopm__wide_int integer; /* BOOL, INT */
	gopm__wide_float real, imaginary;
	gopm_str text;
};

/* A constant without a type, or a place with one. */
struct gopm__operand {
	bool constant;
	struct gopm__scalar scalar;  /* of a constant */
	struct gopm__variable place; /* of anything else */
};

struct gopm__eval {
	struct gopm__context *context;
	struct gopm__arena *arena;
	struct gopm__dwarf *dwarf;
	const struct gopm__eval_scope *scope;
	const char *text;
	struct gopm__eval_error *error;
	const struct gopm__variable *least_sure; /* of the frame's variables that were used; NULL: none was */
	bool astray;                             /* one of them leads to what may have been freed */
	uint64_t steps;                          /* values that comparisons may still look at */
	/* The value of a node, for a type's array length: types are below the evaluator. */
	bool (*evaluate)(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out);
};

#define GOPM__EVAL_FAIL(ev, status, at, ...) gopm__eval_fail((ev)->arena, (ev)->error, (status), (at), __VA_ARGS__)

/* The text of a node, for messages. */
int gopm__node_size(const struct gopm__node *node);
#define GOPM__NODE_TEXT(ev, node) gopm__node_size(node), (ev)->text + (node)->at

/* names.c: what a name stands for. False without an error: nothing. */
bool gopm__eval_name(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out);
bool gopm__eval_qualified(struct gopm__eval *ev, size_t at, gopm_str package, gopm_str name, struct gopm__operand *out);

/* package.c */
gopm_str gopm__function_package(gopm_str function);

/* frames.c */
/* The innermost one of the variables with this name. */
bool gopm__eval_local(struct gopm__eval *ev, const struct gopm__frame_variables *variables, gopm_str name,
                      struct gopm__operand *out);
/* True if the node is runtime.frame(N).name. */
bool gopm__is_other_frame(const struct gopm__node *node);
bool gopm__eval_other_frame(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *number,
                            struct gopm__operand *out);
/* runtime.curg and others; *known: the node is one of them. */
bool gopm__eval_special(struct gopm__eval *ev, const struct gopm__node *node, bool *known, struct gopm__operand *out);
/* A variable of the function around the body of a range. False without an error: there is none. */
bool gopm__eval_around(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out);

/* register.c. False without an error: no register has this name. */
bool gopm__eval_register(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out);
/* NAME.float64: as an array. */
bool gopm__eval_register_as(struct gopm__eval *ev, const struct gopm__node *node, gopm_str name,
                            struct gopm__operand *out);

/* type.c */
/* The type that a node names. NULL without an error: it names none. */
const struct gopm__type *gopm__eval_type(struct gopm__eval *ev, const struct gopm__node *node);
/* One with this full name, "runtime.g"; NULL: none. */
const struct gopm__type *gopm__eval_type_named(struct gopm__eval *ev, gopm_str text);

/* type_identity.c */
const struct gopm__type *gopm__type_elem(struct gopm__dwarf *dwarf, const struct gopm__type *type);
bool gopm__type_same(struct gopm__dwarf *dwarf, const struct gopm__type *a, const struct gopm__type *b);
/* Whether a conversion changes the type alone. */
bool gopm__type_same_underlying(struct gopm__dwarf *dwarf, const struct gopm__type *a, const struct gopm__type *b);
const char *gopm__type_text(const struct gopm__type *type);
const char *gopm__operand_type(const struct gopm__operand *operand);

/* literal.c */
bool gopm__eval_literal(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out);
/* The bytes of a string literal. */
bool gopm__eval_unquote(struct gopm__eval *ev, const struct gopm__node *node, gopm_str *out);
size_t gopm__encode_rune(gopm__wide_int rune, char *out);

/* make.c */
struct gopm__operand gopm__constant_int(gopm__wide_int value);
struct gopm__operand gopm__constant_bool(bool value);
/* A value of `type` whose bytes are given; `more` bytes of `contents` lie behind them. */
bool gopm__eval_make(struct gopm__eval *ev, size_t at, const struct gopm__type *type, const void *bytes, size_t size,
                     const void *contents, size_t more, struct gopm__operand *out);
/* A number, bool or string of `type`; integers and floats are cut to its size. */
bool gopm__eval_make_scalar(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                            const struct gopm__scalar *value, struct gopm__operand *out);
bool gopm__eval_make_pointer(struct gopm__eval *ev, size_t at, const struct gopm__type *type, uint64_t address,
                             struct gopm__operand *out);
/* A slice or string header; `bytes` are those that `base` lies in, NULL: the process's. */
bool gopm__eval_make_list(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                          const struct gopm__bytes *bytes, uint64_t base, uint64_t length, uint64_t capacity,
                          uint64_t stride, struct gopm__operand *out);
/* Any operand as a variable: constants without a type have one without a name. */
bool gopm__eval_finish(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *operand,
                       struct gopm__variable *out);

/* scalar.c: reads what a number, bool or string is. */
bool gopm__eval_readable(struct gopm__eval *ev, size_t at, const struct gopm__operand *operand);
bool gopm__eval_scalar(struct gopm__eval *ev, size_t at, const struct gopm__operand *operand, struct gopm__scalar *out);
bool gopm__eval_word(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, uint64_t *out);
/* Words that may be nil: pointers, maps, channels, functions, slices, interfaces. */
bool gopm__eval_is_nil(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, bool *out);
bool gopm__kind_has_nil(uint32_t kind);

/* convert.c */
/* A constant as a value of `type`, by the rules of assignment. */
bool gopm__eval_assign(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                       const struct gopm__operand *constant, struct gopm__operand *out);
bool gopm__eval_convert(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__type *type,
                        const struct gopm__operand *operand, struct gopm__operand *out);

/* ops.c */
bool gopm__eval_unary(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      struct gopm__operand *out);
bool gopm__eval_binary(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                       const struct gopm__operand *y, struct gopm__operand *out);
/* Gives both the same type, or leaves both constants. */
bool gopm__eval_match(struct gopm__eval *ev, size_t at, struct gopm__operand *x, struct gopm__operand *y);

/* compare.c */
bool gopm__eval_order(struct gopm__eval *ev, size_t at, const struct gopm__scalar *a, const struct gopm__scalar *b,
                      int *out, bool *unordered);
bool gopm__eval_equal(struct gopm__eval *ev, size_t at, const struct gopm__variable *a, const struct gopm__variable *b,
                      unsigned depth, bool *out);

/* access.c, select.c, map.c */
bool gopm__eval_select(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                       struct gopm__operand *out);
bool gopm__eval_index(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      const struct gopm__operand *index, struct gopm__operand *out);
bool gopm__eval_slice(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      const struct gopm__operand *low, const struct gopm__operand *high, struct gopm__operand *out);
bool gopm__eval_deref(struct gopm__eval *ev, size_t at, const struct gopm__operand *x, struct gopm__operand *out);
bool gopm__eval_address(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                        struct gopm__operand *out);
bool gopm__eval_assert(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                       struct gopm__operand *out);
bool gopm__eval_map_index(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__variable *map,
                          const struct gopm__operand *key, struct gopm__operand *out);
/* The length of a list of any kind, for len() and bounds; and its capacity. */
bool gopm__eval_length(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, int64_t *length,
                       int64_t *capacity);

/* builtin.c: len, cap, real, imag, complex, min, max */
#define GOPM__BUILTIN_MAX_ARGUMENTS 16
struct gopm__builtin;
/* The built-in function that a node names. NULL: it names none. */
const struct gopm__builtin *gopm__builtin_named(const struct gopm__node *function);
/* True if `call` has as many arguments as the function takes. */
bool gopm__builtin_accepts(struct gopm__eval *ev, const struct gopm__builtin *builtin, const struct gopm__node *call);
/* The result for the arguments `x` of `call`, which gopm__builtin_accepts() accepted. */
bool gopm__eval_builtin(struct gopm__eval *ev, const struct gopm__builtin *builtin, const struct gopm__node *call,
                        struct gopm__operand *x, struct gopm__operand *out);

#endif
