/* SPDX-License-Identifier: Apache-2.0 */
/* Callbacks of the library that call Go. Their user data is a number, a cgo.Handle: Go must not see it as a pointer. */
#ifndef GOPM_GO_SHIM_H
#define GOPM_GO_SHIM_H

#include <gopm/gopm.h>
#include <stdlib.h>

int32_t gopm_go_progress(void *user_data, uint32_t phase, uint64_t done, uint64_t total);
int32_t gopm_go_write(void *user_data, const char *data, size_t size);
int64_t gopm_go_read(void *user_data, uint64_t offset, void *buffer, size_t size);

/* Sets the members `progress` and `progress_user_data` of options. */
void gopm_go_watch(gopm_progress_fn *progress, void **user_data, uintptr_t handle);
/* Sets the members of a source that Go reads. */
void gopm_go_source(gopm_read_fn *read, void **user_data, uintptr_t handle);
gopm_status gopm_go_traceback(gopm_core *core, const gopm_traceback_options *options, uintptr_t handle,
                              gopm_error **err);
gopm_status gopm_go_stack_json(const gopm_stack *stack, uintptr_t handle, gopm_error **err);

#endif
