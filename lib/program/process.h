/* SPDX-License-Identifier: Apache-2.0 */
/* A live process as the source of a program. */
#ifndef GOPM_PROGRAM_PROCESS_H
#define GOPM_PROGRAM_PROCESS_H

#include "program/program.h"

/* Opens program->file.source of process options->pid, or of program->live if that is already open. Stops the process
 * first, unless options->running. `request` has what else a source needs. */
gopm_status gopm__process_source(struct gopm__program *program, const struct gopm__program_options *options,
                                 struct gopm__source_request *request, gopm_error **err);

/* Completes `exe` for a process. If no executable is named, it is the one the process runs, even if another file is at
 * its path by now. Other files are searched for below the process's root, which a container has of its own. `path`
 * gets exe->source.name. */
void gopm__process_executable(const struct gopm__program *program, struct gopm__executable_request *exe, char *path,
                              size_t size);

#endif
