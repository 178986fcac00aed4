/* SPDX-License-Identifier: Apache-2.0 */
/* Check of a unit: a damaged abbreviation reads the entries after it at wrong places, or takes an attribute for
 * another. */
#ifndef GOPM_DWARF_UNIT_CHECK_H
#define GOPM_DWARF_UNIT_CHECK_H

#include "dwarf/dwarf.h"

/* The offset of the unit's abbreviations in .debug_abbrev. */
uint64_t gopm__unit_abbreviations(const struct gopm__dwarf_sections *sections, const struct gopm__unit *unit);

/* NULL if the unit is sound: the forms of its abbreviations fit their attributes, and with `tree` its entries end where
 * the unit does. Otherwise the reason, static. */
const char *gopm__unit_fault(const struct gopm__dwarf_sections *sections, const struct gopm__unit *unit, bool tree);

#endif
