/* SPDX-License-Identifier: Apache-2.0 */
/* A caller's progress callback. */
#ifndef GOPM_UTIL_PROGRESS_H
#define GOPM_UTIL_PROGRESS_H

#include <gopm/core.h>
#include <stdbool.h>

#include "util/error.h"

/* Zero-initialized: none. */
struct gopm__progress {
	gopm_progress_fn call;
	void *user_data;
};

/* Reports `done` of `total`. False: the caller wants to cancel. */
static inline bool gopm__progress_report(const struct gopm__progress *progress, uint32_t phase, uint64_t done,
                                         uint64_t total)
{
	return progress->call == NULL || progress->call(progress->user_data, phase, done, total) == 0;
}

static inline gopm_status gopm__fail_cancelled(gopm_error **err)
{
	return gopm__fail(err, GOPM_ERR_CANCELLED, GOPM__NOWHERE, "cancelled by the progress callback");
}

#endif
