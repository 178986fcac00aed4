/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/declaration.h"

#include <stdlib.h>

#include "util/glob.h"
#include "util/str.h"
#include "util/vector.h"

#define MAX_INLINE_DEPTH 64

/* A pc of the function itself: its first instruction may be of an inlined call. */
static uint64_t own_pc(struct gopm__reader *reader, const struct gopm__func *func)
{
	const uint32_t tree = gopm__pcdata(func, GOPM__PCDATA_INL_TREE);
	struct gopm__inlined_call row;
	uint64_t pc = func->entry;
	int32_t index;

	for (unsigned depth = 0; depth < MAX_INLINE_DEPTH && gopm__pcvalue(func, tree, pc, &index) && index >= 0;
	     depth++) {
		if (!gopm__inlined_call(reader, func, index, &row) || row.parent_pc < 0) {
			break;
		}
		pc = func->entry + (uint32_t)row.parent_pc;
	}
	return pc;
}

gopm_str gopm__func_declaration(struct gopm__reader *reader, const struct gopm__func *func, uint32_t *line)
{
	const uint64_t pc = own_pc(reader, func);
	int32_t number, first;

	*line = func->start_line > 0 ? (uint32_t)func->start_line : 0;
	if (!gopm__pcvalue(func, func->pcfile, pc, &number)) {
		return (gopm_str){NULL, 0};
	}
	if (*line == 0 && gopm__pcvalue(func, func->pcln, pc, &first) && first > 0) {
		*line = (uint32_t)first;
	}
	return gopm__func_file(func, number);
}

static int path_order(const void *a, const void *b)
{
	return gopm__str_compare(*(const gopm_str *)a, *(const gopm_str *)b);
}

gopm_status gopm__source_files(const struct gopm__symtab *symtab, const char *glob, gopm_str **out, size_t *count)
{
	gopm_str *files = NULL;
	size_t found = 0, capacity = 0, kept = 0;

	for (size_t m = 0; m < symtab->module_count; m++) {
		const char *at = (const char *)symtab->modules[m].filetab;
		size_t left = at != NULL ? (size_t)symtab->modules[m].filetab_size : 0;
		while (left != 0) {
			const gopm_str path = {at, strnlen(at, left)};
			const size_t step = path.size < left ? path.size + 1 : left;
			if (path.size != 0 && path.size < left && (glob == NULL || gopm__glob(glob, path))) {
				if (!GOPM__VECTOR_RESERVE(files, found, capacity, 1)) {
					free(files);
					return GOPM_ERR_NO_MEMORY;
				}
				files[found++] = path;
			}
			at += step;
			left -= step;
		}
	}
	if (found != 0) {
		qsort(files, found, sizeof *files, path_order);
	}
	for (size_t i = 0; i < found; i++) {
		if (kept == 0 || !gopm__str_equal(files[kept - 1], files[i])) {
			files[kept++] = files[i];
		}
	}
	*out = files;
	*count = kept;
	return GOPM_OK;
}
