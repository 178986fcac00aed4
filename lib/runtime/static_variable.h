/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of the runtime in a program without symbols, found by the code that loads them. Names of functions are in
 * the pclntab, which stripped programs have too. */
#ifndef GOPM_RUNTIME_STATIC_VARIABLE_H
#define GOPM_RUNTIME_STATIC_VARIABLE_H

#include "runtime/runtime.h"

#define GOPM__STATIC_PAIRS 4
/* In place of a second name: the function does not load the variable, but it is the first whose address it takes. */
#define GOPM__STATIC_ADDRESS "&"

struct gopm__static_variable {
	uint8_t size; /* 4 or 8 bytes */
	/* Functions that load it, best pair first. Both of a pair load it, and no other variable of this size. Without
	 * the second name, it is the first variable of this size that the function loads. */
	const char *pairs[GOPM__STATIC_PAIRS][2];
};

/* Sets at[i] to the address of the variable wanted[i], at most 8 of them; 0: not found. */
void gopm__static_variables(const struct gopm__runtime *rt, const struct gopm__static_variable *wanted, size_t count,
                            uint64_t *at);

#endif
