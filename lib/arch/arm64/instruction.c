/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes one instruction of arm64. Moves, addresses, loads, stores and branches are decoded exactly. Of any other
 * instruction the decoder knows the registers it may write. There is one function for each group of encodings.
 * Source: Arm Architecture Reference Manual for A-profile, C4. */
#include "arch/arm64/arch.h"

#include <string.h>

#include "arch/instruction.h"

enum { R0 = 0, R16 = 16, R17 = 17, R25 = 25, R26 = 26, R27 = 27, G = 28, FP = 29, LR = 30, SP = 31 };
#define ZERO 31u /* register 31 as data: reads as zero, writes have no effect */
#define NONE GOPM__CODE_NO_REGISTER
#define BIT(n) (UINT64_C(1) << (n))

static uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
	return word >> low & ((UINT32_C(2) << (high - low)) - 1);
}

static int64_t sign_extend(uint32_t value, unsigned width)
{
	return (int64_t)((uint64_t)value << (64 - width)) >> (64 - width);
}

static struct gopm__code_effect *add_effect(struct gopm__instruction *out, unsigned kind, unsigned reg, unsigned base,
                                            unsigned size, int64_t value)
{
	struct gopm__code_effect *e = &out->effects[out->effect_count++];
	*e = (struct gopm__code_effect){(uint8_t)kind, (uint8_t)reg, (uint8_t)base, (uint8_t)size, value, 0};
	return e;
}

static void clobber_register(struct gopm__instruction *out, unsigned reg)
{
	out->clobbers |= reg != ZERO ? BIT(reg) : 0;
}

static void use_register(struct gopm__instruction *out, unsigned reg)
{
	out->reads |= reg != ZERO ? BIT(reg) : 0;
}

static unsigned bank_number(bool vector, unsigned reg)
{
	return vector ? GOPM__CODE_VECTOR + reg : reg;
}

/* Loads or stores register `number`, a vector from GOPM__CODE_VECTOR on. Of a vector the low 8 bytes are followed. */
static void move_register(struct gopm__instruction *out, bool load, unsigned number, unsigned base, unsigned size,
                          int64_t offset)
{
	out->reads |= BIT(base); /* base 31 is the stack pointer */
	if (!load) {
		use_register(out, number);
	}
	if (!load && size > 8) {
		add_effect(out, GOPM__CODE_STORE_OTHER, NONE, base, size, offset);
	} else if (!load && number == ZERO) {
		add_effect(out, GOPM__CODE_STORE_CONSTANT, NONE, base, size, offset);
	} else if (!load) {
		add_effect(out, GOPM__CODE_STORE, number, base, size, offset);
	} else if (number != ZERO) {
		add_effect(out, GOPM__CODE_LOAD, number, base, size < 8 ? size : 8, offset);
		if (size > 8) {
			add_effect(out, GOPM__CODE_READ, NONE, base, size - 8, offset + 8);
		}
	} else {
		add_effect(out, GOPM__CODE_READ, NONE, base, size, offset);
	}
}

static void add_atomic(struct gopm__instruction *out, unsigned kind, uint32_t w, unsigned operand)
{
	add_effect(out, GOPM__CODE_ATOMIC, NONE, bits(w, 9, 5), 1u << bits(w, 31, 30), 0)->constant =
	    (int64_t)kind | (int64_t)(operand != ZERO ? operand : NONE) << 8;
}

static void decode_pair(uint32_t w, struct gopm__instruction *out)
{
	bool vector = bits(w, 26, 26) != 0, load = bits(w, 22, 22) != 0;
	unsigned opc = bits(w, 31, 30), mode = bits(w, 24, 23), base = bits(w, 9, 5);
	unsigned size = vector ? 4u << opc : (opc & 2) != 0 ? 8 : 4;
	int64_t offset = mode == 1 ? 0 : sign_extend(bits(w, 21, 15), 7) * (int64_t)size;

	move_register(out, load, bank_number(vector, bits(w, 4, 0)), base, size, offset);
	move_register(out, load, bank_number(vector, bits(w, 14, 10)), base, size, offset + (int64_t)size);
	if ((mode & 1) != 0 && base != SP) {
		clobber_register(out, base);
	}
}

static void decode_single(uint32_t w, struct gopm__instruction *out)
{
	bool vector = bits(w, 26, 26) != 0;
	unsigned opc = bits(w, 23, 22), shift = bits(w, 31, 30), base = bits(w, 9, 5);
	unsigned reg = bank_number(vector, bits(w, 4, 0));
	bool load = vector ? (opc & 1) != 0 : opc != 0;

	if (vector && (opc & 2) != 0) {
		shift += 4;
	}
	unsigned size = 1u << shift;
	if (!vector && shift == 3 && opc == 2) {
		return; /* PRFM */
	}
	if (bits(w, 25, 24) == 1) {
		move_register(out, load, reg, base, size, (int64_t)bits(w, 21, 10) << shift);
	} else if (bits(w, 21, 21) == 0) {
		unsigned mode = bits(w, 11, 10);
		move_register(out, load, reg, base, size, mode == 1 ? 0 : sign_extend(bits(w, 20, 12), 9));
		if ((mode & 1) != 0 && base != SP) {
			clobber_register(out, base);
		}
	} else if (bits(w, 11, 10) == 2) {
		out->reads |= BIT(base);
		use_register(out, bits(w, 20, 16));
		if (load) {
			clobber_register(out, reg);
			if (reg != ZERO) {
				add_effect(out, GOPM__CODE_ELEMENT, reg, base, size < 8 ? size : 8, 0);
			}
		} else {
			use_register(out, reg);
			add_effect(out, GOPM__CODE_INDEXED, NONE, base, size, 0);
			if (!vector && reg != ZERO) {
				add_effect(out, GOPM__CODE_STORE_ELEMENT, reg, base, size, 0);
			}
		}
	} else { /* atomics */
		out->reads |= BIT(base);
		use_register(out, bits(w, 20, 16));
		clobber_register(out, bits(w, 4, 0));
		add_effect(out, GOPM__CODE_STORE_OTHER, NONE, base, 8, 0);
		if (!vector && bits(w, 15, 10) == 0) { /* LDADD */
			add_atomic(out, GOPM__ATOMIC_ADD, w, bits(w, 20, 16));
		}
	}
}

/* Exclusive and ordered loads and stores, compare and swap. */
static void decode_exclusive(uint32_t w, struct gopm__instruction *out)
{
	out->reads |= BIT(bits(w, 9, 5));
	clobber_register(out, bits(w, 20, 16));
	add_effect(out, GOPM__CODE_STORE_OTHER, NONE, bits(w, 9, 5), 16, 0);
	if (bits(w, 23, 21) == 0) { /* STXR, STLXR */
		add_atomic(out, GOPM__ATOMIC_STORE, w, bits(w, 4, 0));
	} else if (bits(w, 23, 23) != 0 && bits(w, 21, 21) != 0) { /* CAS */
		add_atomic(out, GOPM__ATOMIC_COMPARE, w, bits(w, 4, 0));
	} else {
		clobber_register(out, bits(w, 14, 10));
		clobber_register(out, bits(w, 4, 0));
	}
}

static bool decode_memory(uint32_t w, uint64_t pc, struct gopm__instruction *out)
{
	(void)pc;
	if (bits(w, 29, 27) == 7) {
		decode_single(w, out);
	} else if (bits(w, 29, 27) == 5) {
		decode_pair(w, out);
	} else if (bits(w, 29, 27) == 3 && bits(w, 25, 24) == 0) { /* LDR of a literal */
		clobber_register(out, bank_number(bits(w, 26, 26) != 0, bits(w, 4, 0)));
	} else if (bits(w, 29, 24) == 8) {
		decode_exclusive(w, out);
	} else if (bits(w, 29, 26) == 3) { /* several vectors at once */
		out->clobbers |= ~UINT64_C(0xffffffff);
		clobber_register(out, bits(w, 9, 5) != SP ? bits(w, 9, 5) : ZERO);
		add_effect(out, GOPM__CODE_STORE_OTHER, NONE, bits(w, 9, 5), 64, 0);
	} else {
		return false;
	}
	return true;
}

static void set_constant(struct gopm__instruction *out, unsigned reg, uint64_t value)
{
	if (reg != ZERO) {
		add_effect(out, GOPM__CODE_CONSTANT, reg, NONE, 8, (int64_t)value);
	}
}

/* The value of a bit mask (DecodeBitMasks()): a run of ones, rotated right in an element, which is repeated. */
static bool bit_mask(uint32_t w, uint64_t *value)
{
	const unsigned n = bits(w, 22, 22), rotation = bits(w, 21, 16), ones = bits(w, 15, 10);
	const unsigned combined = n << 6 | (~ones & 0x3f);
	unsigned length = 6;

	while (length > 0 && (combined >> length & 1) == 0) {
		length--;
	}
	const unsigned size = 1u << length, run = (ones & (size - 1)) + 1, turn = rotation & (size - 1);
	if (length == 0 || run == size || (n != 0 && bits(w, 31, 31) == 0)) {
		return false;
	}
	uint64_t element = (UINT64_C(1) << run) - 1;
	if (turn != 0) {
		element = element >> turn | element << (size - turn);
	}
	if (size < 64) {
		element &= (UINT64_C(1) << size) - 1;
	}
	*value = 0;
	for (unsigned at = 0; at < 64; at += size) {
		*value |= element << at;
	}
	if (bits(w, 31, 31) == 0) {
		*value = (uint32_t)*value;
	}
	return true;
}

static bool decode_immediate(uint32_t w, uint64_t pc, struct gopm__instruction *out)
{
	unsigned reg = bits(w, 4, 0), from = bits(w, 9, 5);
	bool wide = bits(w, 31, 31) != 0;

	switch (bits(w, 25, 23)) {
	case 0:
	case 1: { /* ADR, ADRP */
		int64_t distance = sign_extend(bits(w, 23, 5) << 2 | bits(w, 30, 29), 21);
		set_constant(out, reg,
		             wide ? (pc & ~UINT64_C(0xfff)) + ((uint64_t)distance << 12) : pc + (uint64_t)distance);
		return true;
	}
	case 2: { /* ADD, SUB */
		out->reads |= BIT(from);
		int64_t value = (int64_t)bits(w, 21, 10) << (bits(w, 22, 22) != 0 ? 12 : 0);
		if (bits(w, 29, 29) != 0) {
			clobber_register(out, reg); /* sets flags: register 31 is ZERO */
		} else if (reg == SP) {
			return true; /* callers follow the stack pointer by pclntab */
		} else if (!wide) {
			clobber_register(out, reg);
		} else {
			add_effect(out, GOPM__CODE_ADDRESS, reg, from, 8, bits(w, 30, 30) != 0 ? -value : value);
		}
		return true;
	}
	case 5: { /* MOVN, MOVZ, MOVK */
		uint64_t value = (uint64_t)bits(w, 20, 5) << (16 * bits(w, 22, 21));
		if (bits(w, 30, 29) == 2) {
			set_constant(out, reg, value);
		} else if (bits(w, 30, 29) == 0) {
			set_constant(out, reg, wide ? ~value : (uint32_t)~value);
		} else {
			use_register(out, reg);
			clobber_register(out, reg);
		}
		return true;
	}
	case 6: { /* bit fields: extracting the low 1, 2 or 4 bytes is a copy */
		unsigned last = bits(w, 15, 10);
		use_register(out, from);
		bool low = bits(w, 21, 16) == 0 && bits(w, 30, 29) != 1 && (last == 7 || last == 15 || last == 31);
		if (low && reg != ZERO && from != ZERO) {
			add_effect(out, GOPM__CODE_COPY, reg, from, (last + 1) / 8, 0);
		} else {
			clobber_register(out, reg);
		}
		return true;
	}
	case 4: { /* AND, ORR, EOR, which may write sp; ORR with the zero register is a move */
		uint64_t value;
		if (bits(w, 30, 29) == 1 && from == ZERO && reg != SP && bit_mask(w, &value)) {
			set_constant(out, reg, value);
			return true;
		}
		use_register(out, from);
		clobber_register(out, reg);
		return true;
	}
	default: /* EXTR */
		use_register(out, from);
		clobber_register(out, reg);
		return true;
	}
}

static bool decode_registers(uint32_t w, uint64_t pc, struct gopm__instruction *out)
{
	unsigned reg = bits(w, 4, 0);
	bool wide = bits(w, 31, 31) != 0;

	(void)pc;
	/* ORR with the zero register, not shifted, is a move. */
	if ((w & 0x7fe0ffe0) == 0x2a0003e0) {
		unsigned from = bits(w, 20, 16);
		use_register(out, from);
		if (from == ZERO) {
			set_constant(out, reg, 0);
		} else if (reg != ZERO) {
			add_effect(out, GOPM__CODE_COPY, reg, from, wide ? 8 : 4, 0);
		}
		return true;
	}
	/* The address of one element of an array on the stack gives access to the whole array. */
	if (bits(w, 28, 24) == 11 && bits(w, 21, 21) != 0 && bits(w, 9, 5) == SP && bits(w, 30, 29) == 0) {
		add_effect(out, GOPM__CODE_INDEXED, NONE, SP, 1, 0);
	}
	/* ADD, whose second register may be shifted: that is the index. */
	if (bits(w, 28, 24) == 11 && bits(w, 21, 21) == 0 && bits(w, 30, 29) == 0 && wide && reg != ZERO &&
	    bits(w, 9, 5) != ZERO) {
		add_effect(out, GOPM__CODE_ELEMENT_ADDRESS, reg, bits(w, 9, 5), 8, 0);
	}
	/* CCMP with a constant and operations with one source have no second source register. */
	unsigned kind = bits(w, 28, 21);
	use_register(out, bits(w, 9, 5));
	if (bits(w, 28, 24) != 0x1a || kind == 0xd4 || kind == 0xd0 || (kind == 0xd6 && bits(w, 30, 30) == 0)) {
		use_register(out, bits(w, 20, 16));
	}
	if (bits(w, 28, 24) == 0x1b) {
		use_register(out, bits(w, 14, 10));
	}
	clobber_register(out, reg);
	return true;
}

static bool decode_branch(uint32_t w, uint64_t pc, struct gopm__instruction *out)
{
	if (bits(w, 30, 26) == 5) {
		out->flow = bits(w, 31, 31) != 0 ? GOPM__CODE_CALL : GOPM__CODE_JUMP;
		out->target = pc + (uint64_t)(sign_extend(bits(w, 25, 0), 26) * 4);
	} else if (bits(w, 31, 24) == 0x54 || bits(w, 30, 25) == 0x1a) {
		if (bits(w, 31, 24) != 0x54) {
			use_register(out, bits(w, 4, 0)); /* CBZ, CBNZ */
		}
		out->flow = GOPM__CODE_BRANCH;
		out->target = pc + (uint64_t)(sign_extend(bits(w, 23, 5), 19) * 4);
	} else if (bits(w, 30, 25) == 0x1b) {
		use_register(out, bits(w, 4, 0));
		out->flow = GOPM__CODE_BRANCH;
		out->target = pc + (uint64_t)(sign_extend(bits(w, 18, 5), 14) * 4);
	} else if (bits(w, 31, 25) == 0x6b) {
		unsigned opc = bits(w, 24, 21);
		use_register(out, bits(w, 9, 5));
		out->flow = opc == 1 ? GOPM__CODE_CALL : opc == 2 ? GOPM__CODE_EXIT : GOPM__CODE_INDIRECT_JUMP;
	} else if (bits(w, 31, 24) == 0xd4) {
		if (bits(w, 23, 21) == 0) {
			clobber_register(out, R0); /* SVC */
		} else {
			out->flow = GOPM__CODE_EXIT;
		}
	} else if (bits(w, 31, 22) == 0x354) {
		if (bits(w, 21, 21) != 0) {
			clobber_register(out, bits(w, 4, 0));
		}
	} else {
		return false;
	}
	return true;
}

static bool decode_vectors(uint32_t w, uint64_t pc, struct gopm__instruction *out)
{
	unsigned reg = bits(w, 4, 0);

	(void)pc;
	if ((w & 0xffbffc00) == 0x1e204000) { /* FMOV between registers */
		out->reads |= BIT(GOPM__CODE_VECTOR + bits(w, 9, 5));
		add_effect(out, GOPM__CODE_COPY, GOPM__CODE_VECTOR + reg, GOPM__CODE_VECTOR + bits(w, 9, 5),
		           bits(w, 22, 22) != 0 ? 8 : 4, 0);
		return true;
	}
	/* Scalar arithmetic with two sources, and FCMP. */
	if ((w & 0xff200c00) == 0x1e200800 || (w & 0xff20fc0f) == 0x1e202000) {
		out->reads |= BIT(GOPM__CODE_VECTOR + bits(w, 9, 5)) | BIT(GOPM__CODE_VECTOR + bits(w, 20, 16));
	}
	/* A conversion may write the general register of that number. */
	out->clobbers |= BIT(GOPM__CODE_VECTOR + reg);
	clobber_register(out, reg);
	return true;
}

/* UDF, and words of padding. */
static bool decode_reserved(uint32_t w, uint64_t pc, struct gopm__instruction *out)
{
	(void)pc;
	out->flow = GOPM__CODE_EXIT;
	return w >> 16 == 0;
}

/* By bits 28 to 25 (C4.1). NULL: SVE and unallocated encodings. */
static bool (*const groups[16])(uint32_t w, uint64_t pc, struct gopm__instruction *out) = {
    [0] = decode_reserved,   [4] = decode_memory,    [5] = decode_registers, [6] = decode_memory,  [7] = decode_vectors,
    [8] = decode_immediate,  [9] = decode_immediate, [10] = decode_branch,   [11] = decode_branch, [12] = decode_memory,
    [13] = decode_registers, [14] = decode_memory,   [15] = decode_vectors,
};

static bool decode_instruction(const uint8_t *code, size_t size, uint64_t pc, struct gopm__instruction *out)
{
	memset(out, 0, sizeof *out);
	if (size < 4) {
		return false;
	}
	uint32_t w = (uint32_t)code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
	out->size = 4;
	return groups[bits(w, 28, 25)] != NULL && groups[bits(w, 28, 25)](w, pc, out);
}

/* DWARF for the Arm 64-bit Architecture, 4.1. */
static unsigned dwarf_register(uint64_t dwarf_number)
{
	if (dwarf_number <= 31) {
		return (unsigned)dwarf_number;
	}
	return dwarf_number >= 64 && dwarf_number <= 95 ? GOPM__CODE_VECTOR + (unsigned)dwarf_number - 64 : NONE;
}

const struct gopm__code_desc gopm__arm64_code = {
    .sp = SP,
    .fp = FP,
    .link = LR,
    .callee_saved = BIT(SP) | BIT(FP) | BIT(G),
    .c_callee_saved = UINT64_C(0x3ff80000), /* R19 to R29 */
    .barrier_clobbers = BIT(R16) | BIT(R17) | BIT(R25) | BIT(R27) | BIT(LR) | ~UINT64_C(0xffffffff),
    .context = R26,
    .arguments = {0, 1, 2, 3, 4, 5, 6, 7},
    .decode = decode_instruction,
    .sp_change = gopm__arm64_sp_change,
    .static_load = gopm__arm64_static_load,
    .next_store = gopm__arm64_next_store,
    .number = dwarf_register,
};
