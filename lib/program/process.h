/* SPDX-License-Identifier: Apache-2.0 */
/* A live process as the source of a core. */
#ifndef GOPM_API_PROCESS_H
#define GOPM_API_PROCESS_H

#include "api/handle.h"

/* Makes core->file.source of process `pid`, or of how->live, which is stopped first unless how->running says
 * otherwise. `request` has what else a source needs. */
gopm_status gopm__process_source(gopm_core *core, uint32_t pid, const struct gopm__open_how *how,
                                 struct gopm__source_request *request, gopm_error **err);

/* The executable of a process is its own, whatever file stands at its path now; its other files are found through its
 * root, which a container has of its own. `path` is for exe->source.name. */
void gopm__process_executable(const gopm_core *core, struct gopm__executable_request *exe, char *path, size_t size);

#endif
