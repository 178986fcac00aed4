/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of a synthetic frame. Each expected text follows from the bytes that support/dwarfbuilder.c writes. */
#include "cmocka_all.h"
#include "support/testframe.h"

#include <stdlib.h>
#include <string.h>

static uint16_t version_of(void **state)
{
	return *(uint16_t *)*state;
}

static void assert_text(struct test_frame *t, const char *name, const char *expected)
{
	char *text = test_frame_text(t, name);

	if (text == NULL || strcmp(text, expected) != 0) {
		print_error("%s: %s, not %s\n", name, text != NULL ? text : "no such variable", expected);
		fail();
	}
	free(text);
}

static void open_frame(struct test_dwarf *made, struct test_frame *t, uint16_t version)
{
	test_dwarf_make(made, version);
	test_frame_open(t, made, version);
	assert_non_null(t->dwarf);
}

static void close_frame(struct test_dwarf *made, struct test_frame *t)
{
	test_frame_close(t);
	test_dwarf_free(made);
}

static void reads_every_kind(void **state)
{
	struct test_dwarf made;
	struct test_frame t;

	open_frame(&made, &t, version_of(state));
	assert_int_equal(test_frame_at(&t, TESTDWARF_LOW, 0, 50), GOPM_OK);
	assert_text(&t, "n", "-42");
	assert_text(&t, "err", "interface {} nil");
	assert_text(&t, "s", "\"h\xc3\xa9ll\"");
	assert_text(&t, "list", "[]int len: 2, cap: 4, [100,200]");
	assert_text(&t, "point", "*main.Point {X: 3, Y: 4}");
	assert_text(&t, "color", "Green|Dark (9)");
	assert_text(&t, "sp", "66304"); /* CFA - 0x100 */
	assert_text(&t, "moved", "3");
	assert_text(&t, "any", "interface {}(main.Point) {X: 3, Y: 4}");
	/* Slot 2 has the bytes of "h\xc3\xa9llo". The layout has no sudog.g. */
	assert_text(
	    &t, "ch",
	    "chan int 2/3 {buf: [1: 200,122511470216040], recvx: 1, sendq: [goroutine ???, goroutine ???], closed}");
	assert_text(&t, "m", "map[int]uint8 [5: 50, 6: 51, ]");
	assert_text(&t, "old", "map[int]uint8 [1: 11, 2: 12, 3: 13, ]");
	assert_text(&t, "growing", "map[int]uint8 [4: 14, 5: 15, ]");
	assert_text(&t, "bytes", "[3]uint8 [1,2,3]");
	assert_text(&t, "real", "2.5");
	assert_text(&t, "yes", "true");
	assert_text(&t, "lost", "4");
	assert_null(test_frame_variable(&t, "later"));
	assert_int_equal(t.findings.total, 0);
	close_frame(&made, &t);
}

static void stops_at_a_cycle(void **state)
{
	struct test_dwarf made;
	struct test_frame t;

	open_frame(&made, &t, version_of(state));
	assert_int_equal(test_frame_at(&t, TESTDWARF_LOW, 0, 50), GOPM_OK);
	assert_text(&t, "self", "main.Self len: 1, cap: 1, [[...]]");
	close_frame(&made, &t);
}

static void put_list(struct test_dwarf *made, uint64_t address, uint64_t first)
{
	const uint64_t header[3] = {first, 1, 1};

	memcpy(made->memory.data + (address - TESTDWARF_MEMORY), header, sizeof header);
}

/* A list of lists without a cycle. */
static void stops_at_the_depth_limit(void **state)
{
	struct test_dwarf made;
	struct test_frame t;

	test_dwarf_make(&made, version_of(state));
	put_list(&made, TESTDWARF_CFA - 160, TESTDWARF_CFA);
	for (uint64_t i = 0; i < 80; i++) {
		put_list(&made, TESTDWARF_CFA + i * 24, TESTDWARF_CFA + (i + 1) * 24);
	}
	test_frame_open(&t, &made, version_of(state));
	assert_non_null(t.dwarf);
	assert_int_equal(test_frame_at(&t, TESTDWARF_LOW, 0, 50), GOPM_OK);
	char *text = test_frame_text(&t, "self");
	assert_non_null(text);
	assert_ptr_equal(strstr(text, "main.Self len: 1, cap: 1, [[[["), text);
	assert_non_null(strstr(text, "[(unreadable nested too deep)]]]"));
	free(text);
	close_frame(&made, &t);
}

static void gives_the_reason_if_unreadable(void **state)
{
	struct test_dwarf made;
	struct test_frame t;

	open_frame(&made, &t, version_of(state));
	assert_int_equal(test_frame_at(&t, TESTDWARF_LATE, 0, 50), GOPM_OK);
	assert_text(&t, "reg", "(unreadable in a register whose value in this frame is not known)");
	assert_text(&t, "gone", "(unreadable optimized out: empty location)");
	assert_text(&t, "half", "main.Point {X: 66816, Y: (unreadable optimized out: no location here)}");
	assert_text(&t, "lost",
	            version_of(state) >= 5 ? "(unreadable lost here: location list at 0xc does not cover 0x401090)"
	                                   : "(unreadable lost here: location list at 0x0 does not cover 0x401090)");
	close_frame(&made, &t);
}

static void reads_known_registers(void **state)
{
	struct test_dwarf made;
	struct test_frame t;
	const struct gopm__arch *arch = gopm__arch_by_machine(EM_X86_64);

	open_frame(&made, &t, version_of(state));
	t.registers.value[gopm__arch_register(arch, 3)] = 77;
	t.frame.registers = &t.registers;
	assert_int_equal(test_frame_at(&t, TESTDWARF_LOW, 0, 50), GOPM_OK);
	assert_text(&t, "reg", "77");
	close_frame(&made, &t);
}

static void resolves_scopes(void **state)
{
	struct test_dwarf made;
	struct test_frame t;

	open_frame(&made, &t, version_of(state));
	/* There is one n outside the block. Inside there is a second one, which shadows it. */
	assert_int_equal(test_frame_at(&t, TESTDWARF_LOW, 0, 50), GOPM_OK);
	assert_text(&t, "n", "-42");
	assert_int_equal(test_frame_at(&t, TESTDWARF_BLOCK, 0, 50), GOPM_OK);
	assert_text(&t, "n", "7");
	assert_int_equal(t.variables.list[0].flags, GOPM_VAR_ARGUMENT | GOPM_VAR_SHADOWED);
	assert_int_equal(t.variables.list[1].flags, GOPM_VAR_RESULT);
	/* A variable is in scope from the line after its declaration. */
	assert_int_equal(test_frame_at(&t, TESTDWARF_BLOCK, 0, 14), GOPM_OK);
	assert_text(&t, "n", "-42");
	/* The block has 0x60 bytes. */
	assert_int_equal(test_frame_at(&t, TESTDWARF_BLOCK + 0x60, 0, 50), GOPM_OK);
	assert_text(&t, "n", "-42");
	close_frame(&made, &t);
}

static void resolves_inlined_calls(void **state)
{
	struct test_dwarf made;
	struct test_frame t;

	open_frame(&made, &t, version_of(state));
	assert_int_equal(test_frame_at(&t, TESTDWARF_INLINED, 1, 5), GOPM_OK);
	assert_int_equal(t.variables.count, 1);
	assert_text(&t, "p", "11");
	/* The outer frame is at the line of the call, 20, before the declaration in line 90. */
	assert_int_equal(test_frame_at(&t, TESTDWARF_INLINED, 0, 1000), GOPM_OK);
	assert_text(&t, "n", "7");
	assert_null(test_frame_variable(&t, "later"));
	assert_int_equal(test_frame_at(&t, TESTDWARF_INLINED + 0x20, 1, 5), GOPM_NOT_FOUND);
	assert_int_equal(test_frame_at(&t, TESTDWARF_HIGH, 0, 5), GOPM_NOT_FOUND);
	close_frame(&made, &t);
}

static void survives_truncated_dwarf(void **state)
{
	struct test_dwarf made;

	test_dwarf_make(&made, version_of(state));
	size_t info = made.info.size, abbrev = made.abbrev.size;
	for (size_t cut = 0; cut < 200; cut++) {
		struct test_frame t;
		made.info.size = info * cut / 200;
		made.abbrev.size = cut % 2 == 0 ? abbrev : abbrev * cut / 200;
		test_frame_open(&t, &made, version_of(state));
		if (t.dwarf != NULL && test_frame_at(&t, TESTDWARF_BLOCK, 0, 50) == GOPM_OK) {
			free(test_frame_text(&t, "m"));
			free(test_frame_text(&t, "any"));
		}
		test_frame_close(&t);
	}
	made.info.size = info;
	made.abbrev.size = abbrev;
	test_dwarf_free(&made);
}

static void reports_missing_memory(void **state)
{
	struct test_dwarf made;
	struct test_frame t;

	test_dwarf_make(&made, version_of(state));
	made.memory.size = 0x3f0; /* memory ends below the CFA */
	test_frame_open(&t, &made, version_of(state));
	assert_int_equal(test_frame_at(&t, TESTDWARF_LOW, 0, 50), GOPM_OK);
	assert_text(&t, "n", "(unreadable the core lacks memory at 0x10400)");
	assert_text(&t, "list",
	            "[]int len: 2, cap: 4, [(unreadable the core lacks memory at 0x10500),(unreadable the core lacks "
	            "memory at 0x10508)]");
	assert_text(&t, "real", "2.5");
	close_frame(&made, &t);
}

static void loads_up_to_the_limits(void **state)
{
	struct test_dwarf made;
	struct test_frame t;

	open_frame(&made, &t, version_of(state));
	t.context.limits = (struct gopm__limits){.max_string = 2, .max_elements = 1, .max_fields = 1};
	assert_int_equal(test_frame_at(&t, TESTDWARF_LOW, 0, 50), GOPM_OK);
	assert_text(&t, "s", "\"h\\xc3...+3 more\"");
	assert_text(&t, "list", "[]int len: 2, cap: 4, [100,...+1 more]");
	assert_text(&t, "point", "*main.Point {X: 3,...+1 more}");
	assert_text(&t, "m", "map[int]uint8 [5: 50, ,...+1 more]");
	close_frame(&made, &t);
}

int main(void)
{
	static uint16_t four = 4, five = 5;
#define BOTH(test)                                                                                                     \
	{#test "(4)", test, NULL, NULL, &four},                                                                        \
	{                                                                                                              \
#test "(5)", test, NULL, NULL, &five                                                                   \
	}
	const struct CMUnitTest tests[] = {
	    BOTH(reads_every_kind),         BOTH(stops_at_a_cycle),
	    BOTH(stops_at_the_depth_limit), BOTH(gives_the_reason_if_unreadable),
	    BOTH(reads_known_registers),    BOTH(resolves_scopes),
	    BOTH(resolves_inlined_calls),   BOTH(survives_truncated_dwarf),
	    BOTH(reports_missing_memory),   BOTH(loads_up_to_the_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
