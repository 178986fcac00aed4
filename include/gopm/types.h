/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/types.h
 * Statuses, strings and the marks every other header uses.
 *
 * Rules that hold for every call of libgopm, unless a comment says otherwise:
 *
 * - Addresses, pcs and sizes are uint64_t in bytes; times are nanoseconds.
 * - A call that can fail returns gopm_status: 0 is GOPM_OK, a positive value is
 *   a result that is not data (the end, nothing there), a negative one a failure.
 *   On anything but GOPM_OK its out-pointers are set to NULL or 0.
 * - `gopm_error **err` may be NULL. On failure it receives an object that the
 *   caller frees with gopm_error_free(); otherwise it is set to NULL.
 * - A gopm_str in a record is borrowed and lives as long as the gopm_core the
 *   record came from, unless the record's comment names a shorter life.
 * - A handle keeps what it came from alive, so handles may be released in any
 *   order. Every release function accepts NULL.
 * - One gopm_core may be used from many threads at once. Iterators, stacks,
 *   variables and values belong to one thread at a time.
 * - The library prints nothing, keeps no global state, installs no handlers.
 *
 * Since: 0.1
 */
#ifndef GOPM_TYPES_H
#define GOPM_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define GOPM_BEGIN_DECLS extern "C" {
#define GOPM_END_DECLS }
#else
#define GOPM_BEGIN_DECLS
#define GOPM_END_DECLS
#endif

#if defined(GOPM_STATIC) || !defined(__GNUC__)
#define GOPM_API
#else
#define GOPM_API __attribute__((visibility("default")))
#endif

/** What a call says of itself. Values are never renumbered. */
typedef int32_t gopm_status;

/** Done; the out-pointers are filled. */
#define GOPM_OK 0
/** The end of an iteration; nothing was filled. */
#define GOPM_DONE 1
/** What was asked for is not there. Absence, not failure. */
#define GOPM_NOT_FOUND 2

/** A NULL where none may be, a struct_size that is too small, a value out of range. */
#define GOPM_ERR_ARGUMENT (-1)
/** Memory could not be had. */
#define GOPM_ERR_NO_MEMORY (-2)
/** The operating system or a caller's callback could not read. */
#define GOPM_ERR_IO (-3)
/** Understood, but this library does not do it: an unknown flag, CPU or container. */
#define GOPM_ERR_UNSUPPORTED (-4)
/** Bytes are not what they must be. */
#define GOPM_ERR_FORMAT (-10)
/** A file ends before what it declares. */
#define GOPM_ERR_TRUNCATED (-11)
/** The core or executable is sound, but not of a Go program. */
#define GOPM_ERR_NOT_GO (-12)
/** The executable was neither named nor found, and the core does not hold it. */
#define GOPM_ERR_NO_EXECUTABLE (-13)
/** The bytes at an address are not in the core. */
#define GOPM_ERR_MISSING_MEMORY (-14)
/** A count or length is over the limit set for it (gopm_core_options). */
#define GOPM_ERR_LIMIT (-15)
/** The executable has no DWARF, or it was left out by an open flag. */
#define GOPM_ERR_NO_DWARF (-16)
/** A file that would be written is there already. */
#define GOPM_ERR_EXISTS (-17)
/** The process may not be traced by this one. */
#define GOPM_ERR_PERMISSION (-18)
/** There is no such process, or it ended meanwhile. */
#define GOPM_ERR_NO_PROCESS (-19)

/** Bytes that belong to somebody else: UTF-8 where the Go program wrote UTF-8,
 *  and NUL bytes are possible. `data` is never NULL where `size` is not 0.
 *  Strings the library itself made are NUL-terminated as well. */
typedef struct gopm_str {
	const char *data;
	size_t size;
} gopm_str;

GOPM_BEGIN_DECLS

/**
 * The version of the library that runs, as major * 1000000 + minor * 1000 + patch.
 * Compare with GOPM_VERSION_NUMBER of the headers.  Since: 0.1
 */
GOPM_API uint32_t gopm_version_number(void);

/** The same as text, "0.1.0". Static, NUL-terminated.  Since: 0.1 */
GOPM_API const char *gopm_version_string(void);

/** A few English words for a status; "unknown status" for one it does not know.
 *  Static, NUL-terminated, never NULL.  Since: 0.1 */
GOPM_API const char *gopm_status_text(gopm_status status);

GOPM_END_DECLS

#define GOPM_VERSION_MAJOR 0
#define GOPM_VERSION_MINOR 1
#define GOPM_VERSION_PATCH 0
#define GOPM_VERSION_NUMBER (GOPM_VERSION_MAJOR * 1000000 + GOPM_VERSION_MINOR * 1000 + GOPM_VERSION_PATCH)

#endif
