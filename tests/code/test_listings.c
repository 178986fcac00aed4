/* SPDX-License-Identifier: Apache-2.0 */
/* The facts that listings/ states about each of its functions are those that the analyses find. */
#include "cmocka_all.h"

#include <glob.h>

#include "listing.h"

static void test_listings(void **state)
{
	glob_t found;
	int wrong = 0;

	(void)state;
	assert_int_equal(glob("code/listings/*.txt", 0, NULL, &found), 0);
	assert_true(found.gl_pathc > 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		wrong += listing_check(found.gl_pathv[i]);
	}
	globfree(&found);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_listings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
