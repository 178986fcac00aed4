/* SPDX-License-Identifier: Apache-2.0 */
/* The differences between CPUs as data: one constant for each CPU, in arch/<cpu>/arch.c. A port is one more folder with
 * the same file names and a row in arch.c.
 *
 * Checklist for a port: registers and their offsets in NT_PRSTATUS; pc, sp, frame pointer and g register; pc quantum of
 * pclntab; return address on the stack or in a register. */
#ifndef GOPM_ARCH_ARCH_H
#define GOPM_ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GOPM__MAX_REGISTERS 40
/* Bytes of the longest instruction that gopm__arch.call_before looks for. */
#define GOPM__MAX_CALL_SIZE 8

/* Reads a word of 8 bytes of the process's memory; false: not in the core. */
typedef bool gopm__read_word_fn(void *memory, uint64_t address, uint64_t *out);

struct gopm__register_desc {
	const char *name;
	uint16_t prstatus_offset; /* in NT_PRSTATUS's descriptor, 8 bytes each */
	int16_t dwarf_number;     /* psABI; -1: none */
};

/* The place of the vector registers. */
enum gopm__vectors_in { GOPM__VECTORS_NOWHERE, GOPM__VECTORS_FILE, GOPM__VECTORS_MEMORY };

struct gopm__registers {
	uint64_t value[GOPM__MAX_REGISTERS]; /* in the order of gopm__arch.registers */
	uint64_t lost;                       /* one bit each for registers whose value is not known; 0: all are */
	uint64_t vectors;                    /* offset in the core, or address, of the first (core/vector_register.h) */
	uint32_t vectors_in;                 /* enum gopm__vectors_in */
	uint32_t vectors_stride;             /* bytes from one to the next; 0: GOPM__VECTOR_SIZE */
};

struct gopm__code_desc;

struct gopm__vectors_desc {
	uint8_t
	    preempted_stride; /* bytes between the saved vectors of a preempted goroutine (runtime/preempt_<cpu>.go) */
	const char *name;     /* "xmm" of "xmm0" */
	uint8_t count, dwarf_number;     /* of the first */
	uint16_t note_size, note_offset; /* least bytes of NT_FPREGSET's descriptor; offset of the first */
	uint32_t extended_note;          /* a note that begins with the contents of NT_FPREGSET; 0: none */
	/* Address of the first in the frame of a signal handler; `cfa` is the trampoline's canonical frame address. 0:
	 * not saved. */
	uint64_t (*saved)(gopm__read_word_fn *read, void *memory, uint64_t cfa);
};

#define GOPM__SYSCALL_ARGUMENTS 6u

/* System calls of Linux (syscall(2)). */
struct gopm__syscall_desc {
	const char *const *names;                   /* by number; NULL: there is none */
	uint16_t count;                             /* of names */
	uint8_t number;                             /* index of the register with the number */
	uint8_t arguments[GOPM__SYSCALL_ARGUMENTS]; /* indexes of registers */
	const uint8_t *instruction;                 /* that makes the call */
	uint8_t instruction_size;
};

struct gopm__arch {
	const char *name; /* GOARCH */
	uint16_t elf_machine;
	uint8_t pointer_size;
	uint8_t pc_quantum; /* pclntab's minLC */
	/* Bytes between the frame of goexit and the end of its stack (runtime/proc.go, newproc1, Go 1.17 to 1.27). */
	uint8_t first_frame;
	bool return_address_on_stack; /* a call pushes it: CFA = sp at entry + pointer_size; else it is in `lr`
	                               */
	/* Registers for arguments (internal/abi/abi_<cpu>.go, IntArgRegs and FloatArgRegs). */
	uint8_t integer_arguments, float_arguments;
	uint8_t argument_offset; /* bytes from the canonical frame address to the arguments (sys.MinFrameSize) */
	/* Bytes from cgocallback's stack pointer to g0's stack pointer of the callback before (runtime/cgocall.go,
	 * unwindm, Go 1.16 to 1.27). */
	uint8_t callback_saved_sp;
	uint16_t prstatus_size;    /* least bytes of the descriptor */
	uint8_t pc, sp, fp, g, lr; /* indexes into registers; g: of ABIInternal; lr: if the CPU has one */
	uint8_t morestack_link; /* register in which morestack gets the return address of its caller; 0: on the stack */
	uint8_t thread_pointer; /* index of the register with the thread-local storage address; 0: not in NT_PRSTATUS */
	bool tls_above;         /* thread-local blocks are above the thread pointer, not below */
	uint32_t thread_pointer_note; /* the note that has it instead; 0: none */
	size_t register_count;
	const struct gopm__register_desc *registers;
	/* Offset of each register in the frame of a signal handler, from the trampoline's canonical frame address; 0:
	 * not saved. NULL: unknown. */
	const uint16_t *sigcontext;
	uint16_t siginfo; /* offset of the siginfo_t, likewise */
	struct gopm__vectors_desc vectors;
	struct gopm__syscall_desc syscall;
	/* The code that a signal handler returns to: it calls rt_sigreturn(2). The kernel's frame is at sp there. */
	const uint8_t *sigreturn;
	uint8_t sigreturn_size;
	uint8_t sigreturn_syscall; /* offset of the second instruction, the system call */
	/* True if the bytes at `pc` can be a direct call of `target`. `code` has `size` bytes. */
	bool (*direct_call)(const uint8_t *code, size_t size, uint64_t pc, uint64_t *target);
	/* True if the bytes before `pc` can be a call. `before` has the last `size` of them. *target is 0 if the call
	 * is indirect, or a breakpoint may hide it. */
	bool (*call_before)(const uint8_t *before, size_t size, uint64_t pc, uint64_t *target);
	const struct gopm__code_desc *code; /* instruction.h */
};

/* NULL: unknown CPU. */
const struct gopm__arch *gopm__arch_by_machine(uint16_t elf_machine);

/* Index of the register with this DWARF number, or -1. */
int gopm__arch_register(const struct gopm__arch *arch, unsigned dwarf_number);

#endif
