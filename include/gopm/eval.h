/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/eval.h
 * Expressions of Go, and package variables.
 *
 * Since: 0.1
 */
#ifndef GOPM_EVAL_H
#define GOPM_EVAL_H

#include <gopm/value.h>

GOPM_BEGIN_DECLS

/**
 * Evaluates an expression of Go as Delve does, on a process that is dead.
 *
 * - Names: variables of the frame (captured and shadowing ones by Go's rules), variables and constants of its
 *   function's package, then `package.Name`, where the package is named as its clause names it or by the last element
 * of its path; `"net/http".Name` names it beyond doubt.
 * - x.f through pointers, embedded fields, what an interface holds, what a function captured and a channel's
 *   header; x[i] of slices, arrays, strings and maps; x[i:j]; *x, &x; x.(T), and x.(data) for whatever is held.
 * - m[64:] of a map: from its 64th entry on; runtime.curg; runtime.frame(2).name; runtime.frameoff; registers: RAX,
 *   XMM0.float64.
 * - Conversions to types that the DWARF knows, to pointers, slices and arrays of them, and from integers to pointers:
 *   `(*main.T)(0xc000112000)`. A type may be written as a string, as values show it:
 * `("*net/http.conn")(0xc000112000)`.
 * - + - * / % & | ^ &^ << >> == != < <= > >= && || !, literals, true, false, nil, len, cap, real, imag, complex, min,
 * max.
 *
 * Without DWARF types are found by what the program says of itself, and the frame has arg0, arg1, ...
 *
 * Integers of a type wrap around as the program's do. Constants that overflow what they must fit into are refused, and
 * so are function calls, assignments, channel operations, composite and function literals, and 3-index slices.
 *
 * @param stack whose frame it is evaluated on; NULL: package scope alone, without a package of its own
 * @param frame as gopm_stack_frames() counts
 * @param options NULL: defaults
 * @param out the value; one that is no variable has no address. Its provenance is that of the least sure variable used.
 * A variable that cannot be read is a value that says why; an operand that cannot be read is a failure
 * @param err its gopm_error_offset() is the byte of `expression` that the message is about
 * @return GOPM_OK; GOPM_NOT_FOUND (a map has no such key); GOPM_ERR_ARGUMENT (not an expression, no such name,
 *   types that do not fit, out of range, nil dereferenced); GOPM_ERR_UNSUPPORTED (an expression of Go that is refused);
 *   GOPM_ERR_MISSING_MEMORY (an operand cannot be read); GOPM_ERR_LIMIT; GOPM_ERR_NO_DWARF; GOPM_ERR_FORMAT
 *   (damaged DWARF); GOPM_ERR_NO_MEMORY.
 * Source: the Go specification; .debug_info.  Since: 0.1
 */
GOPM_API gopm_status gopm_eval(gopm_core *core, const gopm_stack *stack, size_t frame, const char *expression,
                               const gopm_value_options *options, gopm_value **out, gopm_error **err);

/**
 * Finds the variables of packages, through DWARF, in order of their names.
 * gopm_vars_size() counts them, gopm_vars_value() gives them.
 * @param glob what the full name ("main.counter", "net/http.DefaultClient") matches: `*` any run, `?` one byte,
 *   `[a-z]`, and `\` to quote. NULL: all
 * @param options NULL: defaults
 * @return GOPM_OK (of none, too); GOPM_ERR_NO_DWARF; GOPM_ERR_FORMAT (damaged DWARF); GOPM_ERR_ARGUMENT;
 *   GOPM_ERR_NO_MEMORY.
 * Source: the variables of .debug_info's units; C's are not among them.  Since: 0.1
 */
GOPM_API gopm_status gopm_package_vars(gopm_core *core, const char *glob, const gopm_value_options *options,
                                       gopm_vars **out, gopm_error **err);

GOPM_END_DECLS

#endif
