/* SPDX-License-Identifier: Apache-2.0 */
/* Ps of a synthetic process. */
#include <stdlib.h>

#include "cmocka_all.h"

#include "runtime/p.h"
#include "support/made.h"

#define IDS (BASE + 0x90000)
enum { STATUS = 4 }; /* offset in made's p */

/* Two of three run; of one the core lacks the status. */
static void running(void **state)
{
	struct made *p = made_new();
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	uint64_t list[] = {made_p(0), made_p(1), made_p(2)};
	static const unsigned statuses[] = {0, 1, 2}; /* _Pidle, _Prunning, _Psyscall */

	(void)state;
	assert_int_equal(gopm__ps_running(&p->rt, &reader), UINT64_MAX);
	for (unsigned i = 0; i < 3; i++) {
		made_put(p, list[i] + STATUS, statuses[i], 4);
	}
	p->rt.ps = list;
	p->rt.p_count = 3;
	assert_int_equal(gopm__ps_running(&p->rt, &reader), 1);
	list[2] = HEAP;
	assert_int_equal(gopm__ps_running(&p->rt, &reader), 2);
	p->rt.ps = NULL;
	p->rt.p_count = 0;
	made_free(p);
}

/* An entry that is not the P of its index is a finding, and is left out. */
static void of_allp(void **state)
{
	struct made *p = made_new();
	struct gopm__reader reader = gopm__reader(&p->core.memory);

	(void)state;
	p->rt.allp = ALLP;
	made_put64(p, ALLP, IDS);
	made_put64(p, ALLP + 8, 3);
	for (unsigned i = 0; i < 3; i++) {
		made_put64(p, IDS + i * 8, made_p(i));
		made_put(p, made_p(i), i == 1 ? 7 : i, 4);
	}
	assert_int_equal(gopm__ps_load(&p->rt, &reader), GOPM_OK);
	assert_int_equal(p->rt.p_count, 2);
	assert_int_equal(p->rt.ps[1], made_p(2));
	assert_int_equal(p->findings.count, 1);
	free(p->rt.ps);
	p->rt.ps = NULL;
	p->rt.p_count = 0;
	made_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(running),
	    cmocka_unit_test(of_allp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
