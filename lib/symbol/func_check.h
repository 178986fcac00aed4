/* SPDX-License-Identifier: Apache-2.0 */
/* Checks a function's entry of pclntab against what the linker guarantees. Source: cmd/link/internal/ld/pcln.go,
 * Go 1.16 to 1.27. */
#ifndef GOPM_SYMBOL_FUNC_CHECK_H
#define GOPM_SYMBOL_FUNC_CHECK_H

#include "symbol/pclntab.h"

/* True if the tables of `func` can be those of the function with `pc` in its code. `wrapper_id`: see gopm__symtab. */
bool gopm__func_is_sound(const struct gopm__func *func, uint64_t pc, uint8_t wrapper_id);

#endif
