/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces between the files of the evaluator, lowest layer first. Each file calls those above it in this header.
 * Functions that return bool return false after they set the evaluator's error, unless said otherwise. */
#ifndef GOPM_EVAL_EVAL_PRIVATE_H
#define GOPM_EVAL_EVAL_PRIVATE_H

#include "dwarf/names.h"
#include "eval/eval.h"
#include "type/identity.h"
#include "type/synthetic.h"
#include "util/str.h"

/* Untyped constants are exact in these types. Larger constants are errors. */
__extension__ typedef __int128 gopm__wide_int;
__extension__ typedef unsigned __int128 gopm__wide_uint;
#ifdef __SIZEOF_FLOAT128__
__extension__ typedef __float128 gopm__wide_float;
#else
typedef long double gopm__wide_float; /* 113 bits of precision on arm64 */
#endif

/* Largest string or array, in bytes, that an operator reads or makes. */
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

/* An untyped constant, or a typed value. */
struct gopm__operand {
	bool constant;
	struct gopm__scalar scalar;  /* if constant */
	struct gopm__variable value; /* otherwise */
};

struct gopm__eval {
	struct gopm__context *context;
	struct gopm__arena *arena;
	struct gopm__types *types;
	const struct gopm__eval_scope *scope;
	const char *text;
	struct gopm__eval_error *error;
	const struct gopm__variable *least_sure; /* of the frame's variables used so far; NULL: none */
	bool dangling;                           /* true if one of them has a pointer that may dangle */
	uint64_t steps;                          /* values that comparisons may still read */
	/* Evaluates a node. type.c needs the length in [N]T, and eval.c is above it. */
	bool (*evaluate)(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out);
};

/* error.c, eval.c */
#define GOPM__EVAL_FAIL(ev, status, at, ...) gopm__eval_fail((ev)->arena, (ev)->error, (status), (at), __VA_ARGS__)
/* Sets the error that memory cannot be read, for the reason `why`. Returns false. */
#define GOPM__EVAL_UNREADABLE(ev, at, why)                                                                             \
	GOPM__EVAL_FAIL((ev), GOPM_ERR_MISSING_MEMORY, (at), "cannot be read: %s", (why))

/* The source text of a node, as the arguments of "%.*s". */
#define GOPM__NODE_TEXT(ev, node) gopm__node_size(node), (ev)->text + (node)->at
int gopm__node_size(const struct gopm__node *node);

/* package.c */
/* "net/http" of the function "net/http.(*conn).serve". */
gopm_str gopm__function_package(gopm_str function);

/* make.c */
struct gopm__operand gopm__constant_int(gopm__wide_int value);
struct gopm__operand gopm__constant_bool(bool value);
/* Makes a value of `type` from its bytes. `contents` follow it, for a string or slice that points to them. */
bool gopm__eval_make_value(struct gopm__eval *ev, size_t at, const struct gopm__type *type, gopm_str value,
                           gopm_str contents, struct gopm__operand *out);
/* Makes a number, bool or string. Integers and floats are truncated to the size of `type`. */
bool gopm__eval_make_scalar(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                            const struct gopm__scalar *value, struct gopm__operand *out);
bool gopm__eval_make_pointer(struct gopm__eval *ev, size_t at, const struct gopm__type *type, uint64_t address,
                             struct gopm__operand *out);
/* The header of a slice or string. */
struct gopm__list_header {
	const struct gopm__bytes *bytes; /* that contain `base`; NULL: memory of the process */
	uint64_t base, length, capacity, stride;
};
bool gopm__eval_make_list(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                          const struct gopm__list_header *list, struct gopm__operand *out);
/* Converts the result of an expression to a variable, named as the expression. An untyped constant gets a type without
 * a name. */
bool gopm__eval_finish(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *operand,
                       struct gopm__variable *out);

/* scalar.c */
/* The name of an operand's type, for messages. */
const char *gopm__operand_type(const struct gopm__operand *operand);
/* Fails unless the operand is a constant or has an address. */
bool gopm__eval_readable(struct gopm__eval *ev, size_t at, const struct gopm__operand *operand);
/* Reads a number, bool or string. */
bool gopm__eval_scalar(struct gopm__eval *ev, size_t at, const struct gopm__operand *operand, struct gopm__scalar *out);
/* Reads the first word of a value. */
bool gopm__eval_word(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, uint64_t *out);
/* True if values of the GOPM_KIND_* can be nil. */
bool gopm__kind_has_nil(uint32_t kind);
/* *out: true if the value, of a kind that can be nil, is nil. */
bool gopm__eval_is_nil(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, bool *out);

/* literal.c */
bool gopm__eval_literal(struct gopm__eval *ev, const struct gopm__node *node, struct gopm__operand *out);
/* The bytes that a string literal denotes. */
bool gopm__eval_unquote(struct gopm__eval *ev, const struct gopm__node *node, gopm_str *out);

/* convert.c */
/* Gives an untyped constant a type, by Go's rules of assignability. */
bool gopm__eval_assign(struct gopm__eval *ev, size_t at, const struct gopm__type *type,
                       const struct gopm__operand *constant, struct gopm__operand *out);
/* T(x) */
bool gopm__eval_convert(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__type *type,
                        const struct gopm__operand *operand, struct gopm__operand *out);

/* compare.c */
bool gopm__eval_order(struct gopm__eval *ev, size_t at, const struct gopm__scalar *a, const struct gopm__scalar *b,
                      int *out, bool *unordered);
bool gopm__eval_equal(struct gopm__eval *ev, size_t at, const struct gopm__variable *a, const struct gopm__variable *b,
                      unsigned depth, bool *out);

/* ops.c */
bool gopm__eval_unary(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      struct gopm__operand *out);
bool gopm__eval_binary(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                       const struct gopm__operand *y, struct gopm__operand *out);
/* Gives a constant the type of the other operand. Two constants stay untyped; different types are an error. */
bool gopm__eval_match_types(struct gopm__eval *ev, size_t at, struct gopm__operand *x, struct gopm__operand *y);

/* type.c */
/* The type that a node names. NULL without an error: it names none. */
const struct gopm__type *gopm__eval_type(struct gopm__eval *ev, const struct gopm__node *node);
/* The type with this full name, such as "runtime.g". NULL: there is none. */
const struct gopm__type *gopm__eval_type_named(struct gopm__eval *ev, gopm_str text);

/* map.c */
bool gopm__eval_map_index(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__variable *map,
                          const struct gopm__operand *key, struct gopm__operand *out);

/* access.c */
bool gopm__eval_index(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      const struct gopm__operand *index, struct gopm__operand *out);
bool gopm__eval_slice(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                      const struct gopm__operand *low, const struct gopm__operand *high, struct gopm__operand *out);
bool gopm__eval_deref(struct gopm__eval *ev, size_t at, const struct gopm__operand *x, struct gopm__operand *out);
bool gopm__eval_address(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                        struct gopm__operand *out);
bool gopm__eval_type_assertion(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                               struct gopm__operand *out);
/* Length and capacity of a string, array, slice, map or channel. *capacity is -1 if the kind has none. */
bool gopm__eval_length(struct gopm__eval *ev, size_t at, const struct gopm__variable *v, int64_t *length,
                       int64_t *capacity);

/* select.c */
bool gopm__eval_select(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *x,
                       struct gopm__operand *out);

/* builtin.c: len, cap, real, imag, complex, min, max */
#define GOPM__BUILTIN_MAX_ARGUMENTS 16
struct gopm__builtin;
/* The built-in function that a node names. NULL: it names none. */
const struct gopm__builtin *gopm__builtin_named(const struct gopm__node *function);
/* Checks the number of arguments of `call`. */
bool gopm__builtin_accepts(struct gopm__eval *ev, const struct gopm__builtin *builtin, const struct gopm__node *call);
/* Calls the function with `x`, the evaluated arguments of a `call` that gopm__builtin_accepts() accepted. */
bool gopm__eval_builtin(struct gopm__eval *ev, const struct gopm__builtin *builtin, const struct gopm__node *call,
                        struct gopm__operand *x, struct gopm__operand *out);

/* register.c */
/* A register by its name in capitals. False without an error: no register has this name. */
bool gopm__eval_register(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out);
/* NAME.float64: a register as an array. */
bool gopm__eval_register_array(struct gopm__eval *ev, const struct gopm__node *node, gopm_str name,
                               struct gopm__operand *out);

/* frames.c */
/* The innermost of the variables with this name. False without an error: there is none. */
bool gopm__eval_frame_variable(struct gopm__eval *ev, const struct gopm__variable_list *variables, gopm_str name,
                               struct gopm__operand *out);
/* A variable of the function around a range-over-func body. False without an error: there is none. */
bool gopm__eval_enclosing_variable(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out);
/* runtime.curg, runtime.frameoff. *known: the node is one of them. */
bool gopm__eval_runtime_name(struct gopm__eval *ev, const struct gopm__node *node, bool *known,
                             struct gopm__operand *out);
/* True if the node is runtime.frame(N).name. */
bool gopm__is_other_frame(const struct gopm__node *node);
bool gopm__eval_other_frame(struct gopm__eval *ev, const struct gopm__node *node, const struct gopm__operand *number,
                            struct gopm__operand *out);

/* c.c */
/* The variable or enumerator of C that `C.name` denotes, or, if `package` is not C, that of the file `package`. False
 * without an error: there is none. */
bool gopm__eval_c_name(struct gopm__eval *ev, size_t at, gopm_str package, gopm_str name, struct gopm__operand *out);
/* What `name` denotes in a frame of C, outside of its function. False without an error: nothing. */
bool gopm__eval_native_name(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out);
/* The type C.name, if `package` is C. NULL without an error: there is none. */
const struct gopm__type *gopm__eval_c_type(struct gopm__eval *ev, size_t at, gopm_str package, gopm_str name);

/* names.c */
/* The variable, constant or register that a name denotes. False without an error: undefined. */
bool gopm__eval_name(struct gopm__eval *ev, size_t at, gopm_str name, struct gopm__operand *out);
/* The same for package.name. */
bool gopm__eval_qualified(struct gopm__eval *ev, size_t at, gopm_str package, gopm_str name, struct gopm__operand *out);

#endif
