/* SPDX-License-Identifier: Apache-2.0 */
/* The trees of inlined calls of the sample's stacks are sound; after a change of a row that cannot be, they are not. */
#include "cmocka_all.h"

#include <string.h>

#include "api/handle.h"
#include "support/sample.h"
#include "symbol/func_check.h"
#include "symbol/funcdata.h"

/* A row of internal/abi/symtab.go's InlTree since Go 1.20. */
enum { ROW_BYTES = 16, ROW_UNUSED = 1, ROW_NAME = 4, ROW_PARENT_PC = 8, ROW_START_LINE = 12 };

static struct sample_bytes sample;
static gopm_core *core;

static int set_up(void **state)
{
	gopm_core_options options;

	(void)state;
	sample_read(&sample);
	gopm_core_options_init(&options, sizeof options);
	options.core_data = sample.core;
	options.core_size = sample.core_size;
	options.exe_data = sample.exe;
	options.exe_size = sample.exe_size;
	return gopm_core_open(&options, &core, NULL) == GOPM_OK ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	gopm_core_close(core);
	sample_free(&sample);
	return 0;
}

static bool row_fits(struct gopm__reader *reader, const struct gopm__func *func, int32_t index)
{
	struct gopm__inlined_call call;

	return gopm__inlined_call(reader, func, index, &call) && gopm__inlined_call_fits(reader, func, index, &call);
}

static void is_seen(struct gopm__reader *reader, const struct gopm__func *func, int32_t index, size_t offset,
                    uint32_t value, size_t size)
{
	const uint64_t tree = gopm__funcdata(func, GOPM__FUNCDATA_INL_TREE);
	uint8_t *row = (uint8_t *)(uintptr_t)gopm__read_span(reader, tree + (uint64_t)index * ROW_BYTES, ROW_BYTES);
	uint8_t old[4];

	assert_non_null(row);
	memcpy(old, row + offset, size);
	assert_memory_not_equal(old, &value, size);
	memcpy(row + offset, &value, size);
	const bool fits = row_fits(reader, func, index);
	memcpy(row + offset, old, size);
	if (fits) {
		fail_msg("0x%x at %zu of row %d is not seen", value, offset, index);
	}
}

/* Calls at each pc of the functions of the runtime, until enough are inlined. */
static void test_rows(void **state)
{
	const struct gopm__module *module = &core->program->symtab.modules[0];
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i + 1 < module->ftab_count && seen < 200; i++) {
		struct gopm__func func;
		int32_t last = -1;
		assert_true(gopm__func_at(module, i, &func));
		const uint32_t table = gopm__pcdata(&func, GOPM__PCDATA_INL_TREE);
		assert_int_equal(table != 0, gopm__funcdata(&func, GOPM__FUNCDATA_INL_TREE) != 0);
		last = table != 0 ? gopm__pcvalue_max(&func, table) : -1;
		for (int32_t index = 0; index <= last; index++) {
			struct gopm__inlined_call call;
			assert_true(gopm__inlined_call(&reader, &func, index, &call));
			if (!gopm__inlined_call_fits(&reader, &func, index, &call)) {
				fail_msg("row %d of the function at 0x%llx", index, (unsigned long long)func.entry);
			}
			is_seen(&reader, &func, index, ROW_UNUSED, 7, 1);
			is_seen(&reader, &func, index, ROW_NAME, UINT32_MAX, 4);
			is_seen(&reader, &func, index, ROW_NAME, call.name + 1, 4);
			is_seen(&reader, &func, index, ROW_PARENT_PC, UINT32_MAX, 4);
			is_seen(&reader, &func, index, ROW_PARENT_PC, 0x7ffffff, 4);
			is_seen(&reader, &func, index, ROW_START_LINE, 0x80000000, 4);
			seen++;
		}
	}
	assert_true(seen >= 200);
}

/* All tables of a function end at one pc: so does none that is cut. */
static void test_ends(void **state)
{
	const struct gopm__module *module = &core->program->symtab.modules[0];

	(void)state;
	for (size_t i = 0; i + 1 < module->ftab_count; i++) {
		struct gopm__func func;
		assert_true(gopm__func_at(module, i, &func));
		const uint64_t end = gopm__pcvalue_end(&func, func.pcsp);
		const uint32_t tree = gopm__pcdata(&func, GOPM__PCDATA_INL_TREE);
		assert_int_equal(gopm__pcvalue_end(&func, func.pcln), func.pcln != 0 ? end : 0);
		assert_int_equal(gopm__pcvalue_end(&func, func.pcfile), func.pcfile != 0 ? end : 0);
		assert_int_equal(gopm__pcvalue_end(&func, tree), tree != 0 ? end : 0);
		assert_true(end == 0 || end > func.entry);
	}
}

/* What the linker says of a function besides its tables: its funcID, and the unit of its package. */
static void test_func_damage(void **state)
{
	const struct gopm__symtab *symtab = &core->program->symtab;
	const struct gopm__module *module = &symtab->modules[0];
	size_t wrappers = 0, of_runtime = 0;

	(void)state;
	assert_int_not_equal(symtab->wrapper_id, 0);
	for (size_t i = 1; i + 1 < module->ftab_count; i++) {
		struct gopm__func func, before, after;
		assert_true(gopm__func_at(module, i, &func) && gopm__func_at(module, i - 1, &before) &&
		            gopm__func_at(module, i + 1, &after));
		const gopm_str name = gopm__func_name(module, func.name);
		assert_true(gopm__func_is_sound(&func, func.entry, symtab->wrapper_id));
		if (memmem(name.data, name.size, ".gowrap", 7) != NULL) {
			wrappers++;
			func.id = 0xd0;
			assert_false(gopm__func_is_sound(&func, func.entry, symtab->wrapper_id));
		} else if (func.id != 0 && func.id != symtab->wrapper_id && before.cu == func.cu &&
		           after.cu == func.cu && (func.flag & GOPM__FUNC_ASM) == 0) {
			of_runtime++;
			func.cu += 3;
			assert_false(gopm__func_is_sound(&func, func.entry, symtab->wrapper_id));
		}
	}
	assert_true(wrappers != 0);
	assert_true(of_runtime != 0);
}

/* The sample is not damaged. */
static void test_no_finding(void **state)
{
	gopm_goroutine_iter *it;
	gopm_goroutine g;
	size_t got;

	(void)state;
	assert_int_equal(gopm_goroutine_iter_open(core, NULL, &it, NULL), GOPM_OK);
	while (gopm_goroutine_iter_next(it, &g, sizeof g, 1, &got) == GOPM_OK) {
	}
	gopm_goroutine_iter_free(it);
	for (size_t i = 0; i < core->program->findings.count; i++) {
		assert_int_not_equal(core->program->findings.list[i].kind, GOPM_FINDING_BAD_SYMBOLS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_ends),
	                                   cmocka_unit_test(test_func_damage), cmocka_unit_test(test_no_finding)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
