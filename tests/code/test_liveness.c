/* SPDX-License-Identifier: Apache-2.0 */
/* What is read again of a frame whose code is written here by hand. */
#include "cmocka_all.h"

#include <elf.h>
#include <string.h>

#include "arch/arch.h"
#include "code/cfg.h"

#define ENTRY UINT64_C(0x1000)
/* The stack pointer lies so far below the CFA all the time. */
#define SP (-0x28)
#define FIRST (SP + 8)
#define SECOND (SP + 0x10)

static const char code[] = "\x48\x89\x44\x24\x08" /*  0: mov %rax,0x8(%rsp) */
                           "\x48\x89\x5c\x24\x10" /*  5: mov %rbx,0x10(%rsp) */
                           "\xe8\x00\x10\x00\x00" /* 10: call */
                           "\x84\xc0"             /* 15: test %al,%al */
                           "\x74\x07"             /* 17: je 26 */
                           "\x0f\xb6\x4c\x24\x08" /* 19: movzbl 0x8(%rsp),%ecx */
                           "\xeb\x05"             /* 24: jmp 31 */
                           "\x48\x89\x4c\x24\x10" /* 26: mov %rcx,0x10(%rsp) */
                           "\x48\x8b\x44\x24\x10" /* 31: mov 0x10(%rsp),%rax */
                           "\xc3";                /* 36: ret */
static const uint32_t begins[] = {0, 19, 26, 31};

struct made {
	struct gopm__code code;
	struct gopm__code_cache cache;
	struct gopm__cfg_instruction steps[16];
	uint32_t blocks[4];
};

static void make(struct made *m)
{
	memset(m, 0, sizeof *m);
	m->code.cache = &m->cache;
	m->code.desc = gopm__arch_by_machine(EM_X86_64)->code;
	m->code.entry = ENTRY;
	m->code.steps = m->steps;
	m->code.blocks = m->blocks;
	for (uint32_t at = 0; at < sizeof code - 1;) {
		struct gopm__cfg_instruction *step = &m->steps[m->code.step_count];
		assert_true(
		    m->code.desc->decode((const uint8_t *)code + at, sizeof code - 1 - at, ENTRY + at, &step->code));
		step->offset = at;
		step->sp = SP;
		step->block = -1;
		if (m->code.block_count < 4 && begins[m->code.block_count] == at) {
			m->blocks[m->code.block_count] = (uint32_t)m->code.step_count;
			step->block = (int32_t)m->code.block_count++;
		}
		m->code.step_count++;
		at += step->code.size;
	}
	assert_int_equal(m->code.block_count, 4);
}

static struct gopm__live_set live_at(struct made *m, uint64_t offset, bool returning)
{
	struct gopm__live_set live;

	assert_true(gopm__code_live_at(&m->code, ENTRY + offset, returning, &live));
	return live;
}

static void test_slots(void **state)
{
	struct made m;
	struct gopm__live_set live;

	(void)state;
	make(&m);
	/* While the call runs: one way reads a byte of the first, and the second. */
	live = live_at(&m, 15, true);
	assert_true(gopm__is_live(&live, FIRST, 8));
	assert_true(gopm__is_live(&live, FIRST, 1));
	assert_false(gopm__is_live(&live, FIRST + 1, 7));
	assert_true(gopm__is_live(&live, SECOND, 8));
	assert_false(gopm__is_live(&live, SECOND + 8, 8));
	/* The other way writes the second over, and never looks at the first. */
	live = live_at(&m, 26, false);
	assert_false(gopm__is_live(&live, FIRST, 8));
	assert_false(gopm__is_live(&live, SECOND, 8));
	live = live_at(&m, 31, false);
	assert_true(gopm__is_live(&live, SECOND, 8));
	/* Before they are written they hold nothing that anybody wants. */
	live = live_at(&m, 0, false);
	assert_false(gopm__is_live(&live, FIRST, 8));
	assert_false(gopm__is_live(&live, SECOND, 8));
	gopm__code_cache_free(&m.cache);
}

static void test_registers(void **state)
{
	struct made m;
	struct gopm__live_set live;

	(void)state;
	make(&m);
	live = live_at(&m, 0, false);
	assert_true(gopm__is_live_register(&live, 0));
	assert_true(gopm__is_live_register(&live, 3));
	live = live_at(&m, 15, true);
	assert_true(gopm__is_live_register(&live, 0)); /* al */
	assert_false(gopm__is_live_register(&live, 3));
	/* The second way wants what rcx holds, the first makes it anew. */
	assert_true(gopm__is_live_register(&live, 1));
	live = live_at(&m, 19, false);
	assert_false(gopm__is_live_register(&live, 1));
	gopm__code_cache_free(&m.cache);
}

static void test_gone(void **state)
{
	struct made m;
	struct gopm__live_set live;

	(void)state;
	make(&m);
	m.steps[2].gone = true; /* the call does not come back */
	assert_false(gopm__code_live_at(&m.code, ENTRY + 15, true, &live));
	live = live_at(&m, 10, false);
	assert_false(gopm__is_live(&live, FIRST, 8));
	/* No call ends there, no instruction begins there. */
	assert_false(gopm__code_live_at(&m.code, ENTRY + 19, true, &live));
	assert_false(gopm__code_live_at(&m.code, ENTRY + 1, false, &live));
	gopm__code_cache_free(&m.cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_slots),
	    cmocka_unit_test(test_registers),
	    cmocka_unit_test(test_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
