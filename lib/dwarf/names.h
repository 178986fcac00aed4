/* SPDX-License-Identifier: Apache-2.0 */
/* Types, package variables and constants by name. `dwarf` is NULL for a program without DWARF, which has no names. */
#ifndef GOPM_DWARF_NAMES_H
#define GOPM_DWARF_NAMES_H

#include "dwarf/dwarf.h"

enum gopm__name_kind { GOPM__NAME_TYPE, GOPM__NAME_VARIABLE, GOPM__NAME_CONSTANT };

struct gopm__name {
	gopm_str text;   /* as the source writes it: "gopkg.in/yaml.v3.Node" */
	gopm_str symbol; /* as the DWARF has it: "gopkg.in/yaml%2ev3.Node" */
	uint64_t die;
	enum gopm__name_kind kind;
};

/* Reads the names of all units of Go into dwarf->names, unless that was done. Order: by text, kind, offset of the DIE.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__dwarf_read_names(struct gopm__dwarf *dwarf);

/* The first of that kind with exactly this text, in either form; NULL: none. The names must have been read. */
const struct gopm__name *gopm__dwarf_name(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str text);

/* The same for package.name as in Go source. `package` is a whole path, its last element, or the name in the package
 * clause. NULL: none, or *ambiguous: several packages match. */
const struct gopm__name *gopm__dwarf_qualified(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str package,
                                               gopm_str name, bool *ambiguous);

/* The DIEs of the structs with these names ("runtime.g"); 0: none. Does not use dwarf->names: it reads as few units as
 * it can. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__dwarf_find_structs(struct gopm__dwarf *dwarf, const char *const *names, size_t count, uint64_t *dies);

#endif
