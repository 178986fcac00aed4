/* SPDX-License-Identifier: Apache-2.0 */
/* The main goroutine runs the init functions of all packages, one after the other, before main.main. */
#ifndef GOPM_WHY_INIT_H
#define GOPM_WHY_INIT_H

#include "why/blocked.h"

/* The main goroutine, if it waits in an init function or in the initializer of a package variable. GOPM__NO_INDEX: it
 * does not. Source: doInit of runtime/proc.go, Go 1.16 to 1.27. */
uint32_t gopm__member_in_init(struct gopm__program *program, const struct gopm__blocked *blocked);

#endif
