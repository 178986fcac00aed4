/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/amd64/effects.h"

#define BIT(n) (UINT64_C(1) << (n))
#define BOTH_BANKS(n) (BIT(n) | BIT(GOPM__CODE_VECTOR + (n)))
#define NONE GOPM__CODE_NO_REGISTER

static struct gopm__code_effect *add_effect(struct gopm__instruction *out, unsigned kind, unsigned reg, unsigned base,
                                            unsigned size, int64_t value)
{
	struct gopm__code_effect *e = &out->effects[out->effect_count++];
	*e = (struct gopm__code_effect){(uint8_t)kind, (uint8_t)reg, (uint8_t)base, (uint8_t)size, value, 0};
	return e;
}

/* True if the operand is memory at a register plus a displacement, without an index. */
static bool is_plain_memory(const struct gopm__amd64_operands *o)
{
	return o->mod != 3 && o->base != NONE && !o->indexed;
}

/* Without REX, registers 4 to 7 of one byte are AH, CH, DH and BH: the second bytes of registers 0 to 3. */
static bool is_high_byte(const struct gopm__amd64_operands *o, unsigned reg, unsigned size)
{
	return size == 1 && !o->has_rex && reg >= 4;
}

static uint64_t read_bit(const struct gopm__amd64_operands *o, unsigned reg, unsigned size)
{
	return BIT(is_high_byte(o, reg, size) ? reg & 3 : reg);
}

/* If the operand is a high byte, also the register 4 to 7 with its number, unless `exact`. */
static uint64_t write_bits(const struct gopm__amd64_operands *o, unsigned reg, unsigned size, bool exact)
{
	return !is_high_byte(o, reg, size) ? BIT(reg) : BIT(reg & 3) | (exact ? 0 : BIT(reg));
}

static void read_memory(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size)
{
	if (is_plain_memory(o)) {
		add_effect(out, GOPM__CODE_READ, NONE, o->base, size, o->displacement);
	}
}

/* The memory operand gets an unknown value of `size` bytes. */
static void clobber_memory(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size)
{
	if (o->mod != 3 && o->base != NONE) {
		add_effect(out, o->indexed ? GOPM__CODE_INDEXED : GOPM__CODE_STORE_OTHER, NONE, o->base, size,
		           o->displacement);
	}
}

static void clobber_operands(const struct gopm__amd64_operands *o, struct gopm__instruction *out)
{
	out->clobbers |= BOTH_BANKS(o->reg);
	if (o->mod == 3) {
		out->clobbers |= BOTH_BANKS(o->rm);
	} else {
		clobber_memory(o, out, 64);
	}
}

/* reg = rm. `bank` is GOPM__CODE_VECTOR for vectors. */
static void move_in(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size, unsigned bank)
{
	if (o->mod == 3) {
		out->reads |= BIT(o->rm + bank);
		add_effect(out, GOPM__CODE_COPY, o->reg + bank, o->rm + bank, size, 0);
	} else if (is_plain_memory(o)) {
		add_effect(out, GOPM__CODE_LOAD, o->reg + bank, o->base, size, o->displacement);
	} else {
		out->clobbers |= BIT(o->reg + bank);
	}
	if (o->mod != 3 && o->indexed && o->base != NONE) {
		add_effect(out, GOPM__CODE_ELEMENT, o->reg + bank, o->base, size, o->displacement);
	}
	if (o->rip) {
		add_effect(out, GOPM__CODE_LOAD_FIXED, o->reg + bank, NONE, size, (int64_t)o->end + o->displacement);
	}
}

/* rm = reg. Writing 1 or 2 bytes of a register keeps its other bytes, so its value is unknown. */
static void move_out(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size, unsigned bank)
{
	out->reads |= BIT(o->reg + bank);
	if (o->mod == 3 && size < 4) {
		out->clobbers |= BIT(o->rm + bank);
	} else if (o->mod == 3) {
		add_effect(out, GOPM__CODE_COPY, o->rm + bank, o->reg + bank, size, 0);
	} else if (is_plain_memory(o)) {
		add_effect(out, GOPM__CODE_STORE, o->reg + bank, o->base, size, o->displacement);
	} else {
		clobber_memory(o, out, 16);
	}
	if (o->mod != 3 && o->indexed && o->base != NONE) {
		add_effect(out, GOPM__CODE_STORE_ELEMENT, o->reg + bank, o->base, size, o->displacement);
	}
	if (o->rip) {
		add_effect(out, GOPM__CODE_STORE_FIXED, o->reg + bank, NONE, size, (int64_t)o->end + o->displacement);
	}
}

static void move_general_in(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size,
                            bool extends)
{
	bool high = o->mod == 3 && is_high_byte(o, o->rm, size);

	if (extends && !high) {
		move_in(o, out, size, 0);
	} else if (extends || size < 4) {
		out->reads |= o->mod == 3 ? read_bit(o, o->rm, size) : 0;
		read_memory(o, out, size);
		out->clobbers |= extends ? BIT(o->reg) : write_bits(o, o->reg, size, false);
	} else {
		move_in(o, out, size, 0);
	}
}

static void move_general_out(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size)
{
	if (is_high_byte(o, o->reg, size) || (o->mod == 3 && is_high_byte(o, o->rm, size))) {
		out->reads |= read_bit(o, o->reg, size);
		out->clobbers |= o->mod == 3 ? write_bits(o, o->rm, size, false) : 0;
		clobber_memory(o, out, size);
	} else {
		move_out(o, out, size, 0);
	}
}

/* The first 8 bytes of a vector are followed, the other 8 are not. */
static void move_vector_in(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size)
{
	move_in(o, out, size < 8 ? size : 8, GOPM__CODE_VECTOR);
	if (size == 16 && is_plain_memory(o)) {
		add_effect(out, GOPM__CODE_READ, NONE, o->base, 8, o->displacement + 8);
	}
}

static void move_vector_out(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size)
{
	if (o->mod == 3 && size < 16) {
		out->clobbers |= BIT(o->rm + GOPM__CODE_VECTOR);
	} else if (o->mod == 3 || size < 16) {
		move_out(o, out, size < 8 ? size : 8, GOPM__CODE_VECTOR);
	} else {
		out->reads |= BIT(o->reg + GOPM__CODE_VECTOR);
		clobber_memory(o, out, 16);
	}
}

static void set_constant(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned reg,
                         unsigned size)
{
	if (size < 4) {
		out->clobbers |= write_bits(o, reg, size, false);
	} else {
		add_effect(out, GOPM__CODE_CONSTANT, reg, NONE, 8, size == 4 ? (uint32_t)o->immediate : o->immediate);
	}
}

static void store_constant(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size)
{
	if (o->mod == 3) {
		set_constant(o, out, o->rm, size);
	} else if (is_plain_memory(o)) {
		add_effect(out, GOPM__CODE_STORE_CONSTANT, NONE, o->base, size, o->displacement)->constant =
		    o->immediate;
	} else {
		clobber_memory(o, out, size);
	}
}

static void load_address(const struct gopm__amd64_operands *o, struct gopm__instruction *out)
{
	if (o->mod == 3) {
		out->clobbers = GOPM__CODE_ALL;
	} else if (o->rip) {
		add_effect(out, GOPM__CODE_CONSTANT, o->reg, NONE, 8, (int64_t)o->end + o->displacement);
	} else if (o->indexed || o->base == NONE || !o->wide) {
		/* The address of one element of an array on the stack gives access to the whole array. */
		if (o->base == RSP) {
			add_effect(out, GOPM__CODE_INDEXED, NONE, o->base, 1, o->displacement);
		}
		if (o->indexed && o->base != NONE && o->wide) {
			add_effect(out, GOPM__CODE_ELEMENT_ADDRESS, o->reg, o->base, 8, o->displacement);
		}
		out->clobbers |= BIT(o->reg);
	} else {
		add_effect(out, GOPM__CODE_ADDRESS, o->reg, o->base, 8, o->displacement);
	}
}

static void add_sum(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size, int64_t value)
{
	if (o->mod == 3 && size == 8) {
		add_effect(out, GOPM__CODE_SUM, NONE, o->rm, size, value);
	}
}

static void add_registers(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size,
                          unsigned reg, unsigned other)
{
	if (o->mod == 3 && size == 8) {
		add_effect(out, GOPM__CODE_ADD, reg, other, size, 0);
	}
}

static void add_atomic(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned size,
                       enum gopm__code_atomic kind)
{
	if (o->rip || is_plain_memory(o)) {
		int64_t address = o->rip ? (int64_t)o->end + o->displacement : o->displacement;
		add_effect(out, GOPM__CODE_ATOMIC, NONE, o->base, size, address)->constant =
		    (int64_t)kind | (int64_t)o->reg << 8;
	}
}

static void apply_reads(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned access,
                        unsigned size)
{
	if ((access & OP_READS_REG) != 0) {
		out->reads |= read_bit(o, o->reg, size);
	}
	if ((access & OP_READS_VECTOR_REG) != 0) {
		out->reads |= BIT(o->reg + GOPM__CODE_VECTOR);
	}
	if ((access & (OP_READS_RM | OP_READS_VECTOR_RM)) == 0) {
		return;
	}
	if (o->mod != 3) {
		read_memory(o, out, size);
	} else {
		out->reads |= (access & OP_READS_RM) != 0 ? read_bit(o, o->rm, size) : BIT(o->rm + GOPM__CODE_VECTOR);
	}
}

static void apply_writes(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned access,
                         unsigned size)
{
	bool exact = (access & OP_EXACT_BYTE) != 0;

	if ((access & OP_WRITES_REG) != 0) {
		out->clobbers |= write_bits(o, o->reg, size, exact);
	}
	if ((access & OP_WRITES_VECTOR_REG) != 0) {
		out->clobbers |= BIT(o->reg + GOPM__CODE_VECTOR);
	}
	if ((access & OP_WRITES_RM) != 0 && o->mod == 3) {
		out->clobbers |= write_bits(o, o->rm, size, exact);
	} else if ((access & OP_WRITES_RM) != 0) {
		clobber_memory(o, out, (access & OP_FULL_WRITE) != 0 ? o->full_width : size);
	}
	if ((access & OP_WRITES_ANY) != 0) {
		clobber_operands(o, out);
	}
	if ((access & OP_LEGACY_BYTES) != 0 && size == 1 && !o->has_rex) {
		out->clobbers |= BIT(RAX) | BIT(RCX) | BIT(RDX) | BIT(RBX);
	}
}

/* True if the instruction is valid. */
static bool apply_action(const struct gopm__amd64_operands *o, struct gopm__instruction *out, unsigned action,
                         unsigned size)
{
	switch (action) {
	case OP_INVALID:
	case OP_PREFIX: /* after REX */
	case OP_REX:
		return false;
	case OP_MOVE_IN:
	case OP_EXTEND:
		move_general_in(o, out, size, action == OP_EXTEND);
		break;
	case OP_MOVE_OUT:
		move_general_out(o, out, size);
		break;
	case OP_MOVE_IMMEDIATE:
		set_constant(o, out, o->reg, size);
		break;
	case OP_STORE_IMMEDIATE:
		store_constant(o, out, size);
		break;
	case OP_VECTOR_IN:
		move_vector_in(o, out, size);
		break;
	case OP_VECTOR_OUT:
		move_vector_out(o, out, size);
		break;
	case OP_ADDRESS:
		load_address(o, out);
		break;
	case OP_ADD:
		add_sum(o, out, size, o->immediate);
		break;
	case OP_SUBTRACT:
		add_sum(o, out, size, -o->immediate);
		break;
	case OP_ADD_OUT:
		add_registers(o, out, size, o->rm, o->reg);
		break;
	case OP_ADD_IN:
		add_registers(o, out, size, o->reg, o->rm);
		break;
	case OP_ATOMIC_ADD:
		add_atomic(o, out, size, GOPM__ATOMIC_ADD);
		break;
	case OP_ATOMIC_COMPARE:
		add_atomic(o, out, size, GOPM__ATOMIC_COMPARE);
		break;
	case OP_EXCHANGE:
		out->clobbers |= o->reg != RAX ? BIT(RAX) | BIT(o->reg) : 0;
		break;
	case OP_PUSH:
		add_effect(out, GOPM__CODE_STORE_OTHER, NONE, RSP, 8, -8);
		break;
	case OP_JUMP:
		out->target = o->end + (uint64_t)o->immediate;
		break;
	case OP_UNKNOWN:
		out->clobbers = GOPM__CODE_ALL;
		add_effect(out, GOPM__CODE_INDEXED, NONE, RSP, 1, INT32_MIN);
		break;
	default:
		break;
	}
	return true;
}

bool gopm__amd64_apply(const struct gopm__amd64_operands *o, const struct gopm__amd64_opcode *op, unsigned size,
                       struct gopm__instruction *out)
{
	unsigned access = op->access;
	bool one_register = o->mod == 3 && o->reg == o->rm;

	if (op->action == OP_DIFFERENCE && one_register && size >= 4) {
		add_effect(out, GOPM__CODE_CONSTANT, o->reg, NONE, 8, 0);
		return true;
	}
	if (op->action == OP_VECTOR_LOGIC && one_register) {
		access &= ~(unsigned)(OP_READS_VECTOR_REG | OP_READS_VECTOR_RM);
	}
	out->flow = op->flow;
	out->reads = op->reads;
	out->clobbers = op->writes;
	apply_reads(o, out, access, size);
	bool valid = apply_action(o, out, op->action, size);
	apply_writes(o, out, access, size);
	if (o->has_memory && (access & OP_NO_ACCESS) == 0) {
		out->reads |= o->base != NONE ? BIT(o->base) : 0;
		out->reads |= o->indexed ? BIT(o->index) : 0;
	}
	return valid;
}
