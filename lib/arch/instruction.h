/* SPDX-License-Identifier: Apache-2.0 */
/* The effects of one machine instruction on registers, memory and control flow. Conservative: a register counts as
 * written unless the instruction is known to keep it. */
#ifndef GOPM_ARCH_INSTRUCTION_H
#define GOPM_ARCH_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Register numbers are those of the instruction set: 0 to 31 general registers, 32 to 63 vector registers. */
#define GOPM__CODE_REGISTERS 64
#define GOPM__CODE_VECTOR 32
#define GOPM__CODE_NO_REGISTER 0xff
#define GOPM__CODE_ARGUMENTS 8
#define GOPM__CODE_ALL (~UINT64_C(0))
#define GOPM__CODE_EFFECTS 4

enum gopm__code_flow {
	GOPM__CODE_NEXT,
	GOPM__CODE_JUMP,   /* to `target` */
	GOPM__CODE_BRANCH, /* to `target` or to the next instruction */
	GOPM__CODE_CALL,   /* of `target`; 0: indirect */
	GOPM__CODE_EXIT,   /* return, trap */
	GOPM__CODE_INDIRECT_JUMP
};

enum gopm__code_effect_kind {
	GOPM__CODE_COPY,           /* reg = base */
	GOPM__CODE_LOAD,           /* reg = memory at base + value */
	GOPM__CODE_STORE,          /* memory at base + value = reg */
	GOPM__CODE_CONSTANT,       /* reg = value */
	GOPM__CODE_ADDRESS,        /* reg = base + value */
	GOPM__CODE_STORE_CONSTANT, /* memory at base + value = constant */
	GOPM__CODE_STORE_OTHER,    /* memory at base + value: `size` bytes are written */
	GOPM__CODE_INDEXED,        /* memory may be written, anywhere from base + value */
	GOPM__CODE_READ,           /* memory at base + value: `size` bytes are read, not as a value of a register */
	/* Details of registers and memory that other effects, or `clobbers`, have as written: */
	GOPM__CODE_LOAD_FIXED,      /* reg = memory at the address `value` */
	GOPM__CODE_STORE_FIXED,     /* memory at the address `value` = reg */
	GOPM__CODE_SUM,             /* base = base + value */
	GOPM__CODE_ELEMENT,         /* reg = memory at base + value + a multiple of another register */
	GOPM__CODE_ELEMENT_ADDRESS, /* reg = base + value + a multiple of another register */
	GOPM__CODE_STORE_ELEMENT,   /* memory at base + value + a multiple of another register = reg */
	GOPM__CODE_ADD,             /* reg = reg + base */
	/* The memory at base + value, without a base at the address `value`, is changed at one go. The low byte of
	 * `constant` is a gopm__code_atomic, the next one the number of its operand, or GOPM__CODE_NO_REGISTER. */
	GOPM__CODE_ATOMIC,
};

enum gopm__code_atomic {
	GOPM__ATOMIC_ADD,     /* adds the operand */
	GOPM__ATOMIC_COMPARE, /* stores the operand if the memory has an expected value */
	GOPM__ATOMIC_STORE,   /* stores the operand if nobody wrote since the load that reserved the memory */
};

struct gopm__code_effect {
	uint8_t kind, reg, base;
	uint8_t size; /* bytes; a copy or load takes the low ones, the others do not come from the source */
	int64_t value, constant;
};

struct gopm__instruction {
	uint64_t target;
	uint64_t clobbers; /* one bit each for registers that get an unknown value */
	uint64_t reads;    /* one bit each for registers that are certainly read; others may be too */
	struct gopm__code_effect effects[GOPM__CODE_EFFECTS];
	uint8_t effect_count, flow, size;
};

enum gopm__sp_change_kind {
	GOPM__SP_DECODED, /* the stack pointer changes as the decoder's effects say, or not at all */
	GOPM__SP_ADDED,   /* sp += value */
	GOPM__SP_SET,     /* sp = base + value */
	GOPM__SP_LOST,    /* it gets an unknown value */
};

/* What an instruction does to the stack pointer. The decoder's effects leave it out where the symbol table has it. */
struct gopm__sp_change {
	uint8_t kind; /* enum gopm__sp_change_kind */
	uint8_t base;
	int64_t value;
};

/* The machine code of one CPU; see gopm__arch. */
struct gopm__code_desc {
	uint8_t sp;
	uint8_t fp;
	uint8_t link; /* register that a call sets to its return address; GOPM__CODE_NO_REGISTER: it is on the stack */
	uint64_t callee_saved;     /* by Go's ABI: the stack and frame pointers and g */
	uint64_t c_callee_saved;   /* by C's ABI */
	uint64_t barrier_clobbers; /* registers that a write barrier clobbers */
	uint8_t context;           /* register with the address of the closure at its entry */
	/* Registers of the first integer arguments (cmd/compile/abi-internal.md, since Go 1.17 on amd64, 1.18 on
	 * arm64). */
	uint8_t arguments[GOPM__CODE_ARGUMENTS];
	/* False if the bytes are not an instruction whose length is known; then `out` is unspecified. */
	bool (*decode)(const uint8_t *code, size_t size, uint64_t pc, struct gopm__instruction *out);
	/* `code` is one instruction of `size` bytes, which decode() accepted. */
	struct gopm__sp_change (*sp_change)(const uint8_t *code, size_t size);
	/* If `code` loads 4 or 8 bytes from a fixed address, sets *address and returns their number; else 0.
	 * `constants` has the known values of the general registers, 0 if unknown. */
	unsigned (*static_load)(const uint8_t *code, size_t size, uint64_t pc, const uint64_t *constants,
	                        uint64_t *address);
	/* Finds the next store of 8 bytes of a register at a fixed address, as the Go linker writes it, from offset *at
	 * on. Sets *at to its offset and *address, or returns false. Bytes that are no instruction may look like one.
	 */
	bool (*next_store)(const uint8_t *code, size_t size, uint64_t pc, size_t *at, uint64_t *address);
	/* The register with this DWARF number, or GOPM__CODE_NO_REGISTER. */
	unsigned (*number)(uint64_t dwarf_number);
};

static inline unsigned gopm__atomic_kind(const struct gopm__code_effect *e)
{
	return (unsigned)e->constant & 0xff;
}

static inline unsigned gopm__atomic_operand(const struct gopm__code_effect *e)
{
	return (unsigned)(e->constant >> 8) & 0xff;
}

#endif
