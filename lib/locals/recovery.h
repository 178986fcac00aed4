/* SPDX-License-Identifier: Apache-2.0 */
/* Recovers a variable whose location list does not cover the pc. */
#ifndef GOPM_LOCALS_RECOVERY_H
#define GOPM_LOCALS_RECOVERY_H

#include "locals/local.h"

struct gopm__stack_state; /* stack_state.h */

/* Finds the value of a variable. False: nothing is left of it. */
bool gopm__recover(struct gopm__stack_state *stack_state, const struct gopm__local *local, struct gopm__recovered *out);

#endif
