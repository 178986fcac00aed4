/* SPDX-License-Identifier: Apache-2.0 */
/* Damage of the program headers of an executable. Each row breaks one rule of the gABI, "Program Header". */
#include <elf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "exe/executable.h"
#include "support/testcore.h"
#include "support/testprogram.h"

enum { HEADERS = 0, TEXT = 1, DATA = 2, NOTES = 4 }; /* indices of program headers */

struct change {
	unsigned segment;
	size_t field, size;
	uint64_t value;
	const char *text; /* of the finding */
};

#define FIELD(name) offsetof(Elf64_Phdr, name), sizeof(((Elf64_Phdr *)0)->name)

static const struct change changes[] = {
    {TEXT, FIELD(p_align), UINT64_C(1) << 40, "not aligned in the same way"},
    {DATA, FIELD(p_vaddr), PROGRAM_BASE, "overlap, or are not in the order"},
    {DATA, FIELD(p_memsz), 8, "larger in the file than in memory"},
    {TEXT, FIELD(p_filesz), 16, "not written has bytes that are not in the file"},
    {TEXT, FIELD(p_flags), PF_X, "impossible permissions"},
    {DATA, FIELD(p_filesz), 0, "variables have no initial values"},
    {NOTES, FIELD(p_type), PT_NOTE, NULL},    /* as it was */
    {NOTES, FIELD(p_type), PT_DYNAMIC, NULL}, /* its bytes are loaded */
};

/* Opens the program with a core of its process. */
static void expect_finding(const uint8_t *program, size_t size, const char *text)
{
	static const char id[20] = "aaaaaaaaaaaaaaaaaaaa";
	const struct test_program mapped = {.build_id = id};
	const struct test_process process = {.path = "/program", .data_size = 128};
	const struct gopm__executable_request request = {
	    .source = {.fd = -1, .data = program, .data_size = size, .what = "executable"}};
	struct gopm__executable exe;
	struct test_core core;
	size_t mapped_size, core_size;
	bool found = false;

	uint8_t *right = test_program_make(&mapped, &mapped_size);
	uint8_t *core_data = test_process_core(&process, right, mapped_size, &core_size);
	test_core_open(&core, core_data, core_size);
	assert_int_equal(core.status, GOPM_OK);
	assert_int_equal(gopm__executable_open(&exe, &core.file, &request, NULL), GOPM_OK);
	for (size_t i = 0; i < core.findings.count; i++) {
		found = found || (text != NULL && strstr(core.findings.list[i].message.data, text) != NULL);
	}
	if (text != NULL && !found) {
		fail_msg("no finding says: %s", text);
	}
	assert_true(text != NULL || core.findings.total == 0);
	gopm__executable_close(&exe);
	test_core_close(&core);
	free(core_data);
	free(right);
}

static void each_rule(void **state)
{
	static const char id[20] = "aaaaaaaaaaaaaaaaaaaa";
	const struct test_program sound = {.build_id = id};

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		size_t size;
		uint8_t *program = test_program_make(&sound, &size);
		memcpy(program + sizeof(Elf64_Ehdr) + changes[i].segment * sizeof(Elf64_Phdr) + changes[i].field,
		       &changes[i].value, changes[i].size);
		expect_finding(program, size, changes[i].text);
		free(program);
	}
}

/* The dynamic section must be among the bytes that are loaded. */
static void part_outside(void **state)
{
	static const char id[20] = "aaaaaaaaaaaaaaaaaaaa";
	const struct test_program sound = {.build_id = id};
	size_t size;
	uint8_t *program = test_program_make(&sound, &size);
	Elf64_Phdr *headers = (Elf64_Phdr *)(program + sizeof(Elf64_Ehdr));

	(void)state;
	headers[NOTES].p_type = PT_DYNAMIC;
	headers[NOTES].p_vaddr = PROGRAM_DATA + 32;
	headers[NOTES].p_offset = headers[DATA].p_offset + 32;
	headers[NOTES].p_filesz = 32;
	expect_finding(program, size, NULL);
	headers[NOTES].p_filesz = 33;
	expect_finding(program, size, "a part of a loaded segment is outside of it");
	headers[NOTES].p_filesz = UINT64_MAX;
	expect_finding(program, size, "a part of a loaded segment is outside of it");
	/* As Go's linker writes it. */
	headers[NOTES].p_type = PT_TLS;
	headers[NOTES].p_vaddr = headers[NOTES].p_filesz = 0;
	headers[NOTES].p_memsz = 8;
	expect_finding(program, size, NULL);
	free(program);
}

/* Changes one field of .text, whose header is the first after that of no section. */
static void expect_section_finding(size_t field, size_t bytes, uint64_t value, const char *text)
{
	static const char id[20] = "aaaaaaaaaaaaaaaaaaaa";
	const struct test_program sound = {.build_id = id};
	size_t size;
	uint8_t *program = test_program_make(&sound, &size);
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)program;

	memcpy(program + header->e_shoff + sizeof(Elf64_Shdr) + field, &value, bytes);
	expect_finding(program, size, text);
	free(program);
}

#define SECTION_FIELD(name) offsetof(Elf64_Shdr, name), sizeof(((Elf64_Shdr *)0)->name)

/* A section that is loaded has the same bytes as its segment. */
static void each_rule_of_sections(void **state)
{
	(void)state;
	expect_section_finding(SECTION_FIELD(sh_flags), 0, "has an address, but is not loaded");
	expect_section_finding(SECTION_FIELD(sh_addr), 16, "outside of the loaded segments");
	expect_section_finding(SECTION_FIELD(sh_addr), PROGRAM_TEXT + 16, "outside of the loaded segments");
	expect_section_finding(SECTION_FIELD(sh_offset), 64, "outside of the loaded segments");
	expect_section_finding(SECTION_FIELD(sh_size), 257, "outside of the loaded segments");
	expect_section_finding(SECTION_FIELD(sh_size), 191, "bytes between two sections belong to none");
	expect_section_finding(SECTION_FIELD(sh_size), 192, NULL); /* a linker may leave that */
	expect_section_finding(SECTION_FIELD(sh_type), SHT_SYMTAB, "the names of symbols are not strings");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_rule),
	    cmocka_unit_test(each_rule_of_sections),
	    cmocka_unit_test(part_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
