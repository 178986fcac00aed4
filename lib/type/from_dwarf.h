/* SPDX-License-Identifier: Apache-2.0 */
/* Types from DWARF: those of Go, and those of C that cgo exposes. */
#ifndef GOPM_TYPE_FROM_DWARF_H
#define GOPM_TYPE_FROM_DWARF_H

#include "type/types.h"

/* Fills `type` from the DIE that the id names, and its children. The store must have DWARF.
 * @return GOPM_OK, GOPM_NOT_FOUND, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__type_from_dwarf(struct gopm__types *types, uint64_t id, struct gopm__type *type);

#endif
