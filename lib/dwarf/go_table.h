/* SPDX-License-Identifier: Apache-2.0 */
/* The whole table of abbreviations of Go's linker: a constant of each version. */
#ifndef GOPM_DWARF_GO_TABLE_H
#define GOPM_DWARF_GO_TABLE_H

#include <gopm/types.h>
#include <stdbool.h>
#include <stdint.h>

/* True if the `size` bytes at `at` in .debug_abbrev begin with the table of a known version, but for a few bytes:
 * they are damaged. `producer` is that of a unit; empty if it cannot be read. */
bool gopm__go_table_is_damaged(const uint8_t *at, uint64_t size, gopm_str producer);

#endif
