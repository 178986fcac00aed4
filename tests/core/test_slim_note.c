/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gopm/slim.h>

#include "cmocka_all.h"
#include "core/slim_note.h"

struct note {
	struct gopm__findings findings;
	struct gopm__corefile core;
};

/* Reads the note from an allocation of its exact size, so that valgrind sees a read past its end. */
static void read_note(struct note *note, const void *text, size_t size)
{
	char *copy = malloc(size != 0 ? size : 1);

	assert_non_null(copy);
	memcpy(copy, text, size);
	gopm__findings_init(&note->findings, 10);
	note->core = (struct gopm__corefile){.findings = &note->findings};
	gopm__slim_note_read(&note->core, copy, size);
	free(copy);
	assert_true(note->core.slim);
}

static void read_string(struct note *note, const char *text)
{
	read_note(note, text, strlen(text));
}

static void expect(const struct note *note, size_t index, uint32_t kind, uint64_t address, const char *message)
{
	assert_true(index < note->findings.count);
	const gopm_finding *finding = &note->findings.list[index];
	assert_int_equal(finding->kind, kind);
	assert_int_equal(finding->address, address);
	assert_string_equal(finding->message.data, message);
}

static void says_what_was_said(void **state)
{
	struct gopm__findings findings;
	struct gopm__text text = {0};
	struct note note;
	uint64_t carried;

	(void)state;
	gopm__findings_init(&findings, 10);
	gopm__finding_add(&findings, GOPM_FINDING_TRUNCATED, GOPM__AT_OFFSET("core", 77), "it ends at %d", 77);
	gopm__finding_add(&findings, GOPM_FINDING_TRUNCATED, GOPM__AT_OFFSET("core", 77), "it ends at %d", 77);
	/* Reading the small core gives this one again. */
	gopm__finding_add(&findings, GOPM_FINDING_EXE_MISMATCH, GOPM__NOWHERE, "another program");
	gopm__finding_add(&findings, GOPM_FINDING_BAD_NOTE, GOPM__NOWHERE, "a name\nin two lines%c", 1);
	gopm__finding_add(&findings, GOPM_FINDING_SLIM, GOPM__AT_ADDRESS(0xc000123000), "too much");
	gopm__slim_note_make(&text, GOPM_SLIM_STACKS, UINT64_C(1) << 40, &findings, &carried);
	assert_false(text.failed);
	assert_int_equal(carried, 3);
	read_note(&note, text.data, text.size);
	assert_int_equal(note.core.slim_profile, GOPM_SLIM_STACKS);
	assert_int_equal(note.core.original_size, UINT64_C(1) << 40);
	assert_int_equal(note.findings.count, 3);
	assert_non_null(strstr(note.findings.list[0].message.data, "it ends at 77"));
	assert_non_null(strstr(note.findings.list[1].message.data, "a name\\x0ain two lines\\x01"));
	assert_int_equal(note.findings.list[2].kind, GOPM_FINDING_SLIM);
	assert_int_equal(note.findings.list[2].address, UINT64_C(0xc000123000));
	/* A second time: the findings stay the same. */
	struct gopm__text again = {0};
	gopm__slim_note_make(&again, GOPM_SLIM_HEAP, note.core.original_size, &note.findings, &carried);
	assert_int_equal(carried, 3);
	struct note second;
	read_note(&second, again.data, again.size);
	assert_int_equal(second.core.slim_profile, GOPM_SLIM_HEAP);
	for (size_t i = 0; i < 3; i++) {
		expect(&second, i, note.findings.list[i].kind, note.findings.list[i].address,
		       note.findings.list[i].message.data);
	}
	gopm__findings_clear(&second.findings);
	gopm__findings_clear(&note.findings);
	gopm__findings_clear(&findings);
	gopm__text_free(&again);
	gopm__text_free(&text);
}

/* A later version may add words. The known ones are read. */
static void unknown_lines(void **state)
{
	struct note note;

	(void)state;
	read_string(&note,
	            "version 99.0\nprofile brand-new\nweather fine\noriginal-size 5 and more\n\n\nprofile heap\n");
	assert_int_equal(note.core.slim_profile, GOPM_SLIM_HEAP);
	assert_int_equal(note.core.original_size, 5);
	assert_int_equal(note.findings.count, 0);
	gopm__findings_clear(&note.findings);
	read_string(&note, "finding 99 1 0x0 of a kind that is not known yet\nfinding 0 1 0x0 of none\n");
	assert_int_equal(note.findings.count, 0);
	gopm__findings_clear(&note.findings);
}

static void hostile_text(void **state)
{
	static const char *const lines[] = {
	    "",
	    "\n",
	    "profile",
	    "profile ",
	    "profile defaul",
	    "profile defaults",
	    "original-size",
	    "original-size ",
	    "original-size x",
	    "original-size -1",
	    "original-size 99999999999999999999999999999999999999999999999999999",
	    "finding",
	    "finding ",
	    "finding 2",
	    "finding 2 ",
	    "finding 2 1",
	    "finding x 1 0x0 text",
	    "finding -2 1 0x0 text",
	    "finding 18446744073709551618 1 0x0 text",
	    "finding 111111111111111111111111111111111111111111111111111112 1 0x0 text",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct note note;
		read_string(&note, lines[i]);
		assert_int_equal(note.core.slim_profile, GOPM_SLIM_DEFAULT);
		for (size_t k = 0; k < note.findings.count; k++) {
			assert_true(note.findings.list[k].kind != 0 && note.findings.list[k].kind <= GOPM_FINDING_SLIM);
		}
		gopm__findings_clear(&note.findings);
	}
	struct note note;
	read_note(&note, "finding 2 1 0x10 a\0b\nprofile heap", 33);
	assert_int_equal(note.core.slim_profile, GOPM_SLIM_HEAP);
	expect(&note, 0, GOPM_FINDING_TRUNCATED, 16, "a");
	gopm__findings_clear(&note.findings);
	/* The text of a finding is not a format string. */
	read_string(&note, "finding 3 7 0x1 %s%s%s%n%1000000d");
	expect(&note, 0, GOPM_FINDING_BAD_NOTE, 1, "%s%s%s%n%1000000d");
	gopm__findings_clear(&note.findings);
}

/* Very long lines, and very many of them. */
static void much_text(void **state)
{
	const size_t size = (size_t)4 << 20;
	char *text = malloc(size);
	struct note note;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', size);
	memcpy(text, "finding 2 1 0x0 ", 16);
	read_note(&note, text, size);
	assert_int_equal(note.findings.count, 0);
	gopm__findings_clear(&note.findings);
	size_t at = 0;
	for (unsigned i = 0; at + 64 < size; i++) {
		at += (size_t)sprintf(text + at, "finding 2 1 0x%x number %u\n", i, i);
	}
	read_note(&note, text, at);
	assert_int_equal(note.findings.count, 10);
	assert_true(note.findings.total > 10000);
	gopm__findings_clear(&note.findings);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says_what_was_said),
	    cmocka_unit_test(unknown_lines),
	    cmocka_unit_test(hostile_text),
	    cmocka_unit_test(much_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
