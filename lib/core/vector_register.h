/* SPDX-License-Identifier: Apache-2.0 */
/* Vector registers, which hold floating-point variables. They are read from the core when needed, not copied for each
 * thread: few are needed, and there may be thousands of threads. */
#ifndef GOPM_CORE_VECTOR_REGISTER_H
#define GOPM_CORE_VECTOR_REGISTER_H

#include "arch/arch.h"
#include "core/memory.h"

#define GOPM__VECTOR_SIZE 16 /* bytes read of one register; the rest of a wider one is ignored */

/* Returns the number of the vector register with this DWARF number, or -1. */
int gopm__arch_vector(const struct gopm__arch *arch, uint64_t dwarf_number);

/* Reads register `number`: GOPM__VECTOR_SIZE bytes. `file` is the source of the core. Returns false if its value is
 * unknown. */
bool gopm__vector_read(const struct gopm__arch *arch, const struct gopm__source *file, struct gopm__reader *reader,
                       const struct gopm__registers *registers, unsigned number, uint8_t *out);

#endif
