/* SPDX-License-Identifier: Apache-2.0 */
/* The vector registers, in which floating-point variables are. They are read where they lie: few are asked for, and
 * there may be thousands of threads. */
#ifndef GOPM_CORE_VECTOR_REGISTER_H
#define GOPM_CORE_VECTOR_REGISTER_H

#include "arch/arch.h"
#include "core/memory.h"

#define GOPM__VECTOR_SIZE 16 /* what is read of one; wider ones have more */

/* Number of the vector register with this DWARF number, or -1. */
int gopm__arch_vector(const struct gopm__arch *arch, uint64_t dwarf_number);

/* Its bytes. `file` is the core. False: they are not known. */
bool gopm__vector_read(const struct gopm__arch *arch, const struct gopm__source *file, struct gopm__reader *reader,
                       const struct gopm__registers *registers, unsigned number, uint8_t *out);

#endif
