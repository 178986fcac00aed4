/* SPDX-License-Identifier: Apache-2.0 */
/* A small core of a live process. */
#ifndef GOPM_SLIM_PROCESS_H
#define GOPM_SLIM_PROCESS_H

#include "slim/keep.h"

/* Stops process options->pid, copies what a small core has, and resumes it. *out: the copy, which no longer needs the
 * process; the caller closes it, also after a failure. Sets *answers, and *stopped_time in nanoseconds.
 * @return GOPM_OK; as gopm__program_open(). */
gopm_status gopm__slim_process(const struct gopm__program_options *options, const gopm_slim_options *o,
                               struct gopm__program **out, struct gopm__answers *answers, uint64_t *stopped_time,
                               gopm_error **err);

#endif
