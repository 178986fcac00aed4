/**
 * @file gopm/eval.h
 * Package variables.
 *
 * Since: 0.1
 */
#ifndef GOPM_EVAL_H
#define GOPM_EVAL_H

#include <gopm/value.h>

GOPM_BEGIN_DECLS

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
