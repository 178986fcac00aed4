/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a small core before it is written, and asks it the same questions. */
#ifndef GOPM_SLIM_VERIFY_H
#define GOPM_SLIM_VERIFY_H

#include "core/core_writer.h"
#include "program/program.h"
#include "slim/answers.h"

struct gopm__verify {
	const struct gopm__program_options *options; /* of the original */
	struct gopm__program *original;              /* open */
	struct gopm__core_layout *layout;            /* the small core */
	const struct gopm__answers *answers;         /* of the original */
	bool alone;                                  /* the small core must open without the executable */
};

/* @return GOPM_OK; GOPM_ERR_FORMAT: the small core cannot be opened, or answers differently; GOPM_ERR_NO_MEMORY,
 *   GOPM_ERR_IO. */
gopm_status gopm__slim_verify(const struct gopm__verify *verify, gopm_error **err);

#endif
