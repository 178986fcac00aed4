/* SPDX-License-Identifier: Apache-2.0 */
/* All calls of libdwarf: unit headers, abbreviations, the tree of DIEs, and the offset of each attribute's bytes. Works
 * with 20210528 (Debian 12) and with 2.x.
 *
 * It calls no function of libdwarf that decodes an attribute's value: those read past the end of crafted sections.
 * die.c decodes the values from the offsets given here. One thread at a time. */
#ifndef GOPM_DWARF_LIBDWARF_COMPAT_H
#define GOPM_DWARF_LIBDWARF_COMPAT_H

#include "exe/executable.h"

struct gopm__libdwarf;

/* A unit header. Offsets are into .debug_info. */
struct gopm__raw_unit {
	uint64_t offset, next; /* of this header and of the next one */
	uint64_t die;          /* of the root DIE */
	uint16_t version;
	uint8_t offset_size; /* 4 or 8 */
	uint8_t address_size;
};

struct gopm__raw_attribute {
	uint16_t name, form;
	uint64_t offset;  /* of its bytes in .debug_info */
	int64_t implicit; /* of DW_FORM_implicit_const */
};

/* Release it with gopm__libdwarf_release(). */
struct gopm__raw_die {
	void *handle;
	uint64_t offset;
	uint16_t tag;
};

/* `info`, `abbrev` and `addr` are .debug_info, .debug_abbrev and .debug_addr (may be empty), borrowed, with readable
 * zero bytes after their end. @return
 * GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY, GOPM_ERR_UNSUPPORTED (another library hides libdwarf's functions). */
gopm_status gopm__libdwarf_open(struct gopm__libdwarf **out, const struct gopm__section *info,
                                const struct gopm__section *abbrev, const struct gopm__section *addr);
void gopm__libdwarf_close(struct gopm__libdwarf *dwarf);

/* The next unit header, in order. @return GOPM_OK, GOPM_DONE, GOPM_ERR_FORMAT. */
gopm_status gopm__libdwarf_next_unit(struct gopm__libdwarf *dwarf, struct gopm__raw_unit *out);

/* @return GOPM_OK, GOPM_NOT_FOUND, GOPM_ERR_FORMAT. */
gopm_status gopm__libdwarf_die_at(struct gopm__libdwarf *dwarf, uint64_t offset, struct gopm__raw_die *out);
gopm_status gopm__libdwarf_child(struct gopm__libdwarf *dwarf, const struct gopm__raw_die *die,
                                 struct gopm__raw_die *out);
/* Moves `die` to its next sibling, or releases it and fails. @return GOPM_OK, GOPM_NOT_FOUND, GOPM_ERR_FORMAT. */
gopm_status gopm__libdwarf_next(struct gopm__libdwarf *dwarf, struct gopm__raw_die *die);
void gopm__libdwarf_release(struct gopm__libdwarf *dwarf, struct gopm__raw_die *die);

/* Fills up to `capacity` attributes; it is an error if there are more. @return GOPM_OK, GOPM_ERR_FORMAT. */
gopm_status gopm__libdwarf_attributes(struct gopm__libdwarf *dwarf, const struct gopm__raw_die *die,
                                      struct gopm__raw_attribute *out, size_t capacity, size_t *count);

#endif
