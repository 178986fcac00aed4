/* SPDX-License-Identifier: Apache-2.0 */
/* The environment that the process was started with. */
#ifndef GOPM_CORE_ENVIRONMENT_H
#define GOPM_CORE_ENVIRONMENT_H

#include "core/corefile.h"

/* The value of a variable, NUL-terminated; false: it is not set, not in the core, or does not fit into `size` bytes. */
bool gopm__environment(const struct gopm__corefile *core, const char *name, char *value, size_t size);

#endif
