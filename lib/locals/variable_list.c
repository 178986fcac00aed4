/* SPDX-License-Identifier: Apache-2.0 */
#include "locals/variable_list.h"

#include <stdlib.h>

static int compare_entries(const void *a, const void *b)
{
	const struct gopm__variable_entry *x = a, *y = b;
	if (x->depth != y->depth) {
		return x->depth < y->depth ? -1 : 1;
	}
	if (x->variable.decl_line != y->variable.decl_line) {
		return x->variable.decl_line < y->variable.decl_line ? -1 : 1;
	}
	return x->order < y->order ? -1 : x->order > y->order;
}

void gopm__variable_entries_sort(struct gopm__variable_entry *entries, size_t count)
{
	qsort(entries, count, sizeof *entries, compare_entries);
}

void gopm__variable_entries_mark_shadowed(struct gopm__variable_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			if (entries[i].variable.name.size == entries[j].variable.name.size &&
			    memcmp(entries[i].variable.name.data, entries[j].variable.name.data,
			           entries[i].variable.name.size) == 0) {
				entries[i].variable.flags |= GOPM_VAR_SHADOWED;
				break;
			}
		}
	}
}

gopm_status gopm__variable_list_make(struct gopm__context *context, const struct gopm__variable_entry *entries,
                                     size_t count, struct gopm__variable_list *out)
{
	out->list = gopm__arena_alloc(context->arena, count * sizeof *out->list);
	if (out->list == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (unsigned locals = 0; locals < 2; locals++) {
		for (size_t i = 0; i < count; i++) {
			bool local = (entries[i].variable.flags & (GOPM_VAR_ARGUMENT | GOPM_VAR_RESULT)) == 0;
			if (local == (locals == 1)) {
				out->list[out->count++] = entries[i].variable;
			}
		}
	}
	return GOPM_OK;
}
