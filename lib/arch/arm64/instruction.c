/* SPDX-License-Identifier: Apache-2.0 */
/* Go's code is a small part of what the CPU knows: moves, addresses, loads, stores and branches are told exactly; of
 * everything else, which registers it may write. Source: Arm Architecture Reference Manual for A-profile, C4. */
#include "arch/arm64/arch.h"

#include <string.h>

#include "arch/instruction.h"

enum { R0 = 0, R16 = 16, R17 = 17, R25 = 25, R26 = 26, R27 = 27, G = 28, FP = 29, LR = 30, SP = 31 };
#define ZERO 31u /* as data, register 31 reads zero and forgets what is written */
#define BIT(n) (UINT64_C(1) << (n))

static uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
	return word >> low & ((UINT32_C(2) << (high - low)) - 1);
}

static int64_t sign(uint32_t value, unsigned width)
{
	return (int64_t)((uint64_t)value << (64 - width)) >> (64 - width);
}

static struct gopm__code_effect *effect(struct gopm__instruction *out, unsigned kind, unsigned reg, unsigned base,
                                        unsigned size, int64_t value)
{
	struct gopm__code_effect *e = &out->effects[out->effect_count++];
	*e = (struct gopm__code_effect){(uint8_t)kind, (uint8_t)reg, (uint8_t)base, (uint8_t)size, value, 0};
	return e;
}

static void write(struct gopm__instruction *out, unsigned reg)
{
	out->writes |= reg != ZERO ? BIT(reg) : 0;
}

static void read(struct gopm__instruction *out, unsigned reg)
{
	out->reads |= reg != ZERO ? BIT(reg) : 0;
}

/* One register to or from memory. Of vectors the low 8 bytes are followed. */
static void transfer(struct gopm__instruction *out, bool load, bool vector, unsigned reg, unsigned base, unsigned size,
                     int64_t offset)
{
	unsigned number = vector ? GOPM__CODE_VECTOR + reg : reg;

	out->reads |= BIT(base); /* or the stack pointer */
	if (!load && (vector || reg != ZERO)) {
		out->reads |= BIT(number);
	}
	if (!load && size > 8) {
		effect(out, GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, base, size, offset);
	} else if (!load && !vector && reg == ZERO) {
		effect(out, GOPM__CODE_STORE_CONSTANT, GOPM__CODE_NO_REGISTER, base, size, offset);
	} else if (!load) {
		effect(out, GOPM__CODE_STORE, number, base, size, offset);
	} else if (vector || reg != ZERO) {
		effect(out, GOPM__CODE_LOAD, number, base, size < 8 ? size : 8, offset);
		if (size > 8) {
			effect(out, GOPM__CODE_READ, GOPM__CODE_NO_REGISTER, base, size - 8, offset + 8);
		}
	} else {
		effect(out, GOPM__CODE_READ, GOPM__CODE_NO_REGISTER, base, size, offset);
	}
}

static void pair(uint32_t w, struct gopm__instruction *out)
{
	bool vector = bits(w, 26, 26) != 0, load = bits(w, 22, 22) != 0;
	unsigned opc = bits(w, 31, 30), mode = bits(w, 24, 23), base = bits(w, 9, 5);
	unsigned size = vector ? 4u << opc : (opc & 2) != 0 ? 8 : 4;
	int64_t offset = mode == 1 ? 0 : sign(bits(w, 21, 15), 7) * (int64_t)size;

	transfer(out, load, vector, bits(w, 4, 0), base, size, offset);
	transfer(out, load, vector, bits(w, 14, 10), base, size, offset + (int64_t)size);
	if ((mode & 1) != 0 && base != SP) {
		write(out, base);
	}
}

static void single(uint32_t w, struct gopm__instruction *out)
{
	bool vector = bits(w, 26, 26) != 0;
	unsigned opc = bits(w, 23, 22), shift = bits(w, 31, 30), base = bits(w, 9, 5), reg = bits(w, 4, 0);
	bool load = vector ? (opc & 1) != 0 : opc != 0;

	if (vector && (opc & 2) != 0) {
		shift += 4;
	}
	unsigned size = 1u << shift;
	if (!vector && shift == 3 && opc == 2) {
		return; /* PRFM */
	}
	if (bits(w, 25, 24) == 1) {
		transfer(out, load, vector, reg, base, size, (int64_t)bits(w, 21, 10) << shift);
	} else if (bits(w, 21, 21) == 0) {
		unsigned mode = bits(w, 11, 10);
		transfer(out, load, vector, reg, base, size, mode == 1 ? 0 : sign(bits(w, 20, 12), 9));
		if ((mode & 1) != 0 && base != SP) {
			write(out, base);
		}
	} else if (bits(w, 11, 10) == 2) {
		out->reads |= BIT(base);
		read(out, bits(w, 20, 16));
		if (load) {
			out->writes |= vector ? BIT(GOPM__CODE_VECTOR + reg) : reg != ZERO ? BIT(reg) : 0;
		} else {
			out->reads |= vector ? BIT(GOPM__CODE_VECTOR + reg) : reg != ZERO ? BIT(reg) : 0;
			effect(out, GOPM__CODE_INDEXED, GOPM__CODE_NO_REGISTER, base, size, 0);
		}
	} else { /* atomics */
		out->reads |= BIT(base);
		read(out, bits(w, 20, 16));
		write(out, reg);
		effect(out, GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, base, 8, 0);
	}
}

static bool memory(uint32_t w, uint64_t pc, struct gopm__instruction *out)
{
	(void)pc;
	if (bits(w, 29, 27) == 7) {
		single(w, out);
	} else if (bits(w, 29, 27) == 5) {
		pair(w, out);
	} else if (bits(w, 29, 27) == 3 && bits(w, 25, 24) == 0) { /* LDR of a literal */
		out->writes |= bits(w, 26, 26) != 0 ? BIT(GOPM__CODE_VECTOR + bits(w, 4, 0)) : 0;
		if (bits(w, 26, 26) == 0) {
			write(out, bits(w, 4, 0));
		}
	} else if (bits(w, 29, 24) == 8) { /* exclusive, ordered, compare and swap */
		out->reads |= BIT(bits(w, 9, 5));
		write(out, bits(w, 20, 16));
		write(out, bits(w, 14, 10));
		write(out, bits(w, 4, 0));
		effect(out, GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, bits(w, 9, 5), 16, 0);
	} else if (bits(w, 29, 26) == 3) { /* structures of vectors */
		out->writes |= ~UINT64_C(0xffffffff);
		write(out, bits(w, 9, 5) != SP ? bits(w, 9, 5) : ZERO);
		effect(out, GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, bits(w, 9, 5), 64, 0);
	} else {
		return false;
	}
	return true;
}

static void constant(struct gopm__instruction *out, unsigned reg, uint64_t value)
{
	if (reg != ZERO) {
		effect(out, GOPM__CODE_CONSTANT, reg, GOPM__CODE_NO_REGISTER, 8, (int64_t)value);
	}
}

static void immediate(uint32_t w, uint64_t pc, struct gopm__instruction *out)
{
	unsigned reg = bits(w, 4, 0), from = bits(w, 9, 5);
	bool wide = bits(w, 31, 31) != 0;

	switch (bits(w, 25, 23)) {
	case 0:
	case 1: { /* ADR, ADRP */
		int64_t distance = sign(bits(w, 23, 5) << 2 | bits(w, 30, 29), 21);
		constant(out, reg,
		         wide ? (pc & ~UINT64_C(0xfff)) + ((uint64_t)distance << 12) : pc + (uint64_t)distance);
		return;
	}
	case 2: { /* ADD, SUB */
		out->reads |= BIT(from);
		int64_t value = (int64_t)bits(w, 21, 10) << (bits(w, 22, 22) != 0 ? 12 : 0);
		if (bits(w, 29, 29) != 0) {
			write(out, reg); /* with flags: register 31 is none */
		} else if (reg == SP) {
			return; /* the stack pointer's own way is known */
		} else if (!wide) {
			write(out, reg);
		} else {
			effect(out, GOPM__CODE_ADDRESS, reg, from, 8, bits(w, 30, 30) != 0 ? -value : value);
		}
		return;
	}
	case 5: { /* MOVN, MOVZ, MOVK */
		uint64_t value = (uint64_t)bits(w, 20, 5) << (16 * bits(w, 22, 21));
		if (bits(w, 30, 29) == 2) {
			constant(out, reg, value);
		} else if (bits(w, 30, 29) == 0) {
			constant(out, reg, wide ? ~value : (uint32_t)~value);
		} else {
			read(out, reg);
			write(out, reg);
		}
		return;
	}
	case 6: { /* bit fields: the low ones alone are a move of 1, 2 or 4 bytes */
		unsigned last = bits(w, 15, 10);
		read(out, from);
		bool low = bits(w, 21, 16) == 0 && bits(w, 30, 29) != 1 && (last == 7 || last == 15 || last == 31);
		if (low && reg != ZERO && from != ZERO) {
			effect(out, GOPM__CODE_COPY, reg, from, (last + 1) / 8, 0);
		} else {
			write(out, reg);
		}
		return;
	}
	default: /* logical ones, which may make sp too; EXTR */
		read(out, from);
		write(out, reg);
		return;
	}
}

static void registers(uint32_t w, struct gopm__instruction *out)
{
	unsigned reg = bits(w, 4, 0);
	bool wide = bits(w, 31, 31) != 0;

	/* ORR of the zero register, unshifted. */
	if ((w & 0x7fe0ffe0) == 0x2a0003e0) {
		unsigned from = bits(w, 20, 16);
		read(out, from);
		if (from == ZERO) {
			constant(out, reg, 0);
		} else if (reg != ZERO) {
			effect(out, GOPM__CODE_COPY, reg, from, wide ? 8 : 4, 0);
		}
		return;
	}
	/* An address in an array on the stack is one of it, wherever. */
	if (bits(w, 28, 24) == 11 && bits(w, 21, 21) != 0 && bits(w, 9, 5) == SP && bits(w, 30, 29) == 0) {
		effect(out, GOPM__CODE_INDEXED, GOPM__CODE_NO_REGISTER, SP, 1, 0);
	}
	/* The second source, but for CCMP and operations of one source, whose bits mean something else. */
	unsigned kind = bits(w, 28, 21);
	read(out, bits(w, 9, 5));
	if (bits(w, 28, 24) != 0x1a || kind == 0xd4 || kind == 0xd0 || (kind == 0xd6 && bits(w, 30, 30) == 0)) {
		read(out, bits(w, 20, 16));
	}
	if (bits(w, 28, 24) == 0x1b) {
		read(out, bits(w, 14, 10));
	}
	write(out, reg);
}

static bool branch(uint32_t w, uint64_t pc, struct gopm__instruction *out)
{
	if (bits(w, 30, 26) == 5) {
		out->flow = bits(w, 31, 31) != 0 ? GOPM__CODE_CALL : GOPM__CODE_JUMP;
		out->target = pc + (uint64_t)(sign(bits(w, 25, 0), 26) * 4);
	} else if (bits(w, 31, 24) == 0x54 || bits(w, 30, 25) == 0x1a) {
		if (bits(w, 31, 24) != 0x54) {
			read(out, bits(w, 4, 0)); /* CBZ, CBNZ */
		}
		out->flow = GOPM__CODE_BRANCH;
		out->target = pc + (uint64_t)(sign(bits(w, 23, 5), 19) * 4);
	} else if (bits(w, 30, 25) == 0x1b) {
		read(out, bits(w, 4, 0));
		out->flow = GOPM__CODE_BRANCH;
		out->target = pc + (uint64_t)(sign(bits(w, 18, 5), 14) * 4);
	} else if (bits(w, 31, 25) == 0x6b) {
		unsigned opc = bits(w, 24, 21);
		read(out, bits(w, 9, 5));
		out->flow = opc == 1 ? GOPM__CODE_CALL : opc == 2 ? GOPM__CODE_STOP : GOPM__CODE_ANYWHERE;
	} else if (bits(w, 31, 24) == 0xd4) {
		if (bits(w, 23, 21) == 0) {
			write(out, R0); /* SVC */
		} else {
			out->flow = GOPM__CODE_STOP;
		}
	} else if (bits(w, 31, 22) == 0x354) {
		if (bits(w, 21, 21) != 0) {
			write(out, bits(w, 4, 0));
		}
	} else {
		return false;
	}
	return true;
}

static void vectors(uint32_t w, struct gopm__instruction *out)
{
	unsigned reg = bits(w, 4, 0);

	if ((w & 0xffbffc00) == 0x1e204000) { /* FMOV between registers */
		out->reads |= BIT(GOPM__CODE_VECTOR + bits(w, 9, 5));
		effect(out, GOPM__CODE_COPY, GOPM__CODE_VECTOR + reg, GOPM__CODE_VECTOR + bits(w, 9, 5),
		       bits(w, 22, 22) != 0 ? 8 : 4, 0);
		return;
	}
	/* Scalar arithmetic of two sources, and FCMP. */
	if ((w & 0xff200c00) == 0x1e200800 || (w & 0xff20fc0f) == 0x1e202000) {
		out->reads |= BIT(GOPM__CODE_VECTOR + bits(w, 9, 5)) | BIT(GOPM__CODE_VECTOR + bits(w, 20, 16));
	}
	/* Conversions write general registers. */
	out->writes |= BIT(GOPM__CODE_VECTOR + reg);
	write(out, reg);
}

static bool decode(const uint8_t *code, size_t size, uint64_t pc, struct gopm__instruction *out)
{
	memset(out, 0, sizeof *out);
	if (size < 4) {
		return false;
	}
	uint32_t w = (uint32_t)code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
	out->size = 4;
	switch (bits(w, 28, 25)) {
	case 4:
	case 6:
	case 12:
	case 14:
		return memory(w, pc, out);
	case 5:
	case 13:
		registers(w, out);
		return true;
	case 7:
	case 15:
		vectors(w, out);
		return true;
	case 8:
	case 9:
		immediate(w, pc, out);
		return true;
	case 10:
	case 11:
		return branch(w, pc, out);
	case 0:
		/* UDF, and words of padding */
		out->flow = GOPM__CODE_STOP;
		return w >> 16 == 0;
	default:
		return false;
	}
}

/* DWARF for the Arm 64-bit Architecture, 4.1. */
static unsigned dwarf_register(uint64_t dwarf_number)
{
	if (dwarf_number <= 31) {
		return (unsigned)dwarf_number;
	}
	return dwarf_number >= 64 && dwarf_number <= 95 ? GOPM__CODE_VECTOR + (unsigned)dwarf_number - 64
	                                                : GOPM__CODE_NO_REGISTER;
}

const struct gopm__code_desc gopm__arm64_code = {
    .sp = SP,
    .fp = FP,
    .kept = BIT(SP) | BIT(FP) | BIT(G),
    .barrier = BIT(R16) | BIT(R17) | BIT(R25) | BIT(R27) | BIT(LR) | ~UINT64_C(0xffffffff),
    .context = R26,
    .arguments = {0, 1, 2, 3, 4, 5, 6, 7},
    .decode = decode,
    .number = dwarf_register,
};
