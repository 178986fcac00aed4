/* SPDX-License-Identifier: Apache-2.0 */
/* Go's code is a small part of what the CPU knows: moves, addresses and calls are told exactly; of everything else
 * the length, and which registers it may write. Source: Intel 64 and IA-32 Architectures Software Developer's Manual,
 * volume 2, appendix A. */
#include "arch/amd64/arch.h"

#include <string.h>

#include "arch/instruction.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R11 = 11, R14 = 14 };
#define BIT(n) (UINT64_C(1) << (n))
#define BOTH(n) (BIT(n) | BIT(GOPM__CODE_VECTOR + (n)))

#define CASES4(n)                                                                                                      \
	case (n):                                                                                                      \
	case (n) + 1:                                                                                                  \
	case (n) + 2:                                                                                                  \
	case (n) + 3
#define CASES8(n) CASES4(n) : CASES4((n) + 4)
#define CASES16(n) CASES8(n) : CASES8((n) + 8)

struct state {
	const uint8_t *code;
	size_t size, at;
	uint64_t pc;
	bool failed;
	bool operand16, repeat, repeat_not, wide, has_rex;
	unsigned rex; /* R, X, B as bits 2, 1, 0 */
	/* modrm */
	unsigned mod, reg, rm;
	uint8_t base, index; /* of a memory operand */
	bool indexed, rip, addressed;
	int64_t displacement;
};

static unsigned byte(struct state *s)
{
	if (s->at >= s->size) {
		s->failed = true;
		return 0;
	}
	return s->code[s->at++];
}

static int64_t number(struct state *s, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++) {
		value |= (uint64_t)byte(s) << (8 * i);
	}
	return size == 1 ? (int8_t)value : size == 2 ? (int16_t)value : size == 4 ? (int32_t)value : (int64_t)value;
}

static void modrm(struct state *s)
{
	unsigned b = byte(s);

	s->mod = b >> 6;
	s->reg = (b >> 3 & 7) | (s->rex & 4) << 1;
	s->rm = b & 7;
	s->base = GOPM__CODE_NO_REGISTER;
	if (s->mod == 3) {
		s->rm |= (s->rex & 1) << 3;
		return;
	}
	s->addressed = true;
	if (s->rm == 4) {
		unsigned sib = byte(s);
		unsigned index = (sib >> 3 & 7) | (s->rex & 2) << 2;
		s->indexed = index != 4;
		s->index = (uint8_t)index;
		if ((sib & 7) == 5 && s->mod == 0) {
			s->displacement = number(s, 4);
			return;
		}
		s->base = (uint8_t)((sib & 7) | (s->rex & 1) << 3);
	} else if (s->rm == 5 && s->mod == 0) {
		s->rip = true;
		s->displacement = number(s, 4);
		return;
	} else {
		s->base = (uint8_t)(s->rm | (s->rex & 1) << 3);
	}
	s->displacement = s->mod == 1 ? number(s, 1) : s->mod == 2 ? number(s, 4) : 0;
}

static struct gopm__code_effect *effect(struct gopm__instruction *out, unsigned kind, unsigned reg, unsigned base,
                                        unsigned size, int64_t value)
{
	struct gopm__code_effect *e = &out->effects[out->effect_count++];
	*e = (struct gopm__code_effect){(uint8_t)kind, (uint8_t)reg, (uint8_t)base, (uint8_t)size, value, 0};
	return e;
}

/* The operand's `size` bytes are read, of a register of `bank`. */
static void read_rm(const struct state *s, struct gopm__instruction *out, unsigned size, unsigned bank)
{
	if (s->mod == 3) {
		out->reads |= s->rm + bank < GOPM__CODE_REGISTERS ? BIT(s->rm + bank) : 0;
	} else if (s->base != GOPM__CODE_NO_REGISTER && !s->indexed) {
		effect(out, GOPM__CODE_READ, GOPM__CODE_NO_REGISTER, s->base, size, s->displacement);
	}
}

/* The memory operand gets `size` bytes that nobody can tell. */
static void scribble(const struct state *s, struct gopm__instruction *out, unsigned size)
{
	if (s->mod != 3 && s->base != GOPM__CODE_NO_REGISTER) {
		effect(out, s->indexed ? GOPM__CODE_INDEXED : GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, s->base,
		       size, s->displacement);
	}
}

static void write_rm(const struct state *s, struct gopm__instruction *out, unsigned size)
{
	if (s->mod == 3) {
		out->writes |= BIT(s->rm);
	} else {
		scribble(s, out, size);
	}
}

/* Anything: both operands may be written, in either bank. */
static void write_operands(const struct state *s, struct gopm__instruction *out)
{
	out->writes |= BOTH(s->reg & 15);
	if (s->mod == 3) {
		out->writes |= BOTH(s->rm & 15);
	} else {
		scribble(s, out, 64);
	}
}

static unsigned operand_size(const struct state *s)
{
	return s->wide ? 8 : s->operand16 ? 2 : 4;
}

/* reg = rm; `vector` moves all into the other bank. */
static void move_in(const struct state *s, struct gopm__instruction *out, unsigned size, unsigned bank)
{
	if (s->mod == 3) {
		out->reads |= BIT(s->rm + bank);
		effect(out, GOPM__CODE_COPY, s->reg + bank, s->rm + bank, size, 0);
	} else if (s->base == GOPM__CODE_NO_REGISTER || s->indexed) {
		out->writes |= BIT(s->reg + bank);
	} else {
		effect(out, GOPM__CODE_LOAD, s->reg + bank, s->base, size, s->displacement);
	}
}

/* rm = reg. A part of a register that is written leaves a mixture. */
static void move_out(const struct state *s, struct gopm__instruction *out, unsigned size, unsigned bank)
{
	out->reads |= BIT(s->reg + bank);
	if (s->mod == 3) {
		if (size < 4) {
			out->writes |= BIT(s->rm + bank);
		} else {
			effect(out, GOPM__CODE_COPY, s->rm + bank, s->reg + bank, size, 0);
		}
	} else if (s->base != GOPM__CODE_NO_REGISTER && !s->indexed) {
		effect(out, GOPM__CODE_STORE, s->reg + bank, s->base, size, s->displacement);
	} else {
		scribble(s, out, 16);
	}
}

/* Without REX, registers 4 to 7 of one byte are the second bytes of 0 to 3. */
static bool high_byte(const struct state *s, unsigned reg)
{
	return !s->has_rex && reg >= 4;
}

/* Both general operands, of one byte where `op` is even. */
static void read_reg(const struct state *s, struct gopm__instruction *out, unsigned op)
{
	out->reads |= BIT((op & 1) == 0 && high_byte(s, s->reg) ? s->reg & 3 : s->reg);
}

static void read_general(const struct state *s, struct gopm__instruction *out, unsigned op)
{
	unsigned size = (op & 1) != 0 ? operand_size(s) : 1;

	if (s->mod == 3 && size == 1 && high_byte(s, s->rm)) {
		out->reads |= BIT(s->rm & 3);
	} else {
		read_rm(s, out, size, 0);
	}
}

static void address(const struct state *s, struct gopm__instruction *out)
{
	if (s->mod == 3) {
		out->writes = GOPM__CODE_ALL;
	} else if (s->rip) {
		effect(out, GOPM__CODE_CONSTANT, s->reg, GOPM__CODE_NO_REGISTER, 8,
		       (int64_t)(s->pc + s->at) + s->displacement);
	} else if (s->indexed || s->base == GOPM__CODE_NO_REGISTER || !s->wide) {
		/* An address in an array on the stack is one of it, wherever. */
		if (s->base == RSP) {
			effect(out, GOPM__CODE_INDEXED, GOPM__CODE_NO_REGISTER, s->base, 1, s->displacement);
		}
		out->writes |= BIT(s->reg);
	} else {
		effect(out, GOPM__CODE_ADDRESS, s->reg, s->base, 8, s->displacement);
	}
}

static void arithmetic(struct state *s, struct gopm__instruction *out, unsigned op)
{
	bool compares = (op & 0x38) == 0x38;
	unsigned size = (op & 1) != 0 ? operand_size(s) : 1;

	if ((op & 7) >= 4) {
		(void)number(s, (op & 1) != 0 ? (s->operand16 ? 2 : 4) : 1);
		out->writes |= compares ? 0 : BIT(RAX);
		out->reads |= BIT(RAX);
		return;
	}
	modrm(s);
	if (compares) {
		read_reg(s, out, op);
		read_general(s, out, op);
		return;
	}
	if (((op & 0x38) == 0x30 || (op & 0x38) == 0x28) && size >= 4 && s->mod == 3 && s->reg == s->rm) {
		effect(out, GOPM__CODE_CONSTANT, s->reg, GOPM__CODE_NO_REGISTER, 8, 0); /* XOR, SUB of itself */
		return;
	}
	read_reg(s, out, op);
	read_general(s, out, op);
	if ((op & 2) != 0) {
		out->writes |= (op & 1) == 0 && high_byte(s, s->reg) ? BIT(s->reg - 4) : BIT(s->reg);
	} else if (s->mod == 3 && (op & 1) == 0 && high_byte(s, s->rm)) {
		out->writes |= BIT(s->rm - 4);
	} else {
		write_rm(s, out, size);
	}
}

static void jump(struct state *s, struct gopm__instruction *out, unsigned flow, unsigned size)
{
	int64_t distance = number(s, size);
	out->flow = (uint8_t)flow;
	out->target = s->pc + s->at + (uint64_t)distance;
}

static void group3(struct state *s, struct gopm__instruction *out, unsigned op)
{
	unsigned size = (op & 1) != 0 ? operand_size(s) : 1;

	modrm(s);
	read_general(s, out, op);
	switch (s->reg & 7) {
	case 0:
	case 1:
		(void)number(s, (op & 1) == 0 ? 1 : s->operand16 ? 2 : 4);
		break;
	case 2:
	case 3:
		if (s->mod == 3 && (op & 1) == 0 && high_byte(s, s->rm)) {
			out->writes |= BIT(s->rm - 4);
		}
		write_rm(s, out, size);
		break;
	default:
		out->reads |= BIT(RAX);
		out->writes |= BIT(RAX) | BIT(RDX);
		break;
	}
}

static void group5(struct state *s, struct gopm__instruction *out, unsigned op)
{
	modrm(s);
	unsigned which = s->reg & 7;
	if (which < 2) {
		read_general(s, out, op);
		if (s->mod == 3 && (op & 1) == 0 && high_byte(s, s->rm)) {
			out->writes |= BIT(s->rm - 4);
		}
		write_rm(s, out, (op & 1) != 0 ? operand_size(s) : 1);
	} else if (op == 0xff && which == 2) {
		read_rm(s, out, 8, 0);
		out->flow = GOPM__CODE_CALL;
	} else if (op == 0xff && which == 4) {
		read_rm(s, out, 8, 0);
		out->flow = GOPM__CODE_ANYWHERE;
	} else if (op == 0xff && which == 6) {
		read_rm(s, out, 8, 0);
		effect(out, GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, RSP, 8, -8);
	} else {
		s->failed = true;
	}
}

static void store_constant(struct state *s, struct gopm__instruction *out, unsigned op)
{
	unsigned size = (op & 1) != 0 ? operand_size(s) : 1;

	modrm(s);
	int64_t value = number(s, size == 8 ? 4 : size);
	if ((s->reg & 7) != 0) {
		s->failed = true;
	} else if (s->mod == 3) {
		if (size < 4) {
			out->writes |= BIT(s->rm) | (size == 1 && high_byte(s, s->rm) ? BIT(s->rm - 4) : 0);
		} else {
			effect(out, GOPM__CODE_CONSTANT, s->rm, GOPM__CODE_NO_REGISTER, 8,
			       size == 4 ? (int64_t)(uint32_t)value : value);
		}
	} else if (s->base == GOPM__CODE_NO_REGISTER || s->indexed) {
		scribble(s, out, size);
	} else {
		effect(out, GOPM__CODE_STORE_CONSTANT, GOPM__CODE_NO_REGISTER, s->base, size, s->displacement)
		    ->constant = value;
	}
}

static void one_byte(struct state *s, struct gopm__instruction *out, unsigned op)
{
	if (op < 0x40) {
		if ((op & 7) >= 6) {
			s->failed = true;
			return;
		}
		arithmetic(s, out, op);
		return;
	}
	switch (op) {
		CASES8(0x50) : out->reads |= BIT((op & 7) | (s->rex & 1) << 3);
		effect(out, GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, RSP, 8, -8);
		return;
		CASES8(0x58) : out->writes |= BIT((op & 7) | (s->rex & 1) << 3);
		return;
	case 0x63: /* MOVSXD */
		modrm(s);
		move_in(s, out, 4, 0);
		return;
	case 0x68:
		(void)number(s, 4);
		effect(out, GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, RSP, 8, -8);
		return;
	case 0x69:
	case 0x6b:
		modrm(s);
		(void)number(s, op == 0x6b ? 1 : s->operand16 ? 2 : 4);
		read_rm(s, out, operand_size(s), 0);
		out->writes |= BIT(s->reg);
		return;
	case 0x6a:
		(void)number(s, 1);
		effect(out, GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, RSP, 8, -8);
		return;
		CASES16(0x70) : jump(s, out, GOPM__CODE_BRANCH, 1);
		return;
	case 0x80:
	case 0x81:
	case 0x83:
		modrm(s);
		(void)number(s, op != 0x81 ? 1 : s->operand16 ? 2 : 4);
		read_general(s, out, op != 0x80 ? 1 : 0);
		if ((s->reg & 7) != 7) {
			if (s->mod == 3 && op == 0x80 && high_byte(s, s->rm)) {
				out->writes |= BIT(s->rm - 4);
			}
			write_rm(s, out, op == 0x80 ? 1 : operand_size(s));
		}
		return;
	case 0x84: /* TEST */
	case 0x85:
		modrm(s);
		read_reg(s, out, op);
		read_general(s, out, op);
		return;
	case 0x86: /* XCHG */
	case 0x87:
		modrm(s);
		read_reg(s, out, op);
		read_general(s, out, op);
		write_operands(s, out);
		out->writes |= op == 0x86 && !s->has_rex ? BIT(0) | BIT(1) | BIT(2) | BIT(3) : 0;
		return;
	case 0x88:
		modrm(s);
		if (high_byte(s, s->reg) || (s->mod == 3 && high_byte(s, s->rm))) {
			read_reg(s, out, op);
			out->writes |= s->mod == 3 ? BIT(s->rm & 3) | BIT(s->rm) : 0;
			scribble(s, out, 1);
			return;
		}
		move_out(s, out, 1, 0);
		return;
	case 0x89:
		modrm(s);
		move_out(s, out, operand_size(s), 0);
		return;
	case 0x8a:
		modrm(s);
		read_general(s, out, op);
		out->writes |= BIT(s->reg) | (high_byte(s, s->reg) ? BIT(s->reg - 4) : 0);
		return;
	case 0x8b:
		modrm(s);
		if (s->operand16 && !s->wide) {
			read_rm(s, out, 2, 0);
			out->writes |= BIT(s->reg);
		} else {
			move_in(s, out, operand_size(s), 0);
		}
		return;
	case 0x8d:
		modrm(s);
		address(s, out);
		return;
	case 0x90: /* NOP, PAUSE */
		if ((s->rex & 1) != 0) {
			out->writes |= BIT(RAX) | BIT(8);
		}
		return;
		CASES4(0x91)
		    : case 0x95 : case 0x96 : case 0x97 : out->writes |= BIT(RAX) | BIT((op & 7) | (s->rex & 1) << 3);
		return;
	case 0x9c: /* PUSHF */
		effect(out, GOPM__CODE_STORE_OTHER, GOPM__CODE_NO_REGISTER, RSP, 8, -8);
		return;
	case 0x9d: /* POPF */
		return;
	case 0x98:
		out->reads |= BIT(RAX);
		out->writes |= BIT(RAX);
		return;
	case 0x99:
		out->reads |= BIT(RAX);
		out->writes |= BIT(RDX);
		return;
	case 0xa4: /* MOVS, STOS: through RDI, of an object whose address was taken */
	case 0xa5:
	case 0xaa:
	case 0xab:
		out->writes |= BIT(RCX) | BIT(RSI) | BIT(RDI);
		return;
	case 0xa6: /* CMPS, SCAS, LODS */
	case 0xa7:
		CASES4(0xac) : out->writes |= BIT(RAX) | BIT(RCX) | BIT(RSI) | BIT(RDI);
		return;
	case 0xa8:
		(void)number(s, 1);
		return;
	case 0xa9:
		(void)number(s, s->operand16 ? 2 : 4);
		return;
		CASES8(0xb0) :
		{
			unsigned reg = (op & 7) | (s->rex & 1) << 3;
			(void)number(s, 1);
			out->writes |= BIT(reg) | (high_byte(s, reg) ? BIT(reg - 4) : 0);
			return;
		}
		CASES8(0xb8) :
		{
			int64_t value = number(s, operand_size(s));
			if (operand_size(s) == 2) {
				out->writes |= BIT((op & 7) | (s->rex & 1) << 3);
				return;
			}
			effect(out, GOPM__CODE_CONSTANT, (op & 7) | (s->rex & 1) << 3, GOPM__CODE_NO_REGISTER, 8,
			       s->wide ? value : (int64_t)(uint32_t)value);
			return;
		}
	case 0xc0: /* shifts */
	case 0xc1:
		CASES4(0xd0) : modrm(s);
		if (op < 0xd0) {
			(void)number(s, 1);
		}
		out->reads |= op >= 0xd2 ? BIT(RCX) : 0;
		read_general(s, out, op);
		if (s->mod == 3 && (op & 1) == 0 && high_byte(s, s->rm)) {
			out->writes |= BIT(s->rm - 4);
		}
		write_rm(s, out, operand_size(s));
		return;
	case 0xc2:
		(void)number(s, 2);
		out->flow = GOPM__CODE_STOP;
		return;
	case 0xc3:
	case 0xcc:
	case 0xf4:
		out->flow = GOPM__CODE_STOP;
		return;
	case 0xcd:
		(void)number(s, 1);
		out->flow = GOPM__CODE_STOP;
		return;
	case 0xc6:
	case 0xc7:
		store_constant(s, out, op);
		return;
	case 0xe3:
		jump(s, out, GOPM__CODE_BRANCH, 1);
		return;
	case 0xe8:
		jump(s, out, GOPM__CODE_CALL, 4);
		return;
	case 0xe9:
		jump(s, out, GOPM__CODE_JUMP, 4);
		return;
	case 0xeb:
		jump(s, out, GOPM__CODE_JUMP, 1);
		return;
	case 0xf6:
	case 0xf7:
		group3(s, out, op);
		return;
	case 0xf8:
	case 0xf9:
	case 0xfc:
	case 0xfd:
		return;
	case 0xfe:
	case 0xff:
		group5(s, out, op);
		return;
	default:
		s->failed = true;
	}
}

static bool has_immediate(unsigned op)
{
	return (op >= 0x70 && op <= 0x73) || op == 0xa4 || op == 0xac || op == 0xba || op == 0xc2 ||
	       (op >= 0xc4 && op <= 0xc6);
}

/* MOVSS, MOVSD, MOVUPS, MOVAPS, MOVDQ: 4, 8 or 16 bytes. Of 16 the second half is nothing that is followed. */
static unsigned vector_size(const struct state *s, unsigned op)
{
	return (op & ~1u) == 0x10 && s->repeat ? 4 : (op & ~1u) == 0x10 && s->repeat_not ? 8 : 16;
}

static void vector_move(struct state *s, struct gopm__instruction *out, unsigned op, bool in)
{
	unsigned size = vector_size(s, op);

	modrm(s);
	if (s->reg > 15 || (s->mod == 3 && s->rm > 15)) {
		s->failed = true;
	} else if (in) {
		move_in(s, out, size < 8 ? size : 8, GOPM__CODE_VECTOR);
		if (size == 16 && s->base != GOPM__CODE_NO_REGISTER && !s->indexed) {
			effect(out, GOPM__CODE_READ, GOPM__CODE_NO_REGISTER, s->base, 8, s->displacement + 8);
		}
	} else if (s->mod == 3 && size < 16) {
		out->writes |= BIT(s->rm + GOPM__CODE_VECTOR);
	} else if (size <= 8 || s->mod == 3) {
		move_out(s, out, size < 8 ? size : 8, GOPM__CODE_VECTOR);
	} else {
		out->reads |= BIT(s->reg + GOPM__CODE_VECTOR);
		scribble(s, out, 16);
	}
}

/* What of the rest is read for sure: the source of what Go's compiler writes, and both operands of arithmetic. */
static void read_source(const struct state *s, struct gopm__instruction *out, unsigned op)
{
	unsigned scalar = s->repeat ? 4 : s->repeat_not ? 8 : 16;

	if (s->rm > 15 || s->reg > 15) {
		return;
	}
	if ((op >= 0x40 && op <= 0x4f) || op == 0xaf) { /* CMOV, IMUL */
		out->reads |= BIT(s->reg);
		read_rm(s, out, operand_size(s), 0);
	} else if (op == 0xb8 || op == 0xbc || op == 0xbd) { /* POPCNT, BSF, BSR */
		read_rm(s, out, operand_size(s), 0);
	} else if (op == 0xab || op == 0xb3 || op == 0xbb || op == 0xa4 || op == 0xa5 || op == 0xac || op == 0xad) {
		out->reads |= BIT(s->reg); /* BTS, BTR, BTC, SHLD, SHRD */
		if (s->mod == 3 || op == 0xa4 || op == 0xa5 || op == 0xac || op == 0xad) {
			read_rm(s, out, operand_size(s), 0);
		}
	} else if (op == 0xba) { /* of a constant bit */
		read_rm(s, out, operand_size(s), 0);
	} else if (op == 0x2a && (s->repeat || s->repeat_not)) { /* CVTSI2S */
		read_rm(s, out, s->wide ? 8 : 4, 0);
	} else if ((op == 0x2c || op == 0x2d) && (s->repeat || s->repeat_not)) {
		read_rm(s, out, scalar, GOPM__CODE_VECTOR);
	} else if (op == 0x51 || op == 0x5a) { /* SQRT, CVTS: of the source alone */
		read_rm(s, out, op == 0x5a && scalar == 16 ? 8 : scalar, GOPM__CODE_VECTOR);
	} else if (op == 0x58 || op == 0x59 || op == 0x5c || op == 0x5d || op == 0x5e || op == 0x5f) {
		out->reads |= BIT(s->reg + GOPM__CODE_VECTOR);
		read_rm(s, out, scalar, GOPM__CODE_VECTOR);
	} else if (op >= 0x54 && op <= 0x57 && (s->mod != 3 || s->rm != s->reg)) { /* AND, ANDN, OR, XOR */
		out->reads |= BIT(s->reg + GOPM__CODE_VECTOR);
		read_rm(s, out, 16, GOPM__CODE_VECTOR);
	} else if (op == 0x6e && s->operand16) { /* MOVD, MOVQ */
		read_rm(s, out, s->wide ? 8 : 4, 0);
	} else if (op == 0x7e && s->repeat) {
		read_rm(s, out, 8, GOPM__CODE_VECTOR);
	} else if (op == 0x7e && s->operand16) {
		out->reads |= BIT(s->reg + GOPM__CODE_VECTOR);
	}
}

static void two_bytes(struct state *s, struct gopm__instruction *out)
{
	unsigned op = byte(s);

	switch (op) {
	case 0x05: /* SYSCALL */
		out->writes |= BIT(RAX) | BIT(RCX) | BIT(R11);
		return;
	case 0x0b: /* UD2 */
		out->flow = GOPM__CODE_STOP;
		return;
	case 0x01: /* RDTSCP, XGETBV and others by modrm */
		modrm(s);
		out->writes |= BIT(RAX) | BIT(RCX) | BIT(RDX);
		return;
	case 0x0d: /* hints */
		CASES8(0x18) : modrm(s);
		s->addressed = false; /* of NOP nothing is read */
		return;
	case 0x10:
	case 0x28:
	case 0x6f:
		vector_move(s, out, op, true);
		return;
	case 0x11:
	case 0x29:
	case 0x7f:
		vector_move(s, out, op, false);
		return;
	case 0x2e: /* UCOMIS, COMIS */
	case 0x2f:
		modrm(s);
		if (s->reg <= 15 && s->rm <= 15) {
			out->reads |= BIT(s->reg + GOPM__CODE_VECTOR);
			read_rm(s, out, s->operand16 ? 8 : 4, GOPM__CODE_VECTOR);
		}
		return;
	case 0x31:
	case 0xa2:
		out->writes |= BIT(RAX) | BIT(RBX) | BIT(RCX) | BIT(RDX);
		return;
	case 0x38:
	case 0x3a: {
		unsigned next = byte(s);
		(void)next;
		modrm(s);
		if (op == 0x3a) {
			(void)number(s, 1);
		}
		write_operands(s, out);
		return;
	}
	case 0x77:
		return;
		CASES16(0x80) : jump(s, out, GOPM__CODE_BRANCH, 4);
		return;
		CASES16(0x90)
		    : /* SETcc */
		      modrm(s);
		if (s->mod == 3 && high_byte(s, s->rm)) {
			out->writes |= BIT(s->rm - 4);
		}
		write_rm(s, out, 1);
		return;
	case 0xa3: /* BT */
		modrm(s);
		out->reads |= BIT(s->reg);
		if (s->mod == 3) {
			read_rm(s, out, operand_size(s), 0);
		}
		return;
	case 0xae:
		modrm(s);
		scribble(s, out, 64);
		return;
	case 0xb0: /* CMPXCHG: what every sync.Mutex.Lock begins with */
	case 0xb1:
		modrm(s);
		if (s->mod == 3) {
			write_operands(s, out);
			out->writes |= BIT(RDX) | BIT(RCX) | BIT(RBX); /* of bytes, a high one */
		}
		write_rm(s, out, (op & 1) != 0 ? operand_size(s) : 1);
		out->writes |= BIT(RAX);
		return;
	case 0xc7:
		modrm(s);
		if (op != 0xc7) {
			out->reads |= BIT(RAX);
			read_reg(s, out, op);
			read_general(s, out, op);
		}
		write_operands(s, out);
		out->writes |= BIT(RAX) | BIT(RDX) | BIT(RCX) | BIT(RBX);
		return;
	case 0xb6: /* MOVZX, MOVSX */
	case 0xb7:
	case 0xbe:
	case 0xbf:
		modrm(s);
		if (s->mod == 3 && (op & 1) == 0 && high_byte(s, s->rm)) {
			out->reads |= BIT(s->rm & 3);
			out->writes |= BIT(s->reg);
		} else {
			move_in(s, out, (op & 1) != 0 ? 2 : 1, 0);
		}
		return;
	case 0xc0:
	case 0xc1:
		modrm(s);
		read_reg(s, out, op);
		read_general(s, out, op);
		write_operands(s, out);
		out->writes |= s->has_rex ? 0 : BIT(0) | BIT(1) | BIT(2) | BIT(3);
		return;
		CASES8(0xc8) : out->reads |= BIT((op & 7) | (s->rex & 1) << 3);
		out->writes |= BIT((op & 7) | (s->rex & 1) << 3);
		return;
	case 0xd6:
		modrm(s);
		if (s->mod == 3) {
			out->writes |= BIT(s->rm + GOPM__CODE_VECTOR);
		} else {
			move_out(s, out, 8, GOPM__CODE_VECTOR);
		}
		return;
	case 0x0c:
	case 0x0e:
	case 0x0f:
	case 0x04:
	case 0x0a:
		CASES4(0x24) : case 0x36 : case 0x39 : CASES4(0x3b) : case 0x3f : s->failed = true;
		return;
	default:
		/* Arithmetic, conversions, conditional moves, bit operations: no more than their operands. */
		if ((op >= 0x40 && op <= 0x76) || (op >= 0x78 && op <= 0x7e) || (op >= 0x12 && op <= 0x17) ||
		    (op >= 0x2a && op <= 0x2d) || op >= 0xa4) {
			modrm(s);
			if (has_immediate(op)) {
				(void)number(s, 1);
			}
			read_source(s, out, op);
			bool scalar = s->repeat || s->repeat_not;
			if (((op >= 0x51 && op <= 0x5f) || (op == 0x2a && scalar)) && s->reg < 16) {
				out->writes |= BIT(GOPM__CODE_VECTOR + s->reg);
				return;
			}
			if (((op >= 0x40 && op <= 0x4f) || op == 0xaf || ((op == 0x2c || op == 0x2d) && scalar)) &&
			    s->reg < 16) {
				out->writes |= BIT(s->reg);
				return;
			}
			write_operands(s, out);
			return;
		}
		s->failed = true;
	}
}

/* VEX and EVEX: what vvvv names may be written too (BMI). */
static void vex(struct state *s, struct gopm__instruction *out, unsigned lead)
{
	unsigned map = 1, first = byte(s), vvvv;

	if (lead == 0xc5) {
		s->rex = (~first >> 5) & 4;
		vvvv = ~first >> 3 & 15;
	} else {
		unsigned second = byte(s);
		s->rex = (~first >> 5) & 7;
		map = lead == 0xc4 ? first & 31 : first & 7;
		s->wide = (second & 0x80) != 0;
		vvvv = ~second >> 3 & 15;
		if (lead == 0x62) {
			(void)byte(s);
		}
	}
	unsigned op = byte(s);
	if (map == 1 && op == 0x77) {
		return; /* VZEROUPPER, VZEROALL */
	}
	modrm(s);
	if (map == 3 || (map == 1 && has_immediate(op))) {
		(void)number(s, 1);
	}
	if (map == 0 || map > 3) {
		s->failed = true;
	}
	if (lead == 0x62 && s->mod == 1) {
		/* Its displacement counts in units of the vector. */
		out->writes = GOPM__CODE_ALL;
		effect(out, GOPM__CODE_INDEXED, GOPM__CODE_NO_REGISTER, RSP, 1, INT32_MIN);
		return;
	}
	/* BMI: ANDN, BEXTR and shifts; MULX; RORX */
	if (lead == 0xc4 && ((map == 2 && (op == 0xf2 || op == 0xf6 || op == 0xf7)) || (map == 3 && op == 0xf0))) {
		read_rm(s, out, s->wide ? 8 : 4, 0);
	}
	write_operands(s, out);
	out->writes |= BOTH(vvvv);
}

static bool decode(const uint8_t *code, size_t size, uint64_t pc, struct gopm__instruction *out)
{
	struct state s = {.code = code, .size = size < 15 ? size : 15, .pc = pc};
	unsigned op;

	memset(out, 0, sizeof *out);
	for (;;) {
		op = byte(&s);
		if (op == 0x66) {
			s.operand16 = true;
		} else if (op == 0xf3) {
			s.repeat = true;
		} else if (op == 0xf2) {
			s.repeat_not = true;
		} else if (op != 0xf0 && op != 0x2e && op != 0x36 && op != 0x3e && op != 0x26 && op != 0x64 &&
		           op != 0x65) {
			break;
		}
	}
	if ((op & 0xf0) == 0x40) {
		s.has_rex = true;
		s.rex = op & 7;
		s.wide = (op & 8) != 0;
		op = byte(&s);
	}
	if (op == 0x0f) {
		two_bytes(&s, out);
	} else if (op == 0xc4 || op == 0xc5 || op == 0x62) {
		vex(&s, out, op);
	} else {
		one_byte(&s, out, op);
	}
	if (s.addressed) {
		out->reads |= s.base != GOPM__CODE_NO_REGISTER ? BIT(s.base) : 0;
		out->reads |= s.indexed ? BIT(s.index) : 0;
	}
	out->size = (uint8_t)s.at;
	return !s.failed;
}

/* System V ABI for AMD64, figure 3.36. */
static unsigned dwarf_register(uint64_t dwarf_number)
{
	static const uint8_t general[] = {RAX, RDX, RCX, RBX, RSI, RDI, RBP, RSP, 8, 9, 10, 11, 12, 13, 14, 15};

	if (dwarf_number < sizeof general) {
		return general[dwarf_number];
	}
	return dwarf_number >= 17 && dwarf_number <= 32 ? GOPM__CODE_VECTOR + (unsigned)dwarf_number - 17
	                                                : GOPM__CODE_NO_REGISTER;
}

const struct gopm__code_desc gopm__amd64_code = {
    .sp = RSP,
    .fp = RBP,
    .kept = BIT(RSP) | BIT(RBP) | BIT(R14),
    .barrier = BIT(R11) | ~UINT64_C(0xffffffff),
    .context = RDX,
    .arguments = {RAX, RBX, RCX, RDI, RSI, 8, 9, 10},
    .decode = decode,
    .number = dwarf_register,
};
