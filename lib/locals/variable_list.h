/* SPDX-License-Identifier: Apache-2.0 */
/* A list of variables, and its order. */
#ifndef GOPM_LOCALS_VARIABLE_LIST_H
#define GOPM_LOCALS_VARIABLE_LIST_H

#include "value/variable.h"

struct gopm__variable_list {
	struct gopm__variable *list; /* not loaded; in the context's arena */
	size_t count;
};

/* A variable with the keys it is sorted by. */
struct gopm__variable_entry {
	struct gopm__variable variable;
	uint32_t depth; /* of its block */
	size_t order;   /* in the DWARF */
};

/* Sorts by block, line of the declaration, and order in the DWARF. */
void gopm__variable_entries_sort(struct gopm__variable_entry *entries, size_t count);

/* Marks each sorted variable that a later one of the same name shadows. */
void gopm__variable_entries_mark_shadowed(struct gopm__variable_entry *entries, size_t count);

/* Makes a list: arguments and results first, then locals. @return GOPM_OK, GOPM_ERR_NO_MEMORY */
gopm_status gopm__variable_list_make(struct gopm__context *context, const struct gopm__variable_entry *entries,
                                     size_t count, struct gopm__variable_list *out);

#endif
