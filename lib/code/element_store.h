/* SPDX-License-Identifier: Apache-2.0 */
/* Stores to elements of static arrays: "grid[i][j] = p". The code adds multiples of the indices to the address of the
 * array, step by step. */
#ifndef GOPM_CODE_ELEMENT_STORE_H
#define GOPM_CODE_ELEMENT_STORE_H

#include "code/code.h"

/* The address of the array, or of a part of it, to whose element `store` writes, a GOPM__CODE_STORE_ELEMENT. `state` is
 * that before its instruction. 0: the address is not fixed, or not among data and bss. */
uint64_t gopm__element_store_array(const struct gopm__code *code, const struct gopm__symtab *symtab,
                                   const struct gopm__code_effect *store, const struct gopm__value_number *state);

#endif
