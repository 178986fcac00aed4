/* SPDX-License-Identifier: Apache-2.0 */
#include "export/traceback.h"

#include "cmocka_all.h"
#include "support/made.h"

/* The header of a goroutine that has waited since `since`; the clock says `now`. */
static void assert_header(int64_t since, int64_t now, const char *expected)
{
	struct made *p = made_new();
	struct gopm__text text = {0};
	struct gopm__g g = {.id = 7, .status = GOPM_G_WAITING, .wait_since = since};

	assert_int_equal(gopm__symtab_init(&p->symtab, &p->core.memory), GOPM_OK);
	p->rt.trace = gopm__trace_format(0);
	p->rt.now = now;
	const struct gopm__trace trace = {.rt = &p->rt, .g = &g, .level = GOPM_TRACEBACK_ALL};
	gopm__traceback_goroutine(&trace, &text);
	assert_int_equal(text.size, strlen(expected));
	assert_memory_equal(text.data, expected, text.size);
	gopm__text_free(&text);
	gopm__symtab_close(&p->symtab);
	made_free(p);
}

static void test_minutes(void **state)
{
	(void)state;
	const int64_t minute = INT64_C(60000000000);

	assert_header(1, minute, "goroutine 7 [waiting]:\n");
	assert_header(1, 2 * minute + 1, "goroutine 7 [waiting, 2 minutes]:\n");
	assert_header(0, 2 * minute, "goroutine 7 [waiting]:\n");
	assert_header(3 * minute, 2 * minute, "goroutine 7 [waiting]:\n");
}

/* Impossible clocks of a damaged core: no difference may overflow. */
static void test_impossible_clock(void **state)
{
	(void)state;
	assert_header(INT64_MIN, 1, "goroutine 7 [waiting]:\n");
	assert_header(INT64_MIN, INT64_MAX, "goroutine 7 [waiting]:\n");
	assert_header(INT64_MAX, INT64_MIN, "goroutine 7 [waiting]:\n");
	assert_header(-1, INT64_MAX, "goroutine 7 [waiting]:\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_minutes),
	    cmocka_unit_test(test_impossible_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
