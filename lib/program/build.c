/* SPDX-License-Identifier: Apache-2.0 */
#include "program/program.h"

gopm_status gopm__program_build(struct gopm__program *program, const struct gopm__build **out)
{
	gopm_status status = GOPM_OK;

	gopm__program_lock(program);
	if (!program->build_read) {
		status = gopm__build_read(&program->build, &program->file, &program->exe);
		program->build_read = status == GOPM_OK;
	}
	gopm__program_unlock(program);
	*out = &program->build;
	return status;
}
