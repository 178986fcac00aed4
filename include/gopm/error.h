/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/error.h
 * Error objects: why a call failed, and at which file offset or address.
 *
 * Since: 0.9
 */
#ifndef GOPM_ERROR_H
#define GOPM_ERROR_H

#include <gopm/types.h>

GOPM_BEGIN_DECLS

/** One failure. The failing call makes it, and its caller frees it. It is immutable, so any thread may read it.
 *  The object for GOPM_ERR_NO_MEMORY is static; freeing it does nothing. */
typedef struct gopm_error gopm_error;

/** "No such place", as a result of gopm_error_offset(), gopm_error_address() and gopm_error_expression_offset(). */
#define GOPM_NO_OFFSET 0xffffffffffffffffu

/** Frees `err`. NULL is accepted.  Since: 0.9 */
GOPM_API void gopm_error_free(gopm_error *err);

/** Returns the status of the failed call, or GOPM_OK if `err` is NULL.  Since: 0.9 */
GOPM_API gopm_status gopm_error_status(const gopm_error *err);

/** Returns one line for people: the file, the place in it, and the content that was expected there.
 *  Escaped as by gopm_escape(), NUL-terminated, lives as long as `err`. Returns "" if `err` is NULL.  Since: 0.9 */
GOPM_API const char *gopm_error_message(const gopm_error *err);

/** Returns the path of the file that caused the failure, as the caller gave it, or NULL if no file did.
 *  NUL-terminated, lives as long as `err`.  Since: 0.9 */
GOPM_API const char *gopm_error_path(const gopm_error *err);

/** Returns the byte offset in that file, or GOPM_NO_OFFSET.  Since: 0.9 */
GOPM_API uint64_t gopm_error_offset(const gopm_error *err);

/** Returns the byte offset in the expression that the caller gave, or GOPM_NO_OFFSET if the failure is not about a
 * place of an expression.  Since: 0.9 */
GOPM_API uint64_t gopm_error_expression_offset(const gopm_error *err);

/** Returns the address in the dead process, or GOPM_NO_OFFSET.  Since: 0.9 */
GOPM_API uint64_t gopm_error_address(const gopm_error *err);

GOPM_END_DECLS

#endif
