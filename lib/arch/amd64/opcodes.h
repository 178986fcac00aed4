/* SPDX-License-Identifier: Apache-2.0 */
/* The opcode maps of amd64 as data. A map has the row of each opcode. A row lists the operands of the instruction,
 * their width, which of them it reads and writes, and how control continues. Source: Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 2, appendix A. */
#ifndef GOPM_ARCH_AMD64_OPCODES_H
#define GOPM_ARCH_AMD64_OPCODES_H

#include <stdint.h>

/* The two operands of most instructions are `reg` and `rm` of the ModRM byte; `rm` is a register or memory. */
enum gopm__amd64_access {
	OP_MODRM = 1 << 0,
	OP_REG_IN_OPCODE = 1 << 1, /* no ModRM byte: `reg` is in the low three bits of the opcode */
	OP_READS_REG = 1 << 2,     /* general register */
	OP_READS_RM = 1 << 3,
	OP_WRITES_REG = 1 << 4,
	OP_WRITES_RM = 1 << 5,
	OP_READS_VECTOR_REG = 1 << 6,
	OP_READS_VECTOR_RM = 1 << 7,
	OP_WRITES_VECTOR_REG = 1 << 8,
	OP_WRITES_ANY = 1 << 9,   /* both operands may be written, each as a general or as a vector register */
	OP_NO_ACCESS = 1 << 10,   /* the memory operand is not accessed: NOP, hints */
	OP_EXACT_BYTE = 1 << 11,  /* writing AH, CH, DH or BH clobbers AX, CX, DX or BX alone */
	OP_FULL_WRITE = 1 << 12,  /* even the form for bytes counts as a write of the full width to memory */
	OP_LEGACY_BYTES = 1 << 13 /* without REX the operands may be AH, CH, DH or BH: clobbers AX, CX, DX and BX */
};

enum gopm__amd64_width {
	OP_FULL,         /* 2, 4 or 8 bytes, by prefix and REX.W */
	OP_BYTE_OR_FULL, /* 1 byte if the opcode is even */
	OP_BYTE,
	OP_WORD_OR_BYTE, /* 2 bytes if the opcode is odd, else 1 */
	OP_4,
	OP_8,
	OP_16,
	OP_64,
	OP_4_OR_8,   /* 8 if REX.W */
	OP_COMPARED, /* UCOMISS, UCOMISD: 8 with prefix 66, else 4 */
	OP_SCALAR,   /* 4 with prefix F3, 8 with F2, else the whole vector of 16 */
	OP_CONVERTED /* CVTSS2SD, CVTSD2SS: 4 with prefix F3, else 8 */
};

enum gopm__amd64_immediate {
	OP_NO_IMMEDIATE,
	OP_IMMEDIATE_1,
	OP_IMMEDIATE_2,
	OP_IMMEDIATE_4,
	OP_IMMEDIATE_Z,         /* as large as the operand, but at most 4 bytes */
	OP_IMMEDIATE_BYTE_OR_Z, /* 1 byte if the opcode is even, else Z */
	OP_IMMEDIATE_FULL       /* as large as the operand, 8 bytes too */
};

/* Done besides the reads and writes that `access` lists. */
enum gopm__amd64_action {
	OP_PLAIN,
	OP_INVALID,
	/* no instruction yet: */
	OP_PREFIX,
	OP_REX,
	OP_VEX,       /* VEX, EVEX */
	OP_TWO_BYTES, /* 0F: the opcode is the next byte */
	/* the instruction: */
	OP_MOVE_IN,         /* reg = rm */
	OP_EXTEND,          /* reg = rm, extended */
	OP_MOVE_OUT,        /* rm = reg */
	OP_MOVE_IMMEDIATE,  /* reg = immediate */
	OP_STORE_IMMEDIATE, /* rm = immediate */
	OP_VECTOR_IN,       /* reg = rm, of vectors */
	OP_VECTOR_OUT,      /* rm = reg, of vectors */
	OP_ADDRESS,         /* reg = address of rm */
	OP_DIFFERENCE,      /* XOR, SUB: 0 if both operands are one register */
	OP_VECTOR_LOGIC,    /* AND, XOR: reads nothing if both operands are one register */
	OP_ADD,             /* rm += immediate */
	OP_SUBTRACT,        /* rm -= immediate */
	OP_ADD_OUT,         /* rm += reg */
	OP_ADD_IN,          /* reg += rm */
	OP_ATOMIC_ADD,      /* rm += reg */
	OP_ATOMIC_COMPARE,  /* rm = reg, if rm has the value of RAX */
	OP_EXCHANGE,        /* RAX with the register in the opcode */
	OP_PUSH,
	OP_UNKNOWN, /* any register and any memory of the stack may be written */
	OP_JUMP     /* the immediate is the distance to the target */
};

/* Some opcodes have several rows; each list of them is in gopm__amd64_choices. */
enum gopm__amd64_choice {
	OP_SINGLE,
	OP_BY_PREFIX, /* 0: one of `prefixes` is present, 1: none */
	OP_BY_REG,    /* `reg` is a part of the opcode */
	OP_BY_MOD,    /* 0: rm is a register, 1: memory */
	OP_ESCAPE     /* 0, after one more byte of opcode */
};

enum gopm__amd64_prefix { OP_PREFIX_66 = 1, OP_PREFIX_F3 = 2, OP_PREFIX_F2 = 4 };

struct gopm__amd64_opcode {
	uint16_t access;        /* gopm__amd64_access */
	uint16_t reads, writes; /* general registers that no operand names, one bit each */
	uint8_t width;          /* gopm__amd64_width */
	uint8_t immediate;      /* gopm__amd64_immediate */
	uint8_t action;         /* gopm__amd64_action */
	uint8_t flow;           /* gopm__code_flow */
	uint8_t choice;         /* gopm__amd64_choice */
	uint8_t choices;        /* index into gopm__amd64_choices */
	uint8_t prefixes;       /* gopm__amd64_prefix, for OP_BY_PREFIX */
};

extern const struct gopm__amd64_opcode gopm__amd64_opcodes[];
/* Rows of gopm__amd64_opcodes, by opcode: of one byte, and of two bytes that start with 0F. */
extern const uint8_t gopm__amd64_one_byte[256], gopm__amd64_two_bytes[256];
extern const uint8_t gopm__amd64_choices[][8];

#endif
