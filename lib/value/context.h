/* SPDX-License-Identifier: Apache-2.0 */
/* What reading values of an opened program needs. */
#ifndef GOPM_VALUE_CONTEXT_H
#define GOPM_VALUE_CONTEXT_H

#include "program/program.h"
#include "value/variable.h"

/* A context for values of the program, which are allocated in `arena`. The budget follows from the limits. The caller
 * holds the program's lock, and has opened its types. */
struct gopm__context gopm__context(struct gopm__program *program, struct gopm__arena *arena,
                                   const struct gopm__limits *limits);

#endif
