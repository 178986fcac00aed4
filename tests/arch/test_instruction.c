/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions as GNU as assembles them, with the effects that the manuals list. */
#include "cmocka_all.h"

#include "arch/arch.h"
#include "arch/instruction.h"

#include <elf.h>
#include <string.h>

static const struct gopm__code_desc *code_of(uint16_t machine)
{
	return gopm__arch_by_machine(machine)->code;
}

static struct gopm__instruction decoded(uint16_t machine, const char *bytes, size_t size)
{
	struct gopm__instruction out;

	assert_true(code_of(machine)->decode((const uint8_t *)bytes, size, 0x1000, &out));
	return out;
}

#define AMD64(bytes) decoded(EM_X86_64, bytes, sizeof(bytes) - 1)
#define ARM64(bytes) decoded(EM_AARCH64, bytes, sizeof(bytes) - 1)

static void is_effect(const struct gopm__instruction *i, unsigned kind, unsigned reg, unsigned base, unsigned size,
                      int64_t value)
{
	assert_int_equal(i->effect_count, 1);
	assert_int_equal(i->effects[0].kind, kind);
	assert_int_equal(i->effects[0].reg, reg);
	assert_int_equal(i->effects[0].base, base);
	assert_int_equal(i->effects[0].size, size);
	assert_int_equal(i->effects[0].value, value);
	assert_int_equal(i->clobbers, 0);
}

static void test_amd64(void **state)
{
	struct gopm__instruction i;

	(void)state;
	i = AMD64("\x48\x89\xd8"); /* mov %rbx,%rax */
	is_effect(&i, GOPM__CODE_COPY, 0, 3, 8, 0);
	i = AMD64("\x4c\x89\x44\x24\x28"); /* mov %r8,0x28(%rsp) */
	is_effect(&i, GOPM__CODE_STORE, 8, 4, 8, 0x28);
	assert_int_equal(i.size, 5);
	i = AMD64("\x48\x8b\x94\x24\x00\x01\x00\x00"); /* mov 0x100(%rsp),%rdx */
	is_effect(&i, GOPM__CODE_LOAD, 2, 4, 8, 0x100);
	i = AMD64("\x48\x8d\x44\x24\x10"); /* lea 0x10(%rsp),%rax */
	is_effect(&i, GOPM__CODE_ADDRESS, 0, 4, 8, 0x10);
	i = AMD64("\x48\x8d\x05\x10\x00\x00\x00"); /* lea 0x10(%rip),%rax */
	is_effect(&i, GOPM__CODE_CONSTANT, 0, GOPM__CODE_NO_REGISTER, 8, 0x1017);
	i = AMD64("\xbb\x05\x00\x00\x00"); /* mov $5,%ebx */
	is_effect(&i, GOPM__CODE_CONSTANT, 3, GOPM__CODE_NO_REGISTER, 8, 5);
	i = AMD64("\x31\xc9"); /* xor %ecx,%ecx */
	is_effect(&i, GOPM__CODE_CONSTANT, 1, GOPM__CODE_NO_REGISTER, 8, 0);
	i = AMD64("\xf2\x0f\x11\x44\x24\x08"); /* movsd %xmm0,8(%rsp) */
	is_effect(&i, GOPM__CODE_STORE, GOPM__CODE_VECTOR, 4, 8, 8);
	i = AMD64("\xf0\x0f\xb1\x31"); /* lock cmpxchg %esi,(%rcx) */
	assert_int_equal(i.clobbers, 1);
	assert_int_equal(i.size, 4);
	i = AMD64("\xf3\x0f\x59\xc2"); /* mulss %xmm2,%xmm0 */
	assert_true((i.reads >> GOPM__CODE_VECTOR & 1) != 0 && (i.reads >> (GOPM__CODE_VECTOR + 2) & 1) != 0);
	i = AMD64("\xf3\x48\x0f\x2a\xd0"); /* cvtsi2ss %rax,%xmm2 */
	assert_true(i.clobbers == UINT64_C(1) << (GOPM__CODE_VECTOR + 2));
	i = AMD64("\x48\x0f\x44\xc1"); /* cmove %rcx,%rax */
	assert_true(i.clobbers == 1);
	i = AMD64("\x9c"); /* pushfq */
	assert_int_equal(i.size, 1);
	assert_int_equal(i.effects[0].kind, GOPM__CODE_STORE_OTHER);
	i = AMD64("\x88\x4c\x24\x18"); /* mov %cl,0x18(%rsp) */
	is_effect(&i, GOPM__CODE_STORE, 1, 4, 1, 0x18);
	i = AMD64("\x0f\xb6\xf9"); /* movzbl %cl,%edi */
	is_effect(&i, GOPM__CODE_COPY, 7, 1, 1, 0);
	i = AMD64("\xb0\x01"); /* mov $1,%al: rax keeps its other bytes */
	assert_int_equal(i.clobbers, 1);
	i = AMD64("\xe8\x00\x10\x00\x00"); /* call .+0x1005 */
	assert_int_equal(i.flow, GOPM__CODE_CALL);
	assert_int_equal(i.target, 0x2005);
	i = AMD64("\x0f\x86\xfb\xff\xff\xff"); /* jbe .+1 */
	assert_int_equal(i.flow, GOPM__CODE_BRANCH);
	assert_int_equal(i.target, 0x1001);
	i = AMD64("\xff\xd1"); /* call *%rcx */
	assert_int_equal(i.flow, GOPM__CODE_CALL);
	assert_int_equal(i.target, 0);
	i = AMD64("\xff\x24\xc8"); /* jmp *(%rax,%rcx,8) */
	assert_int_equal(i.flow, GOPM__CODE_INDIRECT_JUMP);
	i = AMD64("\x66\x0f\x1f\x84\x00\x00\x00\x00\x00"); /* nopw 0x0(%rax,%rax,1) */
	assert_int_equal(i.size, 9);
	assert_int_equal(i.clobbers, 0);
	i = AMD64("\x66\x48\x81\xc1\x11\x22\x33\x44"); /* data16 add $0x44332211,%rcx */
	assert_int_equal(i.size, 8);
	i = AMD64("\x66\x81\xc1\x11\x22"); /* add $0x2211,%cx */
	assert_int_equal(i.size, 5);
	i = AMD64("\xc5\xfe\x6f\x06"); /* vmovdqu (%rsi),%ymm0 */
	assert_int_equal(i.size, 4);
	assert_true((i.clobbers & UINT64_C(1) << GOPM__CODE_VECTOR) != 0);
	assert_false(code_of(EM_X86_64)->decode((const uint8_t *)"\x48\x8b", 2, 0, &i)); /* cut */
}

#define R(n) (UINT64_C(1) << (n))
#define V(n) (UINT64_C(1) << (GOPM__CODE_VECTOR + (n)))
#define ANY GOPM__CODE_ALL
enum { AX, CX, DX, BX, SP, BP, SI, DI };

/* The operands that the manual lists as read and as written; a part of a register counts as the register. */
static const struct {
	const char *bytes;
	uint8_t size;
	uint64_t reads, writes;
} amd64_operands[] = {
    {"\xf7\xd8", 2, R(AX), R(AX)},                                     /* neg %eax */
    {"\xf6\xd4", 2, R(AX), R(AX)},                                     /* not %ah */
    {"\x48\xf7\xe1", 3, R(AX) | R(CX), R(AX) | R(DX)},                 /* mul %rcx */
    {"\x49\xf7\xf0", 3, R(AX) | R(DX) | R(8), R(AX) | R(DX)},          /* div %r8 */
    {"\x48\x6b\xf2\x03", 4, R(DX), R(SI)},                             /* imul $0x3,%rdx,%rsi */
    {"\x48\x69\xf2\x2c\x01\x00\x00", 7, R(DX), R(SI)},                 /* imul $0x12c,%rdx,%rsi */
    {"\x49\x0f\xaf\xd9", 4, R(BX) | R(9), R(BX)},                      /* imul %r9,%rbx */
    {"\x80\xc3\x01", 3, R(BX), R(BX)},                                 /* add $0x1,%bl */
    {"\x80\xc6\x01", 3, R(DX), R(DX)},                                 /* add $0x1,%dh */
    {"\x00\xe8", 2, R(AX) | R(CX), R(AX)},                             /* add %ch,%al */
    {"\x66\x81\xd1\x34\x12", 5, R(CX), R(CX)},                         /* adc $0x1234,%cx */
    {"\x49\x81\xe2\x78\x56\x34\x12", 7, R(10), R(10)},                 /* and $0x12345678,%r10 */
    {"\x40\xf6\xc7\x01", 4, R(DI), 0},                                 /* test $0x1,%dil */
    {"\x48\xa9\x78\x56\x34\x12", 6, R(AX), 0},                         /* test $0x12345678,%rax */
    {"\x49\xd3\xe3", 3, R(CX) | R(11), R(11)},                         /* shl %cl,%r11 */
    {"\x48\xc1\xe7\x03", 4, R(DI), R(DI)},                             /* shl $0x3,%rdi */
    {"\x48\xd1\xea", 3, R(DX), R(DX)},                                 /* shr %rdx */
    {"\x48\xff\xc6", 3, R(SI), R(SI)},                                 /* inc %rsi */
    {"\xfe\xcf", 2, R(BX), R(BX)},                                     /* dec %bh */
    {"\x49\x91", 2, R(AX) | R(9), R(AX) | R(9)},                       /* xchg %rax,%r9 */
    {"\x48\x87\xca", 3, R(CX) | R(DX), R(CX) | R(DX)},                 /* xchg %rcx,%rdx */
    {"\x48\x0f\xc1\xdf", 4, R(BX) | R(DI), R(BX) | R(DI)},             /* xadd %rbx,%rdi */
    {"\x49\x0f\xcc", 3, R(12), R(12)},                                 /* bswap %r12 */
    {"\x48\x98", 2, R(AX), R(AX)},                                     /* cltq */
    {"\x48\x99", 2, R(AX), R(DX)},                                     /* cqto */
    {"\x0f\xa2", 2, R(AX) | R(CX), R(AX) | R(BX) | R(CX) | R(DX)},     /* cpuid */
    {"\x0f\x31", 2, 0, R(AX) | R(DX)},                                 /* rdtsc */
    {"\x0f\x05", 2, ANY, R(AX) | R(CX) | R(11)},                       /* syscall */
    {"\xf3\x48\xa5", 3, R(CX) | R(SI) | R(DI), R(CX) | R(SI) | R(DI)}, /* rep movsq %ds:(%rsi),%es:(%rdi) */
    {"\xf3\x48\xab", 3, R(AX) | R(CX) | R(DI), R(CX) | R(DI)},         /* rep stos %rax,%es:(%rdi) */
    {"\x0f\x94\xc0", 3, 0, R(AX)},                                     /* sete %al */
    {"\x0f\x94\xc5", 3, 0, R(CX)},                                     /* sete %ch */
    {"\x49\x0f\x45\xc0", 4, R(AX) | R(8), R(AX)},                      /* cmovne %r8,%rax */
    {"\x48\x0f\xab\xc3", 4, R(AX) | R(BX), R(BX)},                     /* bts %rax,%rbx */
    {"\x48\x0f\xa3\xc3", 4, R(AX) | R(BX), 0},                         /* bt %rax,%rbx */
    {"\x48\x0f\xbd\xf9", 4, R(CX), R(DI)},                             /* bsr %rcx,%rdi */
    {"\xf3\x4c\x0f\xb8\xe9", 5, R(CX), R(13)},                         /* popcnt %rcx,%r13 */
    {"\x48\x0f\xa4\xc3\x04", 5, R(AX) | R(BX), R(BX)},                 /* shld $0x4,%rax,%rbx */
    {"\x0f\xb6\xcc", 3, R(AX), R(CX)},                                 /* movzbl %ah,%ecx */
    {"\x88\xe1", 2, R(AX), R(CX)},                                     /* mov %ah,%cl */
    {"\xb5\x05", 2, 0, R(CX)},                                         /* mov $0x5,%ch */
    {"\x41\xb1\x05", 3, 0, R(9)},                                      /* mov $0x5,%r9b */
    {"\x66\x48\x0f\x7e\xd8", 5, V(3), R(AX)},                          /* movq %xmm3,%rax */
    {"\x66\x48\x0f\x6e\xd8", 5, R(AX), V(3)},                          /* movq %rax,%xmm3 */
    {"\xf2\x48\x0f\x2a\xc9", 5, R(CX), V(1)},                          /* cvtsi2sd %rcx,%xmm1 */
    {"\xf2\x48\x0f\x2c\xc9", 5, V(1), R(CX)},                          /* cvttsd2si %xmm1,%rcx */
    {"\xf2\x0f\x58\xca", 4, V(1) | V(2), V(1)},                        /* addsd %xmm2,%xmm1 */
    {"\x66\x0f\x2e\xca", 4, V(1) | V(2), 0},                           /* ucomisd %xmm2,%xmm1 */
    {"\xc4\xe2\xe8\xf2\xc1", 5, R(CX) | R(DX), R(AX)},                 /* andn %rcx,%rdx,%rax */
    {"\x41\x5f", 2, R(SP), R(15)},                                     /* pop %r15 */
    {"\x41\x57", 2, R(SP) | R(15), 0},                                 /* push %r15 */
    {"\x48\x0f\xb1\xcb", 4, R(AX) | R(BX) | R(CX), R(AX) | R(BX)},     /* cmpxchg %rcx,%rbx */
    {"\x0f\xae\xf0", 3, 0, 0},                                         /* mfence */
    {"\x66\x0f\x1f\x04\x00", 5, 0, 0},                                 /* nopw (%rax,%rax,1) */
};

/* Every register that is reported as read is read, and every register that is written is reported. */
static void test_amd64_operands(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof amd64_operands / sizeof amd64_operands[0]; n++) {
		struct gopm__instruction i = decoded(EM_X86_64, amd64_operands[n].bytes, amd64_operands[n].size);
		uint64_t written = i.clobbers;
		for (unsigned k = 0; k < i.effect_count; k++) {
			switch (i.effects[k].kind) {
			case GOPM__CODE_COPY:
			case GOPM__CODE_LOAD:
			case GOPM__CODE_CONSTANT:
			case GOPM__CODE_ADDRESS:
				written |= UINT64_C(1) << i.effects[k].reg;
				break;
			default:
				break;
			}
		}
		assert_int_equal(i.size, amd64_operands[n].size);
		assert_int_equal(i.flow, GOPM__CODE_NEXT);
		assert_int_equal(i.reads & ~amd64_operands[n].reads, 0);
		assert_int_equal(amd64_operands[n].writes & ~written, 0);
	}
}

static void test_arm64(void **state)
{
	struct gopm__instruction i;

	(void)state;
	i = ARM64("\xe0\x03\x01\xaa"); /* mov x0, x1 */
	is_effect(&i, GOPM__CODE_COPY, 0, 1, 8, 0);
	i = ARM64("\xe2\x17\x00\xf9"); /* str x2, [sp, #40] */
	is_effect(&i, GOPM__CODE_STORE, 2, 31, 8, 40);
	i = ARM64("\xe3\x0b\x40\xf9"); /* ldr x3, [sp, #16] */
	is_effect(&i, GOPM__CODE_LOAD, 3, 31, 8, 16);
	i = ARM64("\xe0\x43\x00\x91"); /* add x0, sp, #0x10 */
	is_effect(&i, GOPM__CODE_ADDRESS, 0, 31, 8, 16);
	i = ARM64("\xa1\x00\x80\xd2"); /* mov x1, #5 */
	is_effect(&i, GOPM__CODE_CONSTANT, 1, GOPM__CODE_NO_REGISTER, 8, 5);
	i = ARM64("\xff\x07\x00\xf9"); /* str xzr, [sp, #8] */
	is_effect(&i, GOPM__CODE_STORE_CONSTANT, GOPM__CODE_NO_REGISTER, 31, 8, 8);
	i = ARM64("\xe0\x83\x01\xad"); /* stp q0, q0, [sp, #48] */
	assert_int_equal(i.effect_count, 2);
	assert_int_equal(i.effects[0].kind, GOPM__CODE_STORE_OTHER);
	assert_int_equal(i.effects[1].value, 64);
	i = ARM64("\xe0\x07\x41\xa9"); /* ldp x0, x1, [sp, #16] */
	assert_int_equal(i.effect_count, 2);
	assert_int_equal(i.effects[1].reg, 1);
	assert_int_equal(i.effects[1].value, 24);
	i = ARM64("\xe0\x07\x00\xfd"); /* str d0, [sp, #8] */
	is_effect(&i, GOPM__CODE_STORE, GOPM__CODE_VECTOR, 31, 8, 8);
	i = ARM64("\x00\x04\x00\x94"); /* bl .+0x1000 */
	assert_int_equal(i.flow, GOPM__CODE_CALL);
	assert_int_equal(i.target, 0x2000);
	i = ARM64("\x60\x00\x00\x54"); /* b.eq .+12 */
	assert_int_equal(i.flow, GOPM__CODE_BRANCH);
	assert_int_equal(i.target, 0x100c);
	i = ARM64("\xc0\x03\x5f\xd6"); /* ret */
	assert_int_equal(i.flow, GOPM__CODE_EXIT);
	i = ARM64("\x00\x00\x01\x8b"); /* add x0, x0, x1 */
	assert_int_equal(i.clobbers, 1);
	i = ARM64("\x1f\x00\x01\xeb"); /* cmp x0, x1 */
	assert_int_equal(i.clobbers, 0);
}

/* The decoder never reads past the end of the bytes. */
static void test_any_bytes(void **state)
{
	static const uint16_t machines[] = {EM_X86_64, EM_AARCH64};
	uint32_t random = 1;

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		for (unsigned n = 0; n < 200000; n++) {
			uint8_t bytes[16];
			struct gopm__instruction out;
			for (size_t k = 0; k < sizeof bytes; k++) {
				random = random * 1664525 + 1013904223;
				bytes[k] = (uint8_t)(random >> 24);
			}
			size_t size = n % (sizeof bytes + 1);
			if (code_of(machines[m])->decode(bytes + sizeof bytes - size, size, 0, &out)) {
				assert_true(out.size <= size);
				assert_true(out.effect_count <= GOPM__CODE_EFFECTS);
				for (unsigned k = 0; k < out.effect_count; k++) {
					assert_true(out.effects[k].reg < GOPM__CODE_REGISTERS ||
					            out.effects[k].reg == GOPM__CODE_NO_REGISTER);
				}
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_amd64),
	    cmocka_unit_test(test_amd64_operands),
	    cmocka_unit_test(test_arm64),
	    cmocka_unit_test(test_any_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
