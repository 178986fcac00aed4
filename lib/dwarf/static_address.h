/* SPDX-License-Identifier: Apache-2.0 */
/* The address of a variable that has one for the life of the process. */
#ifndef GOPM_DWARF_STATIC_ADDRESS_H
#define GOPM_DWARF_STATIC_ADDRESS_H

#include "dwarf/die.h"

/* The address in the process of the package variable `die`. `bias`: load address minus address in the file. 0: it has
 * none, and *why is the reason (static text). */
uint64_t gopm__static_address(const struct gopm__die *die, uint64_t bias, const char **why);

#endif
