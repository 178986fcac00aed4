/* SPDX-License-Identifier: Apache-2.0 */
#include "program/death_text.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

struct case_of_text {
	struct gopm__findings findings;
	struct gopm__runtime rt;
	struct gopm__death death;
};

/* The backlog of a process whose throw had the argument `message`, or one that is unknown (""). */
static void read_message(struct case_of_text *c, const char *backlog, bool full, const char *message)
{
	memset(c, 0, sizeof *c);
	gopm__findings_init(&c->findings, 10);
	c->rt.findings = &c->findings;
	c->rt.backlog = (gopm_str){backlog, strlen(backlog)};
	c->rt.backlog_full = full;
	c->death.text = (gopm_str){message, strlen(message)};
	gopm__death_message(&c->death, &c->rt);
}

static void assert_lines(const char *backlog, const char *message, const char *expected)
{
	struct case_of_text c;

	read_message(&c, backlog, false, message);
	assert_int_equal(c.death.before.size, strlen(expected));
	assert_memory_equal(c.death.before.data, expected, strlen(expected));
	assert_int_equal(c.findings.total, 0);
	gopm__findings_clear(&c.findings);
}

static void test_lines(void **state)
{
	(void)state;
	assert_lines("fatal error: fault\n", "fault", "");
	assert_lines("unexpected fault address 0x10\nfatal error: fault\n", "fault", "unexpected fault address 0x10\n");
	assert_lines("hello\nruntime: a\n\tb\nruntime: c\nfatal error: d\n", "d", "runtime: a\n\tb\nruntime: c\n");
	/* Lines of the program that are indented are not the runtime's. */
	assert_lines("\thello\nfatal error: d\n", "d", "");
	assert_lines("runtime: a\nhello\nfatal error: d\n", "d", "");
	assert_lines("no newline runtime: a fatal error: d\n", "d", "");
}

/* A program may print the same words. The argument of throw tells which are the runtime's. */
static void test_words_of_the_program(void **state)
{
	struct case_of_text c;

	(void)state;
	read_message(&c, "fatal error: mine\nruntime: a\nfatal error: theirs\n", false, "");
	assert_memory_equal(c.death.text.data, "theirs", 6);
	assert_memory_equal(c.death.before.data, "runtime: a\n", 11);
	gopm__findings_clear(&c.findings);

	read_message(&c, "runtime: a\nfatal error: theirs\nfatal error: mine\n", false, "theirs");
	assert_int_equal(c.death.before.size, 11);
	gopm__findings_clear(&c.findings);

	read_message(&c, "fatal error: mine\n", false, "theirs");
	assert_int_equal(c.death.before.size, 0);
	assert_int_equal(c.death.text.size, 6);
	assert_int_equal(c.findings.list[0].kind, GOPM_FINDING_MISSING);
	gopm__findings_clear(&c.findings);
}

/* The ring holds 512 bytes: the first lines of a long message are lost, and said to be. */
static void test_lost_lines(void **state)
{
	static const struct {
		const char *backlog, *before;
		bool lost;
	} rows[] = {
	    {"r: first\n\tsecond\nfatal error: d\n", "", false},
	    {"xt: cut\nruntime: a\nfatal error: d\n", "runtime: a\n", true},
	    {"\tcut\nfatal error: d\n", "", true},
	    {"hello\nfatal error: d\n", "", false},
	    {"x\nhello\nruntime: a\nfatal error: d\n", "runtime: a\n", false},
	};
	struct case_of_text c;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		read_message(&c, rows[i].backlog, true, "d");
		assert_int_equal(c.death.before.size, strlen(rows[i].before));
		assert_memory_equal(c.death.before.data, rows[i].before, strlen(rows[i].before));
		assert_int_equal(c.findings.total, rows[i].lost ? 1 : 0);
		gopm__findings_clear(&c.findings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_words_of_the_program),
	    cmocka_unit_test(test_lost_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
