/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/eval.h
 * Evaluates Go expressions, and finds package variables.
 *
 * Since: 0.9
 */
#ifndef GOPM_EVAL_H
#define GOPM_EVAL_H

#include <gopm/value.h>

GOPM_BEGIN_DECLS

/**
 * Evaluates a Go expression on a frame, as Delve's `print` does. It accepts:
 *
 * - Names: variables of the frame; variables and constants of its function's package; `package.Name`, with the name of
 *   the package or the last element of its path; `"net/http".Name`, with the full path.
 * - `C.name`: variables and enumerators of C. `"b.c".name`, if several files define one. Types as cgo names them:
 *   `(*C.struct_point)(0x4a1f00)`. What the executable lacks may be of one library with DWARF, if all names of the
 *   expression are.
 * - `x.f`, through pointers, embedded fields, interfaces, captured variables, and the header of a channel. Its `buf` is
 *   a pointer to the array of its slots; `recvq[i]` and `sendq[i]` are the ids of goroutines that wait.
 * - Containers: `m[key]` and `len(m)` of a sync.Map; `x.(data)` for what gopm_value_content() gives.
 * - `x[i]` of slices, arrays, strings and maps; `x[i:j]`; `*x`; `&x`; `x.(T)`; `x.(data)` for the dynamic value of an
 *   interface.
 * - Conversions to types in the DWARF, to pointers, slices and arrays of them, and from integers to pointers:
 *   `(*main.T)(0xc000112000)`. A type may be a string, as values show it: `("*net/http.conn")(0xc000112000)`.
 * - Operators + - * / % & | ^ &^ << >> == != < <= > >= && || !, literals, true, false, nil.
 * - len, cap, min, max, real, imag, complex.
 * - Delve's additions: `m[64:]`, a map from its 64th entry on; `runtime.curg`; `runtime.frame(2).name`;
 *   `runtime.frameoff`; registers, `RAX`, `XMM0.float64`.
 *
 * Without DWARF, types come from type descriptors, and the frame has the variables arg0, arg1, ...
 *
 * Typed integers wrap around, as in the program. Constants that overflow are refused. So are function calls,
 * assignments, channel operations, composite literals, function literals and 3-index slices.
 *
 * @param stack the stack of the frame; NULL: no frame, only package scope
 * @param frame index of the frame, as in gopm_stack_frames()
 * @param expression NUL-terminated
 * @param options NULL: defaults
 * @param out the value, owned by the caller; release it with gopm_value_free(). It has an address only if it is a
 *   variable. Its provenance is the least sure one of the variables in the expression. If the whole expression is an
 *   unreadable variable, the value says why; an unreadable operand is a failure
 * @param err its gopm_error_expression_offset() is a byte offset in `expression`
 * @return GOPM_OK; GOPM_NOT_FOUND (a map does not have the key); GOPM_ERR_EXPRESSION (syntax error, unknown name,
 *   mismatched types, index out of range, nil dereference); GOPM_ERR_ARGUMENT (NULL, or no such frame);
 *   GOPM_ERR_UNSUPPORTED (valid Go that is refused);
 *   GOPM_ERR_MISSING_MEMORY (an operand is unreadable); GOPM_ERR_LIMIT; GOPM_ERR_NO_DWARF; GOPM_ERR_FORMAT (damaged
 *   DWARF); GOPM_ERR_CANCELLED (gopm_core_set_progress()); GOPM_ERR_NO_MEMORY.
 * Source: the Go specification; .debug_info.  Since: 0.9
 */
GOPM_API gopm_status gopm_eval(gopm_core *core, const gopm_stack *stack, size_t frame, const char *expression,
                               const gopm_value_options *options, gopm_value **out, gopm_error **err);

/**
 * Finds package variables in the DWARF, in the order of their names. With GOPM_VALUE_OPTION_C in the options these are
 * variables of C, C++ and Rust: those of the executable and of its shared libraries that are not in a function, static
 * ones too. Their names are "C.counter", as gopm_eval() accepts them. If several files define a variable of that name,
 * the file is named: "\"b.c\".counter".
 * @param glob must match the full name ("main.counter", "net/http.DefaultClient"): `*` is any run of bytes, `?` one
 *   byte, `[a-z]` a set, and `\` quotes the next byte. NULL: all. Of C, "counter" matches C.counter too
 * @param options NULL: defaults
 * @param out owned by the caller; release it with gopm_vars_free(). Use gopm_vars_size() and gopm_vars_value()
 * @return GOPM_OK, even if no variable matches; GOPM_ERR_NO_DWARF; GOPM_ERR_FORMAT (damaged DWARF);
 *   GOPM_ERR_CANCELLED (gopm_core_set_progress()); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * Source: the variables of .debug_info's units.  Since: 0.9
 */
GOPM_API gopm_status gopm_package_vars(gopm_core *core, const char *glob, const gopm_value_options *options,
                                       gopm_vars **out, gopm_error **err);

GOPM_END_DECLS

#endif
