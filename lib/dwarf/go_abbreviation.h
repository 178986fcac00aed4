/* SPDX-License-Identifier: Apache-2.0 */
/* What abbreviations of Go's units have: fewer kinds than those of C. Source: cmd/internal/dwarf, Go 1.16 to 1.27, and
 * appendix A of DWARF 5 for what later versions may add. */
#ifndef GOPM_DWARF_GO_ABBREVIATION_H
#define GOPM_DWARF_GO_ABBREVIATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False: the abbreviation is damaged. `names` are its attributes, in their order. */
bool gopm__go_abbreviation_fits(uint64_t tag, bool children, const uint16_t *names, size_t count);

#endif
