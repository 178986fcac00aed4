/* SPDX-License-Identifier: Apache-2.0 */
/* The environment at the start of the process. */
#ifndef GOPM_CORE_ENVIRONMENT_H
#define GOPM_CORE_ENVIRONMENT_H

#include "core/corefile.h"

/* Copies the value of a variable, with a NUL, to `value`. Returns false if the variable is not set or not in the core,
 * or if the value does not fit into `size` bytes. */
bool gopm__environment(const struct gopm__corefile *core, const char *name, char *value, size_t size);

#endif
