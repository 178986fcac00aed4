/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that all descriptors follow, beyond those that gopm__descriptor_read() needs: the compiler computes sizes,
 * alignments and offsets, and composes the text of a type literal from those of its parts. A change that breaks one is
 * damage. Source: cmd/compile/internal/types/size.go and reflectdata/reflect.go, Go 1.16 to 1.27. */
#ifndef GOPM_TYPE_DESCRIPTOR_CHECK_H
#define GOPM_TYPE_DESCRIPTOR_CHECK_H

#include "type/descriptor.h"

/* Says what is wrong with the descriptor at `address`. NULL: nothing, or a part of it is not in memory. */
const char *gopm__descriptor_fault(const struct gopm__symtab *symtab, struct gopm__reader *reader, uint64_t address);

/* Adds a finding, and returns false, if the descriptor at `address`, which the program refers to, is damaged. */
bool gopm__descriptor_check(const struct gopm__symtab *symtab, struct gopm__reader *reader, uint64_t address);

#endif
