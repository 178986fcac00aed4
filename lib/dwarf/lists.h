/* SPDX-License-Identifier: Apache-2.0 */
/* Range lists and location lists of DWARF 4 (.debug_ranges, .debug_loc) and 5 (.debug_rnglists, .debug_loclists). Reads
 * are checked against the end of the section. */
#ifndef GOPM_DWARF_LISTS_H
#define GOPM_DWARF_LISTS_H

#include "core/memory.h"
#include "exe/executable.h"
#include "util/cursor.h"

/* The parts of a unit that its lists depend on. */
struct gopm__list_unit {
	uint16_t version;
	uint8_t offset_size;
	uint64_t base;                /* DW_AT_low_pc of the unit */
	struct gopm__section address; /* .debug_addr; size 0: none */
	uint64_t addr_base;           /* offset of the unit's part in it */
};

struct gopm__pc_range {
	uint64_t low, high; /* [low, high), addresses of the file */
};

/* An entry of a list of either version. */
struct gopm__list_entry {
	struct gopm__pc_range range;
	bool fallback; /* DW_LLE_default_location: for a pc that no other entry covers */
	const uint8_t *expression;
	uint64_t expression_size;
};

struct gopm__list {
	struct gopm__cursor at;
	const struct gopm__list_unit *unit;
	uint64_t base;
	bool locations; /* a location list: each entry has an expression */
};

/* Address `index` of the unit's part of .debug_addr. */
bool gopm__address_at(const struct gopm__list_unit *unit, uint64_t index, uint64_t *out);

/* Offset of list `index` of the table at `lists_base` (DW_FORM_rnglistx, DW_FORM_loclistx). */
bool gopm__list_offset(const struct gopm__section *section, const struct gopm__list_unit *unit, uint64_t lists_base,
                       uint64_t index, uint64_t *out);

struct gopm__list gopm__list_open(const struct gopm__section *section, uint64_t offset,
                                  const struct gopm__list_unit *unit, bool locations);

/* The next entry with a range. @return GOPM_OK, GOPM_DONE, GOPM_ERR_FORMAT. */
gopm_status gopm__list_next(struct gopm__list *list, struct gopm__list_entry *out);

/* The expression for `pc`, an address of the file. @return GOPM_OK, GOPM_NOT_FOUND (no entry covers it),
 * GOPM_ERR_FORMAT. */
gopm_status gopm__location_find(const struct gopm__section *section, uint64_t offset,
                                const struct gopm__list_unit *unit, uint64_t pc, const uint8_t **expression,
                                uint64_t *size);

#endif
