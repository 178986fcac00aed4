/* SPDX-License-Identifier: Apache-2.0 */
#include "shim.h"
#include "_cgo_export.h"

int32_t gopm_go_progress(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	return gopmReport((uintptr_t)user_data, phase, done, total);
}

int32_t gopm_go_write(void *user_data, const char *data, size_t size)
{
	return gopmWrite((uintptr_t)user_data, (void *)data, size);
}

int64_t gopm_go_read(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	return gopmRead((uintptr_t)user_data, offset, buffer, size);
}

void gopm_go_watch(gopm_progress_fn *progress, void **user_data, uintptr_t handle)
{
	*progress = gopm_go_progress;
	*user_data = (void *)handle;
}

void gopm_go_source(gopm_read_fn *read, void **user_data, uintptr_t handle)
{
	*read = gopm_go_read;
	*user_data = (void *)handle;
}

gopm_status gopm_go_traceback(gopm_core *core, const gopm_traceback_options *options, uintptr_t handle,
                              gopm_error **err)
{
	return gopm_traceback(core, options, gopm_go_write, (void *)handle, err);
}

gopm_status gopm_go_stack_json(const gopm_stack *stack, uintptr_t handle, gopm_error **err)
{
	return gopm_stack_json(stack, NULL, 0, gopm_go_write, (void *)handle, err);
}
