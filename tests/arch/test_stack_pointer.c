/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions as GNU as assembles them, and what they do to the stack pointer by the manuals. */
#include "cmocka_all.h"

#include "arch/arch.h"
#include "arch/instruction.h"

#include <elf.h>

#define ADDED(value)                                                                                                   \
	{                                                                                                              \
		GOPM__SP_ADDED, 0, value                                                                               \
	}
#define SET(base, value)                                                                                               \
	{                                                                                                              \
		GOPM__SP_SET, base, value                                                                              \
	}
#define LOST                                                                                                           \
	{                                                                                                              \
		GOPM__SP_LOST, 0, 0                                                                                    \
	}
#define DECODED                                                                                                        \
	{                                                                                                              \
		GOPM__SP_DECODED, 0, 0                                                                                 \
	}

static const struct {
	const char *bytes;
	uint8_t size;
	struct gopm__sp_change change;
} amd64[] = {
    {"\x55", 1, ADDED(-8)},                              /* push %rbp */
    {"\x41\x55", 2, ADDED(-8)},                          /* push %r13 */
    {"\x5b", 1, ADDED(8)},                               /* pop %rbx */
    {"\x41\x5c", 2, ADDED(8)},                           /* pop %r12 */
    {"\x5c", 1, LOST},                                   /* pop %rsp */
    {"\x6a\x01", 2, ADDED(-8)},                          /* push $0x1 */
    {"\x68\x45\x23\x01\x00", 5, ADDED(-8)},              /* push $0x12345 */
    {"\xff\x70\x08", 3, ADDED(-8)},                      /* push 0x8(%rax) */
    {"\x8f\x40\x08", 3, ADDED(8)},                       /* pop 0x8(%rax) */
    {"\x9c", 1, ADDED(-8)},                              /* pushf */
    {"\x9d", 1, ADDED(8)},                               /* popf */
    {"\x48\x83\xec\x10", 4, ADDED(-16)},                 /* sub $0x10,%rsp */
    {"\x48\x83\xc4\x10", 4, ADDED(16)},                  /* add $0x10,%rsp */
    {"\x48\x81\xec\x00\x10\x00\x00", 7, ADDED(-0x1000)}, /* sub $0x1000,%rsp */
    {"\x48\x81\xc4\x00\x10\x00\x00", 7, ADDED(0x1000)},  /* add $0x1000,%rsp */
    {"\x48\x83\xe8\x10", 4, DECODED},                    /* sub $0x10,%rax */
    {"\x48\x83\xe4\xf0", 4, DECODED},                    /* and $0xfffffffffffffff0,%rsp: clobbered */
    {"\x48\x83\xfc\x10", 4, DECODED},                    /* cmp $0x10,%rsp */
    {"\x83\xec\x10", 3, DECODED},                        /* sub $0x10,%esp: clobbered */
    {"\x48\x89\xdc", 3, DECODED},                        /* mov %rbx,%rsp: a copy */
    {"\x48\x8d\x64\x24\x08", 5, DECODED},                /* lea 0x8(%rsp),%rsp: an address */
    {"\x49\x83\xc4\x08", 4, DECODED},                    /* add $0x8,%r12 */
    {"\xff\xd0", 2, DECODED},                            /* call *%rax */
};

static const struct {
	uint32_t word;
	struct gopm__sp_change change;
} arm64[] = {
    {0xd10083ff, ADDED(-32)},    /* sub sp, sp, #0x20 */
    {0x914007ff, ADDED(0x1000)}, /* add sp, sp, #0x1, lsl #12 */
    {0x9100001f, SET(0, 0)},     /* mov sp, x0 */
    {0x910003e0, DECODED},       /* mov x0, sp */
    {0xd100403f, SET(1, -16)},   /* sub sp, x1, #0x10 */
    {0x910043e1, DECODED},       /* add x1, sp, #0x10 */
    {0x927cec3f, LOST},          /* and sp, x1, #0xfffffffffffffff0 */
    {0xcb2163ff, LOST},          /* sub sp, sp, x1 */
    {0xf81f0ffe, ADDED(-16)},    /* str x30, [sp, #-16]! */
    {0xf84107fe, ADDED(16)},     /* ldr x30, [sp], #16 */
    {0xf9400bfe, DECODED},       /* ldr x30, [sp, #16] */
    {0xa9be7bfd, ADDED(-32)},    /* stp x29, x30, [sp, #-32]! */
    {0xa8c27bfd, ADDED(32)},     /* ldp x29, x30, [sp], #32 */
    {0xadbe07e0, ADDED(-64)},    /* stp q0, q1, [sp, #-64]! */
    {0xa9017bfd, DECODED},       /* stp x29, x30, [sp, #16] */
    {0xf81f0c20, DECODED},       /* str x0, [x1, #-16]! */
    {0x3cc107e0, ADDED(16)},     /* ldr q0, [sp], #16 */
    {0xeb2163ff, DECODED},       /* cmp sp, x1 */
};

static void check(uint16_t machine, const uint8_t *bytes, size_t size, const struct gopm__sp_change *expected)
{
	struct gopm__sp_change found = gopm__arch_by_machine(machine)->code->sp_change(bytes, size);

	assert_int_equal(found.kind, expected->kind);
	if (found.kind == GOPM__SP_ADDED || found.kind == GOPM__SP_SET) {
		assert_int_equal(found.value, expected->value);
	}
	if (found.kind == GOPM__SP_SET) {
		assert_int_equal(found.base, expected->base);
	}
}

static void test_amd64(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof amd64 / sizeof amd64[0]; i++) {
		check(EM_X86_64, (const uint8_t *)amd64[i].bytes, amd64[i].size, &amd64[i].change);
	}
}

static void test_arm64(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof arm64 / sizeof arm64[0]; i++) {
		const uint32_t w = arm64[i].word;
		const uint8_t bytes[] = {(uint8_t)w, (uint8_t)(w >> 8), (uint8_t)(w >> 16), (uint8_t)(w >> 24)};
		check(EM_AARCH64, bytes, sizeof bytes, &arm64[i].change);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_amd64), cmocka_unit_test(test_arm64)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
