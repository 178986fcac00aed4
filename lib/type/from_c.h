/* SPDX-License-Identifier: Apache-2.0 */
/* Types of C, C++ and Rust from DWARF. */
#ifndef GOPM_TYPE_FROM_C_H
#define GOPM_TYPE_FROM_C_H

#include "type/types.h"

/* Fills a zeroed type, whose `id` is set, from its DIE `raw` in a unit that is not Go's.
 * @return GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__type_from_c(struct gopm__types *types, const struct gopm__unit *unit, const struct gopm__raw_die *raw,
                              struct gopm__type *type);

#endif
