/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: a status, a message, and the place it is about.
 *
 * Inner loops return a bare status. A function that can fail in several ways also takes `gopm_error **err`, which may
 * be NULL, and creates the error object with gopm__fail(). Every error is created once, by the function that knows the
 * most about it. Error texts say the subject, its state and what to do: "output file already exists". */
#ifndef GOPM_UTIL_ERROR_H
#define GOPM_UTIL_ERROR_H

#include <gopm/error.h>

/* The place of an error or a finding. At most one of `offset` and `address` is set. */
struct gopm__place {
	const char *path; /* file name, copied; NULL: none */
	uint64_t offset;  /* in the file; GOPM_NO_OFFSET: none */
	uint64_t address; /* in the dead process; GOPM_NO_OFFSET: none */
};

#define GOPM__NOWHERE ((struct gopm__place){NULL, GOPM_NO_OFFSET, GOPM_NO_OFFSET})
#define GOPM__AT_FILE(path) ((struct gopm__place){(path), GOPM_NO_OFFSET, GOPM_NO_OFFSET})
#define GOPM__AT_OFFSET(path, offset) ((struct gopm__place){(path), (offset), GOPM_NO_OFFSET})
#define GOPM__AT_ADDRESS(address) ((struct gopm__place){NULL, GOPM_NO_OFFSET, (address)})

/* Creates an error and returns `status`, so that a caller can write `return gopm__fail(err, ...)`. Its message is
 * "PATH: at offset N: TEXT" with escapes, without the parts that `place` lacks. Does nothing but return if `err` is
 * NULL. The caller owns *err and frees it with gopm_error_free(). If memory runs out, *err is the out-of-memory error
 * instead, and the result is GOPM_ERR_NO_MEMORY. */
gopm_status gopm__fail(gopm_error **err, gopm_status status, struct gopm__place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Creates an error about byte `at` of the caller's expression. As gopm__fail(). */
gopm_status gopm__fail_expression(gopm_error **err, gopm_status status, uint64_t at, const char *text);

/* Sets *err to the out-of-memory error, which is static, and returns GOPM_ERR_NO_MEMORY. `err` may be NULL. */
gopm_status gopm__fail_memory(gopm_error **err);

#endif
