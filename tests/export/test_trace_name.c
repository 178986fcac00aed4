/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "export/trace_name.h"

#include <string.h>

/* Expected texts follow funcNamePiecesForPrint and printFuncName of runtime/traceback.go. */
static void check(const char *name, const char *expected)
{
	struct gopm__text text = {0};

	gopm__trace_name((gopm_str){name, strlen(name)}, &text);
	assert_string_equal(text.data, expected);
	gopm__text_free(&text);
}

static void test_names(void **state)
{
	(void)state;
	check("main.main", "main.main");
	check("main.(*T).M", "main.(*T).M");
	check("main.f[go.shape.int]", "main.f[...]");
	check("main.(*Stack[go.shape.float64]).pop", "main.(*Stack[...]).pop");
	check("main.f[go.shape.map[string]int]", "main.f[...]");
	check("main.f[go.shape.[]int].func1", "main.f[...].func1");
	check("runtime.gopanic", "panic");
	check("runtime.gopanic2", "runtime.gopanic2");
	check("main.(*T[go.shape.int]).M[go.shape.string]", "main.(*T[...]).M[...]");
	check("main.]odd[", "main.]odd[");
	check("main.open[", "main.open[");
	check("main.\033[3m", "main.\\x1b[3m"); /* names are bytes of a file: see gopm_escape() */
	check("main.f[\033]\n", "main.f[...]\\x0a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
