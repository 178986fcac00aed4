/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/arch.h"

#include <elf.h>

#include "arch/arm64/syscalls.h"

/* Offsets: struct elf_prstatus, where pr_reg starts at 112 and is a struct user_pt_regs: x0 to x30, sp, pc, pstate.
 * DWARF numbers: DWARF for the Arm 64-bit Architecture, 4.1. */
enum { PR_REG = 112 };

#define REGISTER(name, slot, dwarf)                                                                                    \
	{                                                                                                              \
		name, PR_REG + 8 * (slot), dwarf                                                                       \
	}
#define X(n)                                                                                                           \
	{                                                                                                              \
		"x" #n, PR_REG + 8 * (n), n                                                                            \
	}

static const struct gopm__register_desc registers[] = {
    X(0),
    X(1),
    X(2),
    X(3),
    X(4),
    X(5),
    X(6),
    X(7),
    X(8),
    X(9),
    X(10),
    X(11),
    X(12),
    X(13),
    X(14),
    X(15),
    X(16),
    X(17),
    X(18),
    X(19),
    X(20),
    X(21),
    X(22),
    X(23),
    X(24),
    X(25),
    X(26),
    X(27),
    X(28),
    X(29),
    X(30),
    REGISTER("sp", 31, 31),
    REGISTER("pc", 32, -1),
    REGISTER("pstate", 33, -1),
};

_Static_assert(sizeof registers / sizeof registers[0] <= GOPM__MAX_REGISTERS, "registers fit");

/* struct rt_sigframe is at the handler's sp: 128 bytes of siginfo, then a ucontext. Its sigcontext is at 176: the fault
 * address, then the registers in the order of `registers`. */
#define SAVED(slot) (128 + 176 + 8 + 8 * (slot))
static const uint16_t sigcontext[GOPM__MAX_REGISTERS] = {
    SAVED(0),  SAVED(1),  SAVED(2),  SAVED(3),  SAVED(4),  SAVED(5),  SAVED(6),  SAVED(7),  SAVED(8),
    SAVED(9),  SAVED(10), SAVED(11), SAVED(12), SAVED(13), SAVED(14), SAVED(15), SAVED(16), SAVED(17),
    SAVED(18), SAVED(19), SAVED(20), SAVED(21), SAVED(22), SAVED(23), SAVED(24), SAVED(25), SAVED(26),
    SAVED(27), SAVED(28), SAVED(29), SAVED(30), SAVED(31), SAVED(32), SAVED(33),
};

/* struct user_fpsimd_state of asm/ptrace.h: 32 registers, then FPSR and FPCR. */
enum { FPSIMD_SIZE = 520 };

/* Records follow them, aligned to 16; each starts with its magic number and size. struct fpsimd_context of
 * asm/sigcontext.h is the one with the vectors, 16 bytes from its start. */
static uint64_t saved_vectors(gopm__read_word_fn *read, void *memory, uint64_t cfa)
{
	enum { RECORDS = 128 + 176 + 288, RECORDS_SIZE = 4096, FPSIMD_MAGIC = 0x46508001, FPSIMD_REGISTERS = 16 };
	uint64_t head;

	for (uint64_t at = 0; at < RECORDS_SIZE && read(memory, cfa + RECORDS + at, &head);) {
		if ((uint32_t)head == FPSIMD_MAGIC) {
			return cfa + RECORDS + at + FPSIMD_REGISTERS;
		}
		if (head >> 32 < 8) {
			break;
		}
		at += head >> 32;
	}
	return 0;
}

/* BL: the top six bits are 100101, the others the distance from the instruction in words. */
static bool direct_call(const uint8_t *code, size_t size, uint64_t pc, uint64_t *target)
{
	if (size < 4 || pc % 4 != 0) {
		return false;
	}
	uint32_t word = (uint32_t)code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
	if (word >> 26 != 0x25) {
		return false;
	}
	uint64_t distance = word & 0x3ffffff;
	if ((distance & 0x2000000) != 0) {
		distance |= ~UINT64_C(0x3ffffff);
	}
	*target = pc + distance * 4;
	return true;
}

/* BLR is 0xd63f0000 with the register in bits 5 to 9. */
static bool call_before(const uint8_t *before, size_t size, uint64_t pc, uint64_t *target)
{
	const uint32_t blr = 0xd63f0000, blr_mask = 0xfffffc1f, breakpoint = 0xd4200000;

	*target = 0;
	if (size < 4 || pc % 4 != 0) {
		return false;
	}
	if (direct_call(before + size - 4, 4, pc - 4, target)) {
		return true;
	}
	before += size - 4;
	uint32_t word =
	    (uint32_t)before[0] | (uint32_t)before[1] << 8 | (uint32_t)before[2] << 16 | (uint32_t)before[3] << 24;
	return (word & blr_mask) == blr || word == breakpoint;
}

/* mov x8, #139; svc #0: __kernel_rt_sigreturn of the vDSO. */
static const uint8_t sigreturn[] = {0x68, 0x11, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4};

const struct gopm__arch gopm__arch_arm64 = {
    .name = "arm64",
    .elf_machine = EM_AARCH64,
    .pointer_size = 8,
    .pc_quantum = 4,
    .first_frame = 48,
    .return_address_on_stack = false,
    .integer_arguments = 16,
    .float_arguments = 16,
    .argument_offset = 8,
    .callback_saved_sp = 16,
    .prstatus_size = 392,
    .pc = 32,
    .sp = 31,
    .fp = 29,
    .g = 28,
    .lr = 30,
    .morestack_link = 3,
    .tls_above = true,
    .thread_pointer_note = NT_ARM_TLS,
    .register_count = sizeof registers / sizeof registers[0],
    .registers = registers,
    .sigcontext = sigcontext,
    .siginfo = 0,
    .syscall = {.names = gopm__arm64_syscalls,
                .count = GOPM__ARM64_SYSCALLS,
                .number = 8,
                .arguments = {0, 1, 2, 3, 4, 5},
                .instruction = sigreturn + sizeof sigreturn - 4,
                .instruction_size = 4},
    .sigreturn = sigreturn,
    .sigreturn_size = sizeof sigreturn,
    .sigreturn_syscall = 4,
    .vectors = {.name = "v",
                .count = 32,
                .dwarf_number = 64,
                .preempted_stride = 16,
                .note_size = FPSIMD_SIZE,
                .note_offset = 0,
                .saved = saved_vectors},
    .direct_call = direct_call,
    .call_before = call_before,
    .code = &gopm__arm64_code,
};
