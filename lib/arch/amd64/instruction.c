/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes one instruction of amd64: prefixes, opcode, operands, immediate value. The row of the opcode (opcodes.h) says
 * which operands are read and written; effects.c turns both into the effects of the instruction. Moves, addresses,
 * jumps and calls are decoded exactly. Of any other instruction the decoder knows the length and the registers it may
 * write. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2. */
#include "arch/amd64/arch.h"

#include <string.h>

#include "arch/amd64/effects.h"
#include "arch/amd64/opcodes.h"
#include "arch/instruction.h"

#define BIT(n) (UINT64_C(1) << (n))
#define MAX_SIZE 15

struct state {
	const uint8_t *code;
	size_t size, at;
	bool failed;
	uint8_t prefixes; /* gopm__amd64_prefix */
	unsigned rex;     /* R, X, B as bits 2, 1, 0 */
	unsigned opcode;
	struct gopm__amd64_operands operands;
};

static unsigned code_byte(struct state *s)
{
	if (s->at >= s->size) {
		s->failed = true;
		return 0;
	}
	return s->code[s->at++];
}

/* A signed number of 1, 2, 4 or 8 bytes. */
static int64_t code_number(struct state *s, unsigned size)
{
	uint64_t value = 0;

	if (size > s->size - s->at) {
		s->failed = true;
		s->at = s->size;
		return 0;
	}
	for (unsigned i = 0; i < size; i++) {
		value |= (uint64_t)s->code[s->at + i] << (8 * i);
	}
	s->at += size;
	return size == 1 ? (int8_t)value : size == 2 ? (int16_t)value : size == 4 ? (int32_t)value : (int64_t)value;
}

static void decode_modrm(struct state *s)
{
	struct gopm__amd64_operands *o = &s->operands;
	unsigned b = code_byte(s), rm = b & 7;

	o->mod = (uint8_t)(b >> 6);
	o->reg = (uint8_t)((b >> 3 & 7) | (s->rex & 4) << 1);
	o->rm = (uint8_t)(rm | (s->rex & 1) << 3);
	o->base = GOPM__CODE_NO_REGISTER;
	if (o->mod == 3) {
		return;
	}
	o->has_memory = true;
	if (rm == 4) {
		unsigned sib = code_byte(s);
		o->index = (uint8_t)((sib >> 3 & 7) | (s->rex & 2) << 2);
		o->indexed = o->index != RSP;
		if ((sib & 7) == 5 && o->mod == 0) {
			o->displacement = code_number(s, 4);
			return;
		}
		o->base = (uint8_t)((sib & 7) | (s->rex & 1) << 3);
	} else if (rm == 5 && o->mod == 0) {
		o->rip = true;
		o->displacement = code_number(s, 4);
		return;
	} else {
		o->base = o->rm;
	}
	o->displacement = o->mod == 1 ? code_number(s, 1) : o->mod == 2 ? code_number(s, 4) : 0;
}

static bool has_prefix_byte(const struct state *s, unsigned prefixes)
{
	return (s->prefixes & prefixes) != 0;
}

/* In bytes. */
static unsigned operand_width(const struct state *s, unsigned width)
{
	switch (width) {
	case OP_FULL:
		return s->operands.full_width;
	case OP_BYTE_OR_FULL:
		return (s->opcode & 1) != 0 ? s->operands.full_width : 1;
	case OP_BYTE:
		return 1;
	case OP_WORD_OR_BYTE:
		return (s->opcode & 1) != 0 ? 2 : 1;
	case OP_4:
		return 4;
	case OP_8:
		return 8;
	case OP_64:
		return 64;
	case OP_4_OR_8:
		return s->operands.wide ? 8 : 4;
	case OP_COMPARED:
		return has_prefix_byte(s, OP_PREFIX_66) ? 8 : 4;
	case OP_SCALAR:
		return has_prefix_byte(s, OP_PREFIX_F3) ? 4 : has_prefix_byte(s, OP_PREFIX_F2) ? 8 : 16;
	case OP_CONVERTED:
		return has_prefix_byte(s, OP_PREFIX_F3) ? 4 : 8;
	default:
		return 16;
	}
}

static unsigned immediate_width(const struct state *s, unsigned immediate)
{
	unsigned z = s->operands.full_width < 4 ? 2 : 4;

	switch (immediate) {
	case OP_IMMEDIATE_1:
		return 1;
	case OP_IMMEDIATE_2:
		return 2;
	case OP_IMMEDIATE_4:
		return 4;
	case OP_IMMEDIATE_Z:
		return z;
	case OP_IMMEDIATE_BYTE_OR_Z:
		return (s->opcode & 1) != 0 ? z : 1;
	default:
		return s->operands.full_width;
	}
}

static const struct gopm__amd64_opcode *next_opcode(struct state *s, const uint8_t *map)
{
	s->opcode = code_byte(s);
	return &gopm__amd64_opcodes[map[s->opcode]];
}

static const struct gopm__amd64_opcode *choose(const struct gopm__amd64_opcode *op, unsigned which)
{
	return &gopm__amd64_opcodes[gopm__amd64_choices[op->choices][which]];
}

static bool decode_operands(struct state *s, const struct gopm__amd64_opcode *op, struct gopm__instruction *out)
{
	while (op->choice == OP_BY_PREFIX) {
		op = choose(op, has_prefix_byte(s, op->prefixes) ? 0 : 1);
	}
	if (op->choice == OP_ESCAPE) {
		s->opcode = code_byte(s);
		op = choose(op, 0);
	}
	if ((op->access & OP_MODRM) != 0) {
		decode_modrm(s);
		if (op->choice == OP_BY_REG) {
			op = choose(op, s->operands.reg & 7);
		} else if (op->choice == OP_BY_MOD) {
			op = choose(op, s->operands.mod == 3 ? 0 : 1);
		}
	} else if ((op->access & OP_REG_IN_OPCODE) != 0) {
		s->operands.reg = (uint8_t)((s->opcode & 7) | (s->rex & 1) << 3);
	}
	if (op->immediate != OP_NO_IMMEDIATE) {
		s->operands.immediate = code_number(s, immediate_width(s, op->immediate));
	}
	s->operands.end += s->at;
	return gopm__amd64_apply(&s->operands, op, operand_width(s, op->width), out);
}

/* VEX and EVEX. Both operands may be written, and the register in vvvv, which BMI instructions write. */
static bool decode_vex(struct state *s, struct gopm__instruction *out)
{
	struct gopm__amd64_opcode op = {.access = OP_MODRM | OP_WRITES_ANY};
	unsigned lead = s->opcode, map = 1, first = code_byte(s), last = first;

	s->rex = (~first >> 5) & (lead == 0xc5 ? 4 : 7);
	if (lead != 0xc5) {
		last = code_byte(s);
		map = first & (lead == 0xc4 ? 31 : 7);
		s->operands.wide = (last & 0x80) != 0;
	}
	if (lead == 0x62) {
		(void)code_byte(s);
	}
	unsigned vvvv = ~last >> 3 & 15, opcode = code_byte(s);
	if (map == 1 && opcode == 0x77) {
		return true; /* VZEROUPPER, VZEROALL */
	}
	decode_modrm(s);
	if (map == 3 || (map == 1 && gopm__amd64_opcodes[gopm__amd64_two_bytes[opcode]].immediate == OP_IMMEDIATE_1)) {
		(void)code_number(s, 1);
	}
	if (lead == 0x62 && s->operands.mod == 1) {
		op = (struct gopm__amd64_opcode){
		    .action = OP_UNKNOWN}; /* a compressed displacement, in units of the vector */
	} else if (lead == 0xc4 && ((map == 2 && (opcode == 0xf2 || opcode == 0xf6 || opcode == 0xf7)) ||
	                            (map == 3 && opcode == 0xf0))) {
		op.access |= OP_READS_RM; /* ANDN; MULX; BEXTR and shifts; RORX */
	}
	(void)gopm__amd64_apply(&s->operands, &op, s->operands.wide ? 8 : 4, out);
	out->clobbers |= BIT(vvvv) | BIT(GOPM__CODE_VECTOR + vvvv);
	return map >= 1 && map <= 3;
}

static bool decode_instruction(const uint8_t *code, size_t size, uint64_t pc, struct gopm__instruction *out)
{
	struct state s = {.code = code, .size = size < MAX_SIZE ? size : MAX_SIZE, .operands.end = pc};
	const struct gopm__amd64_opcode *op;
	bool valid;

	memset(out, 0, sizeof *out);
	while ((op = next_opcode(&s, gopm__amd64_one_byte))->action == OP_PREFIX) {
		s.prefixes |= op->prefixes;
	}
	if (op->action == OP_REX) {
		s.operands.has_rex = true;
		s.operands.wide = (s.opcode & 8) != 0;
		s.rex = s.opcode & 7;
		op = next_opcode(&s, gopm__amd64_one_byte);
	}
	s.operands.full_width = s.operands.wide ? 8 : has_prefix_byte(&s, OP_PREFIX_66) ? 2 : 4;
	if (op->action == OP_VEX) {
		valid = decode_vex(&s, out);
	} else {
		valid =
		    decode_operands(&s, op->action == OP_TWO_BYTES ? next_opcode(&s, gopm__amd64_two_bytes) : op, out);
	}
	out->size = (uint8_t)s.at;
	return valid && !s.failed;
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
    .link = GOPM__CODE_NO_REGISTER,
    .callee_saved = BIT(RSP) | BIT(RBP) | BIT(R14),
    .c_callee_saved = BIT(RBX) | BIT(RBP) | BIT(12) | BIT(13) | BIT(R14) | BIT(15),
    .barrier_clobbers = BIT(R11) | ~UINT64_C(0xffffffff),
    .context = RDX,
    .arguments = {RAX, RBX, RCX, RDI, RSI, 8, 9, 10},
    .decode = decode_instruction,
    .sp_change = gopm__amd64_sp_change,
    .static_load = gopm__amd64_static_load,
    .next_store = gopm__amd64_next_store,
    .number = dwarf_register,
};
