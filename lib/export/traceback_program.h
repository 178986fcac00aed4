/* SPDX-License-Identifier: Apache-2.0 */
/* The output of the runtime for a crash: the cause of death, then the goroutines. */
#ifndef GOPM_EXPORT_TRACEBACK_PROGRAM_H
#define GOPM_EXPORT_TRACEBACK_PROGRAM_H

#include <gopm/traceback.h>

#include "program/program.h"

struct gopm__traceback_request {
	gopm_write_fn write; /* gets the text in pieces; stops the traceback if it does not return 0 */
	void *user_data;
	uint64_t goroutine_id; /* only this goroutine; 0: as many as `level` says */
	uint32_t level;        /* GOPM_TRACEBACK_* */
	bool frames_only;
	bool native; /* frames of C too */
};

/* @return GOPM_OK; GOPM_DONE (`write` stopped it); GOPM_NOT_FOUND (one goroutine was asked for, and there is none);
 *   GOPM_ERR_NO_MEMORY. */
gopm_status gopm__traceback_program(struct gopm__program *program, const struct gopm__traceback_request *request);

#endif
