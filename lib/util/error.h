/* SPDX-License-Identifier: Apache-2.0 */
/* Failures with their place. Inner loops pass bare statuses; an error object is
 * made where a call can fail in more than one way, once. */
#ifndef GOPM_UTIL_ERROR_H
#define GOPM_UTIL_ERROR_H

#include <gopm/error.h>

/* A place that a failure or a finding is about. */
struct gopm__place {
	const char *path; /* NULL: none; copied */
	uint64_t offset;  /* GOPM_NO_OFFSET: none */
	uint64_t address; /* GOPM_NO_OFFSET: none */
};

#define GOPM__NOWHERE ((struct gopm__place){NULL, GOPM_NO_OFFSET, GOPM_NO_OFFSET})
#define GOPM__AT_FILE(path) ((struct gopm__place){(path), GOPM_NO_OFFSET, GOPM_NO_OFFSET})
#define GOPM__AT_OFFSET(path, offset) ((struct gopm__place){(path), (offset), GOPM_NO_OFFSET})
#define GOPM__AT_ADDRESS(address) ((struct gopm__place){NULL, GOPM_NO_OFFSET, (address)})

/* Sets *err (when err is not NULL) and returns `status`, so that a caller can say
 * `return gopm__fail(...)`. The message is "path: at offset N: text". */
gopm_status gopm__fail(gopm_error **err, gopm_status status, struct gopm__place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The static out-of-memory object; returns GOPM_ERR_NO_MEMORY. */
gopm_status gopm__fail_memory(gopm_error **err);

#endif
