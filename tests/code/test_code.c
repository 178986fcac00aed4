/* SPDX-License-Identifier: Apache-2.0 */
/* The code of a whole program is analyzed: every jump leads to the beginning of an instruction, so their lengths are
 * right. */
#include "cmocka_all.h"

#include "api/handle.h"

static void test_sample(void **state)
{
	gopm_core *core = NULL;
	struct gopm__code_cache cache = {0};
	struct gopm__func func;
	uint64_t all = 0, analyzed = 0;

	(void)state;
	assert_int_equal(gopm_core_open_path(GOPM_SAMPLE "/core.zst", GOPM_SAMPLE "/server", &core, NULL), GOPM_OK);
	const struct gopm__module *module = &core->program->symtab.modules[0];
	for (uint64_t i = 0; gopm__func_at(module, i, &func); i++) {
		if ((func.flag & GOPM__FUNC_ASM) != 0) {
			continue;
		}
		all++;
		analyzed += gopm__code_of(&cache, core->program->file.arch, &core->program->symtab, &func) != NULL;
		gopm__code_cache_trim(&cache);
	}
	/* Jumps through tables, and functions that are too large, are not. */
	print_message("%llu of %llu functions are analyzed\n", (unsigned long long)analyzed, (unsigned long long)all);
	assert_true(all > 3000);
	assert_true(analyzed > all - all / 20);
	gopm__code_cache_free(&cache);
	gopm_core_close(core);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sample)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
