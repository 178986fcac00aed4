/* SPDX-License-Identifier: Apache-2.0 */
/* gopm_core, the handle of an open program. Each handle that is made from it owns a reference. */
#ifndef GOPM_API_HANDLE_H
#define GOPM_API_HANDLE_H

#include <gopm/gopm.h>
#include <stdatomic.h>

#include "program/bare.h"
#include "program/program.h"

struct gopm_core {
	atomic_size_t references;
	struct gopm__program *program; /* owned */
};

/* Checks a caller's options and sets the defaults. *out borrows the caller's strings and buffers.
 * @return GOPM_OK, GOPM_ERR_ARGUMENT, GOPM_ERR_UNSUPPORTED. */
gopm_status gopm__core_options(const gopm_core_options *options, struct gopm__program_options *out, gopm_error **err);

void gopm__core_retain(gopm_core *core);
/* Gives up one reference, as gopm_core_close() does. */
void gopm__core_release(gopm_core *core);

/* The first step of each call that makes a handle from a core. Clears *err, checks `core`, and allocates `size` zeroed
 * bytes whose first member, a gopm_core *, owns a reference. NULL: return *status. */
void *gopm__handle_new(gopm_core *core, size_t size, gopm_status *status, gopm_error **err);

/* The last step of each call that allocates; `begun` is from gopm__call_begin(). If an allocation failed since then, it
 * replaces *err by the out-of-memory error and returns GOPM_ERR_NO_MEMORY: the caller releases its results. Otherwise
 * it returns `status`. `err` may be NULL. */
gopm_status gopm__call_result(uint64_t begun, gopm_status status, gopm_error **err);

/* The status of a call that read the core or its executable: `status`, or GOPM_ERR_IO if a read failed, in this call or
 * before. What was not read is missing from the answer, and from what earlier calls keep. Replaces *err. */
gopm_status gopm__read_status(const gopm_core *core, gopm_status status, gopm_error **err);

#endif
