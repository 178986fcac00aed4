/* SPDX-License-Identifier: Apache-2.0 */
/* Types, package variables and constants by name. A NULL `dwarf` is of a program without DWARF: it has no names. */
#ifndef GOPM_DWARF_NAMES_H
#define GOPM_DWARF_NAMES_H

#include "dwarf/dwarf.h"

enum gopm__name_kind { GOPM__NAME_TYPE, GOPM__NAME_VARIABLE, GOPM__NAME_CONSTANT };

struct gopm__name {
	gopm_str text; /* "net/http.DefaultClient" */
	uint64_t die;
	enum gopm__name_kind kind;
};

/* Reads the names of all units of Go, once: dwarf->names. Order: by text, kind, place in the file.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__dwarf_read_names(struct gopm__dwarf *dwarf);

/* The first of that kind with this very text; NULL: none. */
const struct gopm__name *gopm__dwarf_name(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str text);

/* The same for what Go source calls package.name, where `package` is a whole path, its last element, or the name of
 * the package clause. NULL: none; *ambiguous: several packages of that name have one. */
const struct gopm__name *gopm__dwarf_qualified(struct gopm__dwarf *dwarf, enum gopm__name_kind kind, gopm_str package,
                                               gopm_str name, bool *ambiguous);

/* The DIEs of the structs with these names ("runtime.g"); 0: none. Does not use dwarf->names: it reads as few units as
 * it can. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__dwarf_find_structs(struct gopm__dwarf *dwarf, const char *const *names, size_t count, uint64_t *dies);

#endif
