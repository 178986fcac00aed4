/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/error.h
 * Why a call failed, for people, with the place.
 *
 * Since: 0.1
 */
#ifndef GOPM_ERROR_H
#define GOPM_ERROR_H

#include <gopm/types.h>

GOPM_BEGIN_DECLS

/** One failure. Made by the call that failed, freed by its caller. Immutable, so
 *  it may be read from any thread. The object for GOPM_ERR_NO_MEMORY is static;
 *  freeing it does nothing. */
typedef struct gopm_error gopm_error;

/** Marks "no such place" in gopm_error_offset() and gopm_error_address(). */
#define GOPM_NO_OFFSET UINT64_MAX

/** Frees `err`; NULL is accepted.  Since: 0.1 */
GOPM_API void gopm_error_free(gopm_error *err);

/** The status the failing call returned; GOPM_OK for NULL.  Since: 0.1 */
GOPM_API gopm_status gopm_error_status(const gopm_error *err);

/** One line for people: the file, the place and what was expected there. NUL-terminated,
 *  lives as long as `err`; "" for NULL.  Since: 0.1 */
GOPM_API const char *gopm_error_message(const gopm_error *err);

/** The file the failure is about, as it was named; NULL where there is none.
 *  Lives as long as `err`.  Since: 0.1 */
GOPM_API const char *gopm_error_path(const gopm_error *err);

/** Byte offset in that file, or GOPM_NO_OFFSET.  Since: 0.1 */
GOPM_API uint64_t gopm_error_offset(const gopm_error *err);

/** Address in the dead process, or GOPM_NO_OFFSET.  Since: 0.1 */
GOPM_API uint64_t gopm_error_address(const gopm_error *err);

GOPM_END_DECLS

#endif
