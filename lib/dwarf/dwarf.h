/* SPDX-License-Identifier: Apache-2.0 */
/* The DWARF of an executable: its sections, its units, and the functions of each unit. Callers hold
 * gopm__program_lock(), since libdwarf serves one thread at a time and caches grow. Units, functions and trees live as
 * long as the struct gopm__dwarf. */
#ifndef GOPM_DWARF_DWARF_H
#define GOPM_DWARF_DWARF_H

#include "dwarf/die.h"
#include "util/map64.h"
#include "util/progress.h"

struct gopm__name;
struct gopm__c_name;

/* A range of code of a unit. */
struct gopm__unit_range {
	struct gopm__pc_range range;
	uint32_t unit; /* index */
};

struct gopm__function {
	struct gopm__pc_range range;
	uint64_t die; /* of its DW_TAG_subprogram */
};

/* The subprograms of a unit that have code, sorted by low pc. */
struct gopm__functions {
	struct gopm__function *list;
	size_t count;
};

/* A size is 0 if the executable lacks the section. .debug_info and .debug_abbrev are padded with zero bytes. */
struct gopm__dwarf_sections {
	struct gopm__section info, abbrev, strings, line_strings, str_offsets, addr, ranges, rnglists, loc, loclists;
};

struct gopm__dwarf {
	const struct gopm__progress *progress; /* not owned; NULL: none */
	struct gopm__executable *exe;          /* not owned */
	struct gopm__findings *findings;
	struct gopm__libdwarf *raw;
	struct gopm__arena arena;
	struct gopm__dwarf_sections sections;

	struct gopm__unit *units; /* by offset */
	size_t unit_count;
	struct gopm__unit_range *unit_ranges; /* by low */
	size_t unit_range_count;

	struct gopm__map64 functions; /* DIE offset -> struct gopm__function_tree * */

	struct gopm__name *names; /* names.h: by text and kind */
	size_t name_count;
	bool named; /* `names` were read */

	struct gopm__c_name *c_names; /* c_names.h: by kind and text */
	size_t c_name_count;
	bool c_named; /* `c_names` were read */
};

/* @return GOPM_OK, GOPM_ERR_NO_DWARF, GOPM_ERR_FORMAT, GOPM_ERR_LIMIT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__dwarf_open(struct gopm__dwarf **out, struct gopm__executable *exe, struct gopm__findings *findings,
                             gopm_error **err);
/* The same, from sections that the caller has read. */
gopm_status gopm__dwarf_open_sections(struct gopm__dwarf **out, const struct gopm__dwarf_sections *sections,
                                      struct gopm__executable *exe, struct gopm__findings *findings, gopm_error **err);
void gopm__dwarf_close(struct gopm__dwarf *dwarf);

/* Reports that units before this one are read. False: the caller's callback stops the call. */
bool gopm__dwarf_report(const struct gopm__dwarf *dwarf, size_t unit);

/* Adds a finding GOPM_FINDING_BAD_DWARF with an offset in .debug_info. */
void gopm__dwarf_damage(struct gopm__dwarf *dwarf, uint64_t offset, const char *what);

/* Checks the entries of a unit, once. Damage is a finding. */
void gopm__dwarf_check_unit(struct gopm__dwarf *dwarf, struct gopm__unit *unit);

/* The unit that contains the DIE at `die`; NULL if there is none. */
struct gopm__unit *gopm__dwarf_unit_of(struct gopm__dwarf *dwarf, uint64_t die);
/* The unit whose code contains `pc`, an address of the file; NULL if there is none. */
struct gopm__unit *gopm__dwarf_unit_at(struct gopm__dwarf *dwarf, uint64_t pc);

/* Reads the DIE at `offset`. @return GOPM_OK, GOPM_NOT_FOUND, GOPM_ERR_FORMAT. */
gopm_status gopm__dwarf_die(struct gopm__dwarf *dwarf, uint64_t offset, struct gopm__die *out);

/* The subprogram whose code contains `pc`, an address of the file. @return GOPM_OK, GOPM_NOT_FOUND, GOPM_ERR_FORMAT,
 * GOPM_ERR_NO_MEMORY. */
gopm_status gopm__dwarf_function_at(struct gopm__dwarf *dwarf, uint64_t pc, struct gopm__unit **unit,
                                    struct gopm__function *out);

/* The first child of a unit's root; gopm__libdwarf_next() gives the others.
 * @return GOPM_OK, GOPM_NOT_FOUND (no child), GOPM_ERR_FORMAT. */
gopm_status gopm__dwarf_first(struct gopm__dwarf *dwarf, const struct gopm__unit *unit, struct gopm__raw_die *out);

#endif
