/* SPDX-License-Identifier: Apache-2.0 */
/* Damages what the roots are read from: every walk ends, the damage is a finding, and other roots stay. Names of
 * variables are compared with the DWARF. */
#include "cmocka_all.h"
#include "support/sample.h"

#include <string.h>

#include "dwarf/names.h"
#include "dwarf/static_address.h"
#include "heap/root.h"
#include "runtime/gc_queue.h"
#include "runtime/layout/field.h"
#include "runtime/spans.h"
#include "runtime/special.h"
#include "util/cycle.h"

enum { KINDS = GOPM__ROOT_RUNTIME + 1 };

struct counts {
	uint64_t roots[KINDS], conservative[KINDS];
	uint64_t left; /* roots until the visitor stops; 0: never */
};

static struct sample_bytes bytes;
static gopm_core *core;

static void open_damaged(void)
{
	gopm_status status;

	core = sample_open_bytes(&bytes, 0, &status);
	assert_int_equal(status, GOPM_OK);
}

static bool count_root(void *user_data, const struct gopm__root *root)
{
	struct counts *counts = user_data;

	assert_true(root->word != 0);
	counts->roots[root->kind]++;
	counts->conservative[root->kind] += root->conservative;
	return counts->left == 0 || --counts->left != 0;
}

static struct counts count_roots(void)
{
	struct counts counts = {.left = 0};
	const struct gopm__root_request request = {.program = core->program, .visit = count_root, .user_data = &counts};

	assert_int_equal(gopm__roots_visit(&request), GOPM_OK);
	return counts;
}

static uint64_t count_findings(uint32_t kind, const char *text)
{
	const struct gopm__findings *findings = &core->program->findings;
	uint64_t count = 0;

	for (size_t i = 0; i < findings->count; i++) {
		count += findings->list[i].kind == kind && strstr(findings->list[i].message.data, text) != NULL;
	}
	return count;
}

/* The sample: its roots, with no damage. */
static struct counts sound;

static int open_sample(void **state)
{
	(void)state;
	sample_read(&bytes);
	open_damaged();
	return 0;
}

static int close_sample(void **state)
{
	(void)state;
	gopm_core_close(core);
	sample_free(&bytes);
	return 0;
}

static void put_word(uint64_t address, uint64_t value)
{
	uint8_t *at = sample_at(&bytes, address);

	assert_non_null(at);
	memcpy(at, &value, sizeof value);
}

static void open_again(void)
{
	gopm_core_close(core);
	open_damaged();
}

static void check_sound(void **state)
{
	(void)state;
	sound = count_roots();
	assert_int_equal(core->program->findings.count, 0);
	/* Each of the 1000 connections has a net.netFD with a finalizer, and a few goroutines with frames. A finalizer
	 * makes two roots: its function, and what the object refers to. */
	assert_true(sound.roots[GOPM__ROOT_VARIABLE] > 1000);
	assert_true(sound.roots[GOPM__ROOT_FRAME] > 2000);
	assert_true(sound.roots[GOPM__ROOT_FINALIZER] >= 2000);
	for (size_t i = 0; i < KINDS; i++) {
		assert_int_equal(sound.conservative[i], 0);
	}
}

static void check_names(void **state)
{
	struct gopm__program *program = core->program;
	struct gopm__root_names *names;
	struct gopm__dwarf *dwarf;
	unsigned compared = 0;

	(void)state;
	assert_int_equal(gopm__root_names_open(program, &names), GOPM_OK);
	gopm__program_lock(program);
	assert_int_equal(gopm__program_dwarf(program, &dwarf, NULL), GOPM_OK);
	assert_int_equal(gopm__dwarf_read_names(dwarf), GOPM_OK);
	for (size_t i = 0; i < dwarf->name_count; i++) {
		struct gopm__root_variable variable;
		struct gopm__die die;
		const char *why;
		if (dwarf->names[i].kind != GOPM__NAME_VARIABLE ||
		    gopm__dwarf_die(dwarf, dwarf->names[i].die, &die) != GOPM_OK) {
			continue;
		}
		const uint64_t address = gopm__static_address(&die, program->exe.bias, &why);
		if (address == 0 || !gopm__root_variable(names, address, &variable) || variable.name.size == 0) {
			continue;
		}
		assert_int_equal(variable.begin, address);
		assert_int_equal(variable.name.size, dwarf->names[i].text.size);
		assert_memory_equal(variable.name.data, dwarf->names[i].text.data, variable.name.size);
		/* The last byte is of the same variable, and a name never covers the next one. */
		assert_true(gopm__root_variable(names, address + variable.size - 1, &variable));
		assert_int_equal(variable.begin, address);
		compared++;
	}
	gopm__program_unlock(program);
	assert_true(compared > 300);
	gopm__root_names_close(names);
}

static void check_no_names(void **state)
{
	const struct gopm__module *module = &core->program->symtab.modules[0];
	struct gopm__root_variable variable;
	struct gopm__root_names *names;

	(void)state;
	core->program->no_dwarf = true;
	struct gopm__executable empty = core->program->exe;
	core->program->exe = (struct gopm__executable){0};
	assert_int_equal(gopm__root_names_open(core->program, &names), GOPM_OK);
	core->program->exe = empty;
	assert_true(gopm__root_variable(names, module->bss + 17, &variable));
	assert_int_equal(variable.name.size, 0);
	assert_string_equal(variable.section, ".bss");
	assert_int_equal(variable.offset, 16);
	assert_int_equal(variable.begin, module->bss + 16);
	assert_false(gopm__root_variable(names, module->text, &variable));
	gopm__root_names_close(names);
}

static void check_stop(void **state)
{
	struct counts counts = {.left = 3};
	const struct gopm__root_request request = {.program = core->program, .visit = count_root, .user_data = &counts};

	(void)state;
	assert_int_equal(gopm__roots_visit(&request), GOPM_OK);
	assert_int_equal(counts.roots[GOPM__ROOT_VARIABLE], 3);
}

static int refuse(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	(void)user_data;
	(void)done;
	assert_int_equal(phase, 77);
	assert_true(total > 2000);
	return 1;
}

static void check_cancel(void **state)
{
	struct counts counts = {.left = 0};
	const struct gopm__progress progress = {.call = refuse};
	const struct gopm__root_request request = {
	    .program = core->program, .visit = count_root, .user_data = &counts, .progress = &progress, .phase = 77};

	(void)state;
	assert_int_equal(gopm__roots_visit(&request), GOPM_ERR_CANCELLED);
	assert_int_equal(counts.roots[GOPM__ROOT_FRAME], 0);
}

/* Puts `value` into moduledata, at each word that has `old`. */
static void patch_module(uint64_t old, uint64_t value)
{
	const uint64_t module = core->program->symtab.modules[0].address;
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	unsigned patched = 0;
	uint64_t word;

	for (uint64_t at = module; at < module + 640; at += 8) {
		if (gopm__read_u64(&reader, at, &word) && word == old) {
			put_word(at, value);
			patched++;
		}
	}
	assert_int_equal(patched, 1);
}

static void check_lost_mask(void **state)
{
	(void)state;
	patch_module(core->program->symtab.modules[0].bss_mask.bytes, 8);
	open_again();
	struct counts now = count_roots();
	assert_int_equal(count_findings(GOPM_FINDING_MISSING, "the pointer mask of .bss"), 1);
	/* All words, also those that are no pointers. */
	assert_true(now.roots[GOPM__ROOT_VARIABLE] > sound.roots[GOPM__ROOT_VARIABLE]);
	assert_true(now.conservative[GOPM__ROOT_VARIABLE] != 0);
	assert_int_equal(now.roots[GOPM__ROOT_FRAME], sound.roots[GOPM__ROOT_FRAME]);
}

static void check_wrong_mask(void **state)
{
	const struct gopm__module *module = &core->program->symtab.modules[0];

	(void)state;
	patch_module(module->data_mask.count, (uint64_t)module->data_mask.count * 1000);
	open_again();
	struct counts now = count_roots();
	assert_int_equal(count_findings(GOPM_FINDING_MISSING, "the pointer mask of .data"), 1);
	assert_true(now.conservative[GOPM__ROOT_VARIABLE] != 0);
	assert_int_equal(now.roots[GOPM__ROOT_FINALIZER], sound.roots[GOPM__ROOT_FINALIZER]);
}

/* The first special of a span that has some. */
static struct gopm__special first_special(void)
{
	struct gopm__runtime *rt = &core->program->runtime;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	const struct gopm__mheap *heap = gopm__mheap(rt);
	struct gopm__special special = {0};
	struct gopm__span span;

	for (uint64_t i = 0; i < heap->count && special.kind != GOPM__SPECIAL_FINALIZER; i++) {
		if (gopm__mheap_span_at(rt, &reader, heap, i, &span) && span.specials != 0) {
			assert_true(gopm__special_read(rt, &reader, span.specials, &special));
		}
	}
	assert_int_equal(special.kind, GOPM__SPECIAL_FINALIZER);
	return special;
}

static void check_cyclic_specials(void **state)
{
	const struct gopm__special special = first_special();

	(void)state;
	put_word(special.address + (uint64_t)core->program->runtime.layout.special.next, special.address);
	open_again();
	struct counts now = count_roots();
	assert_int_equal(count_findings(GOPM_FINDING_CYCLE, "the list of specials of a span is cyclic"), 1);
	assert_int_equal(now.roots[GOPM__ROOT_VARIABLE], sound.roots[GOPM__ROOT_VARIABLE]);
	assert_true(now.roots[GOPM__ROOT_FINALIZER] > sound.roots[GOPM__ROOT_FINALIZER] / 2);
}

static void check_lost_special(void **state)
{
	const struct gopm__special special = first_special();

	(void)state;
	put_word(special.address + (uint64_t)core->program->runtime.layout.special.next, 8);
	open_again();
	(void)count_roots();
	assert_int_equal(count_findings(GOPM_FINDING_BAD_POINTER, "the list of specials of a span is not in the core"),
	                 1);
}

static void check_special_of_nothing(void **state)
{
	const struct gopm__special special = first_special();

	(void)state;
	put_word(special.address + (uint64_t)core->program->runtime.layout.special.offset, UINT64_C(1) << 40);
	open_again();
	(void)count_roots();
	assert_int_equal(count_findings(GOPM_FINDING_BAD_POINTER, "a special is of an object outside of its span"), 1);
}

/* The first record of a deferred call that has an older one; 0: none. */
static uint64_t first_defer(uint64_t *g)
{
	const struct gopm__runtime *rt = &core->program->runtime;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);

	for (uint64_t i = 0; i < rt->g_count; i++) {
		*g = gopm__runtime_g_at(rt, &reader, i);
		const uint64_t record = gopm__field_or_0(&reader, *g, rt->layout.g.defer, 8);
		if (record != 0 && sample_at(&bytes, record) != NULL) {
			return record;
		}
	}
	return 0;
}

static void check_cyclic_defers(void **state)
{
	uint64_t g, record = first_defer(&g);

	(void)state;
	assert_true(record != 0);
	put_word(record + (uint64_t)core->program->runtime.layout.defer.link, record);
	open_again();
	(void)count_roots();
	assert_int_equal(count_findings(GOPM_FINDING_CYCLE, "the list of deferred calls of a goroutine is cyclic"), 1);
}

static void check_lost_defer(void **state)
{
	uint64_t g, record = first_defer(&g);

	(void)state;
	assert_true(record != 0);
	put_word(g + (uint64_t)core->program->runtime.layout.g.defer, 8);
	open_again();
	(void)count_roots();
	assert_int_equal(count_findings(GOPM_FINDING_BAD_POINTER, "a deferred call of a goroutine is not in the core"),
	                 1);
}

/* A stack that cannot be unwound is read conservatively: nothing in it becomes garbage. */
static void check_cut_stack(void **state)
{
	const struct gopm__runtime *rt = &core->program->runtime;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	const uint64_t g = gopm__runtime_g_at(rt, &reader, rt->g_count / 2);

	(void)state;
	put_word(g + (uint64_t)rt->layout.g.sched_pc, 16);
	open_again();
	struct counts now = count_roots();
	assert_true(count_findings(GOPM_FINDING_STACK_INCOMPLETE, "stack cannot be unwound") != 0);
	assert_true(now.conservative[GOPM__ROOT_FRAME] != 0);
	assert_true(now.roots[GOPM__ROOT_FRAME] > sound.roots[GOPM__ROOT_FRAME] / 2);
}

/* Makes a block of finalizers of other memory: one that has no finalizer, and is its own successor. */
static void check_cyclic_queue(void **state)
{
	uint64_t g, block = first_defer(&g);

	(void)state;
	assert_true(block != 0);
	put_word(block, block);
	put_word(block + 16, 0);
	put_word(core->program->runtime.symbols[GOPM__GLOBAL_ALLFIN].address, block);
	open_again();
	struct counts now = count_roots();
	assert_int_equal(count_findings(GOPM_FINDING_CYCLE, "the queue of finalizers is cyclic"), 1);
	assert_int_equal(now.roots[GOPM__ROOT_FINALIZER], sound.roots[GOPM__ROOT_FINALIZER]);
	/* More than a block has room for. */
	put_word(block + 16, 102);
	open_again();
	(void)count_roots();
	assert_int_equal(count_findings(GOPM_FINDING_BAD_POINTER, "the queue of finalizers is damaged"), 1);
}

/* Random words in the written memory: no crash, no endless walk. */
static void check_random_damage(void **state)
{
	uint64_t random = 88172645463325252u;

	(void)state;
	for (unsigned round = 0; round < 12; round++) {
		for (unsigned i = 0; i < 2000; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			const size_t at = 4096 + (size_t)(random % (bytes.core_size - 8192)) / 8 * 8;
			uint64_t word;
			memcpy(&word, bytes.core + at, sizeof word);
			word = random % 3 == 0   ? word ^ (UINT64_C(1) << random % 48)
			       : random % 3 == 1 ? random
			                         : word + 8;
			memcpy(bytes.core + at, &word, sizeof word);
		}
		gopm_status status;
		gopm_core_close(core);
		core = sample_open_bytes(&bytes, 0, &status);
		if (core == NULL) {
			break;
		}
		(void)count_roots();
	}
	if (core == NULL) {
		sample_free(&bytes);
		sample_read(&bytes);
		open_damaged();
	}
}

static void check_cycle(void **state)
{
	(void)state;
	/* A list of `tail` elements that leads into a circle of `length`. */
	for (uint64_t tail = 0; tail < 20; tail++) {
		for (uint64_t length = 1; length < 40; length++) {
			struct gopm__cycle cycle = {0};
			uint64_t taken = 0;
			for (uint64_t at = 1; !gopm__cycle_closed(&cycle, at); taken++) {
				at = at == tail + length ? tail + 1 : at + 1;
				assert_true(taken < 4 * (tail + length) + 4);
			}
			assert_true(taken >= length);
		}
	}
	struct gopm__cycle cycle = {0};
	for (uint64_t at = 1; at < 100000; at++) {
		assert_false(gopm__cycle_closed(&cycle, at));
	}
}

#define WITH_SAMPLE(check) cmocka_unit_test_setup_teardown(check, open_sample, close_sample)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_SAMPLE(check_sound), /* first */
	    WITH_SAMPLE(check_names),           WITH_SAMPLE(check_no_names),      WITH_SAMPLE(check_stop),
	    WITH_SAMPLE(check_cancel),          WITH_SAMPLE(check_lost_mask),     WITH_SAMPLE(check_wrong_mask),
	    WITH_SAMPLE(check_cyclic_specials), WITH_SAMPLE(check_lost_special),  WITH_SAMPLE(check_special_of_nothing),
	    WITH_SAMPLE(check_cyclic_defers),   WITH_SAMPLE(check_lost_defer),    WITH_SAMPLE(check_cut_stack),
	    WITH_SAMPLE(check_cyclic_queue),    WITH_SAMPLE(check_random_damage), cmocka_unit_test(check_cycle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
