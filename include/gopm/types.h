/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/types.h
 * Statuses, strings, and the macros that every other header uses.
 *
 * Rules that hold for every call of libgopm, unless a comment says otherwise:
 *
 * - Addresses, pcs and sizes are uint64_t in bytes. Times are nanoseconds.
 * - A call that can fail returns gopm_status. GOPM_OK is 0. A positive status is a result without data (the end,
 *   not found). A negative status is a failure. If the status is not GOPM_OK, the call sets its out-pointers to
 *   NULL or 0.
 * - `gopm_error **err` may be NULL. On failure it receives an error object; the caller frees it with
 *   gopm_error_free(). Otherwise it is set to NULL.
 * - Strings in records are bytes of the core or the executable: escape them before you print them (gopm_escape()).
 * - A gopm_str in a record is borrowed. It lives as long as the gopm_core that the record came from, unless the
 *   record's comment says that it lives shorter.
 * - A stride, a record's size and a struct_size of info or results are sizeof the struct in the caller. A size below
 * that of the first release, 0.9, is GOPM_ERR_ARGUMENT. If the caller's struct is longer than the library's, its tail
 * is set to zero: all bytes of a record belong to the library.
 * - A handle keeps its parent alive, so you can release handles in any order. Every release function accepts NULL.
 * - Several threads may use one gopm_core at the same time. Iterators, stacks, variables and values may be used by one
 *   thread at a time.
 * - If memory runs out, a call returns GOPM_ERR_NO_MEMORY, never a different answer. It can be repeated.
 * - The library does not print, has no global state, and installs no signal handlers.
 *
 * Since: 0.9
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

/** The result of a call. The values are never renumbered. */
typedef int32_t gopm_status;

/** Success; the out-pointers are filled. */
#define GOPM_OK 0
/** The iteration is at its end; nothing was filled. */
#define GOPM_DONE 1
/** The requested thing does not exist. This is a result, not a failure. */
#define GOPM_NOT_FOUND 2

/** Invalid argument: an unexpected NULL, a struct_size that is too small, or a value out of range. */
#define GOPM_ERR_ARGUMENT (-1)
/** Out of memory. */
#define GOPM_ERR_NO_MEMORY (-2)
/** A read or write failed, in the operating system or in a callback of the caller. After a failed read, every call that
 *  needs the core's contents returns it. */
#define GOPM_ERR_IO (-3)
/** Valid input that this library does not support: an unknown flag, CPU or container. */
#define GOPM_ERR_UNSUPPORTED (-4)
/** Malformed bytes in a file or in the memory of the process. */
#define GOPM_ERR_FORMAT (-10)
/** A file is shorter than its headers say. */
#define GOPM_ERR_TRUNCATED (-11)
/** The core or executable is valid, but it is not a Go program. */
#define GOPM_ERR_NOT_GO (-12)
/** No executable was given or found, and the core does not contain it. */
#define GOPM_ERR_NO_EXECUTABLE (-13)
/** The core does not contain the bytes at an address. */
#define GOPM_ERR_MISSING_MEMORY (-14)
/** A count or length exceeds its limit (gopm_core_options). */
#define GOPM_ERR_LIMIT (-15)
/** The executable has no DWARF, or GOPM_OPEN_NO_DWARF is set. */
#define GOPM_ERR_NO_DWARF (-16)
/** The output file already exists. */
#define GOPM_ERR_EXISTS (-17)
/** The caller has no permission to trace the process. */
#define GOPM_ERR_PERMISSION (-18)
/** The process does not exist, or it ended during the call. */
#define GOPM_ERR_NO_PROCESS (-19)
/** A progress callback of the caller stopped the call. */
#define GOPM_ERR_CANCELLED (-20)
/** An expression is wrong: its syntax, a name, a type, an index. gopm_error_expression_offset() says where. */
#define GOPM_ERR_EXPRESSION (-21)

/** Borrowed bytes with their length. Text of the Go program is UTF-8 if the program wrote UTF-8, and may contain NUL
 *  bytes. `data` is not NULL if `size` is not 0. Strings that the library made itself are NUL-terminated too. */
typedef struct gopm_str {
	const char *data;
	size_t size;
} gopm_str;

/* Records have pointers and sizes of 8 bytes. */
#ifdef __cplusplus
static_assert(sizeof(gopm_str) == 16, "libgopm supports only 64-bit hosts");
#else
_Static_assert(sizeof(gopm_str) == 16, "libgopm supports only 64-bit hosts");
#endif

GOPM_BEGIN_DECLS

/**
 * Returns the version of the loaded library: major * 1000000 + minor * 1000 + patch.
 * Compare it with GOPM_VERSION_NUMBER, the version of the headers.  Since: 0.9
 */
GOPM_API uint32_t gopm_version_number(void);

/** Returns the version of the loaded library as text, "0.9.0". Static, NUL-terminated.  Since: 0.9 */
GOPM_API const char *gopm_version_string(void);

/** Keep newlines and tabs: the text has several lines. */
#define GOPM_ESCAPE_LINES 1u
/** Write the contents of a JSON string, without the quotes around it. */
#define GOPM_ESCAPE_JSON 2u

/**
 * Writes text with escapes, so that it is safe to print on a terminal. Names and values come from the bytes of a core
 * or an executable, which anybody may have written.
 *
 * Escaped are control characters (C0, DEL, C1), line and paragraph separators, bidirectional controls, and bytes that
 * are not UTF-8: "\x1b", "\u202e", "\xff". With GOPM_ESCAPE_JSON these are "\u001b", "\u202e" and "\ufffd", and quotes
 * and backslashes are escaped too. All else stays as it is, a backslash included: this is not an encoding to be undone.
 *
 * Texts that the library makes for people are escaped already: messages of errors and findings, tracebacks, texts of
 * values, descriptions of groups. Strings in records are not, because programs compare them.
 * @param text `size` bytes, which may contain NUL; NULL with size 0 is accepted
 * @param flags GOPM_ESCAPE_*
 * @param buffer receives up to `buffer_size` - 1 bytes, without a part of an escape, and a NUL; NULL with buffer_size
 * 0: only the length is wanted
 * @param length bytes of the whole result, without the NUL; NULL is accepted
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag).
 * Since: 0.9
 */
GOPM_API gopm_status gopm_escape(const char *text, size_t size, uint32_t flags, char *buffer, size_t buffer_size,
                                 size_t *length);

/** Returns a short English text for a status, or "unknown status".
 *  Static, NUL-terminated, never NULL.  Since: 0.9 */
GOPM_API const char *gopm_status_text(gopm_status status);

GOPM_END_DECLS

#define GOPM_VERSION_MAJOR 0
#define GOPM_VERSION_MINOR 9
#define GOPM_VERSION_PATCH 0
#define GOPM_VERSION_NUMBER (GOPM_VERSION_MAJOR * 1000000 + GOPM_VERSION_MINOR * 1000 + GOPM_VERSION_PATCH)

/** The number in the library's soname, libgopm.so.1. A program runs with every library of the same number that is not
 * older than its headers. 0.9 is the candidate of 1.0. */
#define GOPM_ABI_VERSION 1

#endif
