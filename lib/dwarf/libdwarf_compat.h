/* SPDX-License-Identifier: Apache-2.0 */
/* The one door to libdwarf: unit headers, abbreviations, the shape of the DIE tree and where each
 * attribute's bytes lie. It bridges 20210528 (Debian 12) and current 2.x. No call of libdwarf that
 * decodes an attribute's value is used: those are known to read past the end of crafted sections,
 * so values are decoded by die.c from the offsets given here. One thread at a time. */
#ifndef GOPM_DWARF_LIBDWARF_COMPAT_H
#define GOPM_DWARF_LIBDWARF_COMPAT_H

#include "exe/executable.h"

struct gopm__libdwarf;

/* One unit header. Offsets are into .debug_info. */
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

/* A DIE that was read; given back with gopm__libdwarf_release(). */
struct gopm__raw_die {
	void *handle;
	uint64_t offset;
	uint16_t tag;
};

/* `info` and `abbrev` are .debug_info and .debug_abbrev, with readable zero bytes behind their end;
 * they are borrowed. @return GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__libdwarf_open(struct gopm__libdwarf **out, const struct gopm__section *info,
                                const struct gopm__section *abbrev);
void gopm__libdwarf_close(struct gopm__libdwarf *dwarf);

/* The next unit header, in order. @return GOPM_OK, GOPM_DONE, GOPM_ERR_FORMAT. */
gopm_status gopm__libdwarf_next_unit(struct gopm__libdwarf *dwarf, struct gopm__raw_unit *out);

/* @return GOPM_OK, GOPM_NOT_FOUND, GOPM_ERR_FORMAT. */
gopm_status gopm__libdwarf_die_at(struct gopm__libdwarf *dwarf, uint64_t offset, struct gopm__raw_die *out);
gopm_status gopm__libdwarf_child(struct gopm__libdwarf *dwarf, const struct gopm__raw_die *die,
                                 struct gopm__raw_die *out);
/* Moves `die` on to its next sibling; released when there is none. */
gopm_status gopm__libdwarf_next(struct gopm__libdwarf *dwarf, struct gopm__raw_die *die);
void gopm__libdwarf_release(struct gopm__libdwarf *dwarf, struct gopm__raw_die *die);

/* Fills up to `capacity` attributes; more are an error.
 * @return GOPM_OK, GOPM_ERR_FORMAT. */
gopm_status gopm__libdwarf_attributes(struct gopm__libdwarf *dwarf, const struct gopm__raw_die *die,
                                      struct gopm__raw_attribute *out, size_t capacity, size_t *count);

#endif
