/* SPDX-License-Identifier: Apache-2.0 */
/* What one machine instruction does to registers, to memory and to the flow of control, as far as it can be said for
 * sure. What it is not known to leave alone counts as written. */
#ifndef GOPM_ARCH_INSTRUCTION_H
#define GOPM_ARCH_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Registers as the instruction set numbers them: 0 to 31 general ones, from 32 on the vector ones. */
#define GOPM__CODE_REGISTERS 64
#define GOPM__CODE_VECTOR 32
#define GOPM__CODE_NO_REGISTER 0xff
#define GOPM__CODE_ARGUMENTS 8
#define GOPM__CODE_ALL (~UINT64_C(0))
#define GOPM__CODE_EFFECTS 4

enum gopm__code_flow {
	GOPM__CODE_NEXT,
	GOPM__CODE_JUMP,    /* to `target` */
	GOPM__CODE_BRANCH,  /* to `target`, or on */
	GOPM__CODE_CALL,    /* of `target`; 0: of what only the run knows */
	GOPM__CODE_STOP,    /* returns or traps */
	GOPM__CODE_ANYWHERE /* jumps to where only the run knows */
};

enum gopm__code_effect_kind {
	GOPM__CODE_COPY,           /* reg = base */
	GOPM__CODE_LOAD,           /* reg = memory at base + value */
	GOPM__CODE_STORE,          /* memory at base + value = reg */
	GOPM__CODE_CONSTANT,       /* reg = value */
	GOPM__CODE_ADDRESS,        /* reg = base + value */
	GOPM__CODE_STORE_CONSTANT, /* memory at base + value = constant */
	GOPM__CODE_STORE_OTHER,    /* memory at base + value: `size` bytes are written */
	GOPM__CODE_INDEXED,        /* memory somewhere from base + value on may be written */
	GOPM__CODE_READ,           /* memory at base + value: `size` bytes are read, whatever comes of it */
};

struct gopm__code_effect {
	uint8_t kind, reg, base;
	uint8_t size; /* bytes; of a copy or load the low ones, the rest is not the source's */
	int64_t value, constant;
};

struct gopm__instruction {
	uint64_t target;
	uint64_t writes; /* bits of the registers that get a value nobody can tell */
	uint64_t reads;  /* bits of registers that are read for sure; others may be too */
	struct gopm__code_effect effects[GOPM__CODE_EFFECTS];
	uint8_t effect_count, flow, size;
};

/* How a CPU's code is read; see gopm__arch. */
struct gopm__code_desc {
	uint8_t sp;
	uint8_t fp;
	uint64_t kept;    /* registers that a call of a Go function leaves alone: the frame pointer and g */
	uint64_t barrier; /* those that a write barrier may not leave alone */
	uint8_t context;  /* where a closure finds itself at its entry */
	/* The first whole-number arguments of a Go function (cmd/compile/abi-internal.md, Go 1.17 on amd64, 1.18 on
	 * arm64). */
	uint8_t arguments[GOPM__CODE_ARGUMENTS];
	/* False: no instruction this library knows the length of. */
	bool (*decode)(const uint8_t *code, size_t size, uint64_t pc, struct gopm__instruction *out);
	/* The number of a DWARF register, or GOPM__CODE_NO_REGISTER. */
	unsigned (*number)(uint64_t dwarf_number);
};

#endif
