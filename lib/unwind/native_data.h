/* SPDX-License-Identifier: Apache-2.0 */
/* The variables that modules share, by their symbols.
 *
 * A program that is not compiled as position-independent code has its own copy of each variable of a library that it
 * uses. The dynamic linker makes the library use the copy too (R_X86_64_COPY). The library's DWARF has the address of
 * the original, which nothing uses after that. */
#ifndef GOPM_UNWIND_NATIVE_DATA_H
#define GOPM_UNWIND_NATIVE_DATA_H

#include "unwind/native.h"

struct gopm__native_variable {
	uint64_t own;      /* the address of the module's variable; 0: it has none of this name that it shares */
	uint64_t replaced; /* that of the program's variable, if all modules use this one instead; else 0 */
};

/* Looks up the variable with the symbol `name` of the module `exe`. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__native_variable(struct gopm__native *native, const struct gopm__executable *exe, gopm_str name,
                                  struct gopm__native_variable *out);

#endif
