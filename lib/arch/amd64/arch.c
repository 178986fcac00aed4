/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/amd64/arch.h"

#include <elf.h>

#include "arch/amd64/syscalls.h"

/* Offsets: struct elf_prstatus of linux/elfcore.h, where pr_reg starts at 112 and is a struct
 * user_regs_struct. DWARF numbers: System V ABI for AMD64, figure 3.36. */
enum { PR_REG = 112 };

#define REGISTER(name, slot, dwarf)                                                                                    \
	{                                                                                                              \
		name, PR_REG + 8 * (slot), dwarf                                                                       \
	}

static const struct gopm__register_desc registers[] = {
    REGISTER("rip", 16, 16),     REGISTER("rsp", 19, 7),      REGISTER("rax", 10, 0),       REGISTER("rbx", 5, 3),
    REGISTER("rcx", 11, 2),      REGISTER("rdx", 12, 1),      REGISTER("rsi", 13, 4),       REGISTER("rdi", 14, 5),
    REGISTER("rbp", 4, 6),       REGISTER("r8", 9, 8),        REGISTER("r9", 8, 9),         REGISTER("r10", 7, 10),
    REGISTER("r11", 6, 11),      REGISTER("r12", 3, 12),      REGISTER("r13", 2, 13),       REGISTER("r14", 1, 14),
    REGISTER("r15", 0, 15),      REGISTER("rflags", 18, 49),  REGISTER("es", 24, 50),       REGISTER("cs", 17, 51),
    REGISTER("ss", 20, 52),      REGISTER("ds", 23, 53),      REGISTER("fs", 25, 54),       REGISTER("gs", 26, 55),
    REGISTER("fs_base", 21, 58), REGISTER("gs_base", 22, 59), REGISTER("orig_rax", 15, -1),
};

/* Offsets in struct rt_sigframe, after its return address, in the order of `registers`. It starts with a ucontext,
 * whose gregs are at 40, in the order of the kernel's struct sigcontext. */
#define GREG(slot) (40 + 8 * (slot))
static const uint16_t sigcontext[GOPM__MAX_REGISTERS] = {
    GREG(16), GREG(15), GREG(13), GREG(11), GREG(14), GREG(12), GREG(9), GREG(8), GREG(10),
    GREG(0),  GREG(1),  GREG(2),  GREG(3),  GREG(4),  GREG(5),  GREG(6), GREG(7), GREG(17),
};

_Static_assert(sizeof registers / sizeof registers[0] <= GOPM__MAX_REGISTERS, "registers fit");

/* struct user_fpregs_struct of sys/user.h has the layout of FXSAVE: XMM0 is at 160. */
enum { FXSAVE_SIZE = 512, FXSAVE_XMM = 160 };

/* After the 23 gregs is a pointer to the area that FXSAVE or XSAVE wrote. */
static uint64_t saved_vectors(gopm__read_word_fn *read, void *memory, uint64_t cfa)
{
	uint64_t at;

	return read(memory, cfa + GREG(23), &at) && at != 0 ? at + FXSAVE_XMM : 0;
}

/* CALL rel32 is E8 and the distance from the next instruction. */
static bool direct_call(const uint8_t *code, size_t size, uint64_t pc, uint64_t *target)
{
	if (size < 5 || code[0] != 0xe8) {
		return false;
	}
	uint32_t distance =
	    (uint32_t)code[1] | (uint32_t)code[2] << 8 | (uint32_t)code[3] << 16 | (uint32_t)code[4] << 24;
	*target = pc + 5 + (uint64_t)(int64_t)(int32_t)distance;
	return true;
}

/* Bytes of CALL r/m, which is FF /2; 0: other bytes. */
static size_t indirect_call_size(const uint8_t *code, size_t size)
{
	if (size < 2 || code[0] != 0xff || (code[1] >> 3 & 7) != 2) {
		return 0;
	}
	const unsigned mode = code[1] >> 6, base = code[1] & 7;
	const size_t sib = mode != 3 && base == 4 ? 1 : 0;
	const unsigned indexed = sib != 0 && size > 2 ? code[2] & 7u : 0;
	const bool wide = mode == 2 || (mode == 0 && (base == 5 || (sib != 0 && indexed == 5)));

	return 2 + sib + (wide ? 4u : mode == 1 ? 1u : 0u);
}

static bool call_before(const uint8_t *before, size_t size, uint64_t pc, uint64_t *target)
{
	*target = 0;
	for (size_t length = 2; length <= 7 && length <= size; length++) {
		if (indirect_call_size(before + size - length, length) == length) {
			return true;
		}
	}
	if (size < 5) {
		return false;
	}
	/* INT3: a debugger's breakpoint in the place of the first byte. A run of them is padding. */
	before += size - 5;
	return (before[0] == 0xcc && before[4] != 0xcc) || direct_call(before, 5, pc - 5, target);
}

/* mov $15, %rax; syscall: sa_restorer of Go, glibc and musl. */
static const uint8_t sigreturn[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};

const struct gopm__arch gopm__arch_amd64 = {
    .name = "amd64",
    .elf_machine = EM_X86_64,
    .pointer_size = 8,
    .pc_quantum = 1,
    .first_frame = 32,
    .return_address_on_stack = true,
    .integer_arguments = 9,
    .float_arguments = 15,
    .prstatus_size = 336,
    .pc = 0,
    .sp = 1,
    .fp = 8,
    .g = 15,
    .thread_pointer = 24, /* fs_base */
    .register_count = sizeof registers / sizeof registers[0],
    .registers = registers,
    .sigcontext = sigcontext,
    .siginfo = 304, /* after the ucontext, which ends with 8 bytes of signal mask */
    .syscall = {.names = gopm__amd64_syscalls,
                .count = GOPM__AMD64_SYSCALLS,
                .number = 26,                      /* orig_rax: rax gets the result */
                .arguments = {7, 6, 5, 11, 9, 10}, /* rdi, rsi, rdx, r10, r8, r9 */
                .instruction = sigreturn + sizeof sigreturn - 2,
                .instruction_size = 2},
    .sigreturn = sigreturn,
    .sigreturn_size = sizeof sigreturn,
    .sigreturn_syscall = 7,
    .vectors = {.name = "xmm",
                .count = 16,
                .dwarf_number = 17,
                .preempted_stride = 64,
                .note_size = FXSAVE_SIZE,
                .note_offset = FXSAVE_XMM,
                .extended_note = NT_X86_XSTATE,
                .saved = saved_vectors},
    .direct_call = direct_call,
    .call_before = call_before,
    .code = &gopm__amd64_code,
};
