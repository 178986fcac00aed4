/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/func_check.h"

#include <string.h>

#include "symbol/functions.h"
#include "util/str.h"

/* The unit of a function that has none: of the linker itself. */
#define NO_UNIT UINT32_MAX
#define ALIGN_FUNC 8u /* of a _func in pclntable */
#define MAX_PCDATA 16u
#define MAX_PADDING 64u    /* bytes between two functions: the greatest alignment */
#define MAX_ARGS (1 << 28) /* bytes; the compiler allows frames of less than 1 GiB */
#define WORD 8             /* of stacks; all CPUs have 64 bits */

/* Each table ends with a 0, and the first one is after a 0. */
static bool begins_table(const struct gopm__module *m, uint32_t table)
{
	return table < m->pctab_size && m->pctab[table - 1] == 0;
}

/* Compares the ends of the tables of pctab: the linker ends all of a function at the same pc. */
static bool tables_fit(const struct gopm__func *func, uint64_t pc)
{
	const uint32_t count = func->pcdata_count < MAX_PCDATA ? func->pcdata_count : MAX_PCDATA;
	uint64_t common = 0;

	for (uint32_t i = 0; i < count + 3; i++) {
		const uint32_t table = i == 0   ? func->pcsp
		                       : i == 1 ? func->pcfile
		                       : i == 2 ? func->pcln
		                                : gopm__pcdata(func, i - 3);
		if (table == 0) {
			continue;
		}
		const uint64_t end = gopm__pcvalue_end(func, table);
		if (!begins_table(func->module, table) || end == 0 || (common != 0 && end != common)) {
			return false;
		}
		common = end;
	}
	int32_t delta;
	if (gopm__pcvalue(func, func->pcsp, pc, &delta) && delta % WORD != 0) {
		return false;
	}
	/* The compiler writes both, or none. */
	if ((gopm__funcdata(func, GOPM__FUNCDATA_ARG_LIVE) != 0) != (gopm__pcdata(func, GOPM__PCDATA_ARG_LIVE) != 0)) {
		return false;
	}
	/* A function has both, or is a trampoline of the linker. Until Go 1.20 the creator of a goroutine was at
	 * systemstack_switch+1, the end of that function (runtime/proc.go, saveAncestors). */
	return (func->pcfile == 0) == (func->pcln == 0) && (func->pcsp == 0 || func->pcfile != 0) &&
	       common <= func->end && (common == 0 || pc <= common || func->end - common < MAX_PADDING);
}

/* Each _func follows the one before it, with its tables of PCDATA and FUNCDATA. */
static bool size_fits(const struct gopm__func *func)
{
	const struct gopm__pcln_format *format = func->module->format;
	const uint64_t offset = (uint64_t)(func->at - func->module->pclntable);
	uint64_t end = offset + format->func_size + func->pcdata_count * UINT64_C(4), next;

	if (format->funcdata_is_address && func->funcdata_count != 0) {
		end = (end + 7) / 8 * 8 + func->funcdata_count * UINT64_C(8);
	} else {
		end += func->funcdata_count * UINT64_C(4);
	}
	if (!gopm__func_offset(func->module, func->index + 1, &next)) {
		return true;
	}
	if (next != (end + ALIGN_FUNC - 1) / ALIGN_FUNC * ALIGN_FUNC) {
		return false;
	}
	for (; end < next; end++) {
		if (func->module->pclntable[end] != 0) {
			return false;
		}
	}
	return true;
}

/* A string of a table begins after the end of another. */
static bool begins_string(const uint8_t *table, uint64_t size, uint64_t offset)
{
	return offset < size && table[offset] != '\0' && (offset == 0 || table[offset - 1] == '\0');
}

/* The bytes of all arguments and results. Assembly may not know them (runtime/funcdata.h, ArgsSizeUnknown). */
static bool args_fit(const struct gopm__func *func)
{
	return func->args == INT32_MIN || (func->args >= 0 && func->args <= MAX_ARGS);
}

/* True if its name and file can be read, and it begins in a line of the file. */
static bool names_fit(const struct gopm__func *func, uint64_t pc)
{
	const struct gopm__module *m = func->module;
	int32_t number;

	if (gopm__pcvalue(func, func->pcfile, pc, &number)) {
		const gopm_str file = gopm__func_file(func, number);
		if (file.size == 0 ||
		    !begins_string(m->filetab, m->filetab_size, (uint64_t)((const uint8_t *)file.data - m->filetab))) {
			return false;
		}
	}
	return begins_string(m->names, m->names_size, func->name) &&
	       (m->format->start_line < 0 || func->start_line > 0 || func->pcdata_count == 0);
}

/* The path of the package in a function's name; empty if the function may be in the unit of another package: type
 * arguments, functions that the compiler makes, and closures of functions that are inlined there. */
static gopm_str package_of(const struct gopm__func *func)
{
	const gopm_str name = gopm__func_name(func->module, func->name);
	size_t slash = 0, end;

	if (memchr(name.data, '[', name.size) != NULL || memchr(name.data, ':', name.size) != NULL ||
	    memmem(name.data, name.size, ".func", 5) != NULL) {
		return (gopm_str){NULL, 0};
	}
	for (size_t i = 0; i < name.size; i++) {
		slash = name.data[i] == '/' ? i : slash;
	}
	for (end = slash; end < name.size && name.data[end] != '.'; end++) {
	}
	return (gopm_str){name.data, end};
}

/* The linker lays out a package in one piece, and its Go functions are of one compilation unit. */
static bool unit_fits(const struct gopm__func *func, uint8_t wrapper_id)
{
	struct gopm__func before, after;
	const bool may_be_wrapper = wrapper_id != 0 ? func->id == wrapper_id : func->id != 0;

	if (func->module->format->start_line < 0 || func->cu == NO_UNIT ||
	    (may_be_wrapper && !gopm__name_is_go_wrapper(gopm__func_name(func->module, func->name))) ||
	    (func->flag & GOPM__FUNC_ASM) != 0 || func->index == 0 ||
	    !gopm__func_at(func->module, func->index - 1, &before) ||
	    !gopm__func_at(func->module, func->index + 1, &after) || before.cu != after.cu || before.cu == NO_UNIT ||
	    before.cu == func->cu) {
		return true;
	}
	const gopm_str package = package_of(func);
	return package.size == 0 ||
	       (!gopm__str_equal(package, package_of(&before)) && !gopm__str_equal(package, package_of(&after)));
}

/* Besides wrappers only functions of package runtime have a funcID (cmd/internal/objabi/funcid.go). That of wrappers is
 * the last. */
static bool id_fits(const struct gopm__func *func, uint8_t wrapper_id)
{
	const gopm_str name = gopm__func_name(func->module, func->name);

	if (wrapper_id == 0 || func->id == wrapper_id) {
		return true;
	}
	return !gopm__name_is_go_wrapper(name) &&
	       (func->id == 0 || (func->id < wrapper_id && gopm__name_is_runtime(name)));
}

bool gopm__func_is_sound(const struct gopm__func *func, uint64_t pc, uint8_t wrapper_id)
{
	const struct gopm__pcln_format *format = func->module->format;
	const uint64_t entry =
	    format->entry_is_address ? gopm__load64(func->at) : func->module->text + gopm__load32(func->at);

	return entry == func->entry && tables_fit(func, pc) && size_fits(func) && args_fit(func) &&
	       names_fit(func, pc) && unit_fits(func, wrapper_id) && id_fits(func, wrapper_id);
}
