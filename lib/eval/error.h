/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GOPM_EVAL_ERROR_H
#define GOPM_EVAL_ERROR_H

#include <gopm/types.h>
#include <stdbool.h>

#include "util/arena.h"

/* The reason and the offset at which an expression fails. `text` lives as long as the arena. */
struct gopm__eval_error {
	gopm_status status;
	size_t at;
	const char *text;
	bool lacks_c;  /* it fails since this module does not define a name of C */
	bool static_c; /* set without a failure too: it has a name of C that other files do not see */
};

/* Sets the error unless one is set already. Always returns false. */
bool gopm__eval_fail(struct gopm__arena *arena, struct gopm__eval_error *error, gopm_status status, size_t at,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
