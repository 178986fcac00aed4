/* SPDX-License-Identifier: Apache-2.0 */
/* A core without the memory that the process wrote: the coredump filter left it out. It has threads, registers,
 * mappings and the cause of death, but no goroutines. */
#ifndef GOPM_PROGRAM_BARE_H
#define GOPM_PROGRAM_BARE_H

#include "program/program.h"

/* Opens the rest of a program whose core is bare: the executable, if there is one, for the names of functions.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__bare_open(struct gopm__program *program, const struct gopm__executable_request *exe);

/* GOPM_OK, or GOPM_ERR_MISSING_MEMORY if the program's core is bare. */
gopm_status gopm__bare_status(const struct gopm__program *program, gopm_error **err);

#endif
