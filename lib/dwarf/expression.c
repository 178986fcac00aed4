/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/expression.h"

#include <gopm/core.h>

#define MAX_STEPS 4096
#define MAX_DEPTH 64

enum {
	OP_ADDR = 0x03,
	OP_DEREF = 0x06,
	OP_CONST1U = 0x08,
	OP_CONST1S,
	OP_CONST2U,
	OP_CONST2S,
	OP_CONST4U,
	OP_CONST4S,
	OP_CONST8U,
	OP_CONST8S,
	OP_CONSTU,
	OP_CONSTS,
	OP_DUP,
	OP_DROP,
	OP_OVER,
	OP_PICK,
	OP_SWAP,
	OP_ROT,
	OP_ABS = 0x19,
	OP_AND,
	OP_DIV,
	OP_MINUS,
	OP_MOD,
	OP_MUL,
	OP_NEG,
	OP_NOT,
	OP_OR,
	OP_PLUS,
	OP_PLUS_UCONST,
	OP_SHL,
	OP_SHR,
	OP_SHRA,
	OP_XOR,
	OP_BRA,
	OP_EQ,
	OP_GE,
	OP_GT,
	OP_LE,
	OP_LT,
	OP_NE,
	OP_SKIP,
	OP_LIT0 = 0x30,
	OP_LIT31 = 0x4f,
	OP_REG0 = 0x50,
	OP_REG31 = 0x6f,
	OP_BREG0 = 0x70,
	OP_BREG31 = 0x8f,
	OP_REGX = 0x90,
	OP_FBREG,
	OP_BREGX,
	OP_PIECE,
	OP_DEREF_SIZE,
	OP_NOP = 0x96,
	OP_CALL_FRAME_CFA = 0x9c,
	OP_IMPLICIT_VALUE = 0x9e,
	OP_STACK_VALUE = 0x9f,
	OP_ADDRX = 0xa1,
	OP_CONSTX = 0xa2,
	OP_ENTRY_VALUE = 0xa3,
	OP_GNU_ENTRY_VALUE = 0xf3,
	OP_GNU_ADDR_INDEX = 0xfb,
	OP_GNU_CONST_INDEX = 0xfc,
};

struct machine {
	struct gopm__cursor at;
	const struct gopm__expression_frame *frame;
	struct gopm__place_of_value *out;
	uint64_t stack[MAX_DEPTH];
	size_t depth;
	struct gopm__piece pending; /* a register, value or literal that a DW_OP_piece may cut */
	bool has_pending;
	unsigned nesting; /* 1: inside DW_AT_frame_base */
	const char *why;
};

static gopm_status fail(struct machine *m, gopm_status status, const char *why)
{
	m->why = why;
	return status;
}

static gopm_status push(struct machine *m, uint64_t value)
{
	if (m->depth == MAX_DEPTH) {
		return fail(m, GOPM_ERR_FORMAT, "location expression overflows its stack");
	}
	m->stack[m->depth++] = value;
	return GOPM_OK;
}

static gopm_status need(struct machine *m, size_t count)
{
	return m->depth >= count ? GOPM_OK : fail(m, GOPM_ERR_FORMAT, "location expression underflows its stack");
}

static gopm_status push_register(struct machine *m, uint64_t number, int64_t offset)
{
	uint64_t value = 0;

	if (m->frame->read_register == NULL || !m->frame->read_register(m->frame->user_data, number, &value)) {
		return fail(m, GOPM_NOT_FOUND,
		            "its location is relative to a register whose value in this frame is not known");
	}
	return push(m, value + (uint64_t)offset);
}

static gopm_status run(struct machine *m);

static gopm_status push_frame_base(struct machine *m, int64_t offset)
{
	struct gopm__place_of_value place = {0};
	struct machine inner = {.at = gopm__cursor(m->frame->frame_base, (size_t)m->frame->frame_base_size),
	                        .frame = m->frame,
	                        .out = &place,
	                        .nesting = m->nesting + 1};

	if (m->nesting != 0 || m->frame->frame_base_size == 0) {
		return fail(m, GOPM_ERR_FORMAT, "the function has no frame base");
	}
	gopm_status st = run(&inner);
	if (st != GOPM_OK) {
		m->why = inner.why;
		return st;
	}
	/* A register as frame base stands for its contents (2.6.1.1.3 of DWARF 5). */
	if (inner.has_pending && inner.pending.kind == GOPM__PIECE_REGISTER) {
		return push_register(m, inner.pending.value, offset);
	}
	if (inner.depth == 0) {
		return fail(m, GOPM_ERR_FORMAT, "the function has an empty frame base");
	}
	return push(m, inner.stack[inner.depth - 1] + (uint64_t)offset);
}

static gopm_status dereference(struct machine *m, unsigned size)
{
	gopm_status st = need(m, 1);
	uint64_t value = 0;

	if (st != GOPM_OK) {
		return st;
	}
	if (size != 1 && size != 2 && size != 4 && size != 8) {
		return fail(m, GOPM_ERR_FORMAT, "location expression reads a word of an odd size");
	}
	if (m->frame->read_memory == NULL ||
	    !m->frame->read_memory(m->frame->user_data, m->stack[m->depth - 1], size, &value)) {
		return fail(m, GOPM_NOT_FOUND, "its location is kept in memory that the core lacks");
	}
	m->stack[m->depth - 1] = value;
	return GOPM_OK;
}

static gopm_status close_piece(struct machine *m, uint64_t size)
{
	struct gopm__piece piece = {.kind = GOPM__PIECE_MISSING};

	if (m->has_pending) {
		piece = m->pending;
		if (piece.kind == GOPM__PIECE_LITERAL && size > piece.size) {
			return fail(m, GOPM_ERR_FORMAT, "location expression takes more of a literal than there is");
		}
	} else if (m->depth != 0) {
		piece = (struct gopm__piece){.kind = GOPM__PIECE_MEMORY, .value = m->stack[m->depth - 1]};
	}
	m->has_pending = false;
	m->depth = 0;
	if (size == 0) {
		return GOPM_OK;
	}
	if (m->out->count == GOPM__MAX_PIECES) {
		return fail(m, GOPM_ERR_FORMAT, "location expression has too many pieces");
	}
	piece.size = size;
	m->out->pieces[m->out->count++] = piece;
	return GOPM_OK;
}

static gopm_status set_pending(struct machine *m, struct gopm__piece piece)
{
	m->pending = piece;
	m->has_pending = true;
	return GOPM_OK;
}

static gopm_status binary(struct machine *m, unsigned op)
{
	gopm_status st = need(m, 2);

	if (st != GOPM_OK) {
		return st;
	}
	uint64_t b = m->stack[--m->depth];
	uint64_t a = m->stack[m->depth - 1];
	int64_t sa = (int64_t)a, sb = (int64_t)b;
	uint64_t r = 0;
	switch (op) {
	case OP_AND:
		r = a & b;
		break;
	case OP_DIV:
		if (b == 0) {
			return fail(m, GOPM_ERR_FORMAT, "location expression divides by zero");
		}
		r = sb == -1 ? 0 - a : (uint64_t)(sa / sb);
		break;
	case OP_MINUS:
		r = a - b;
		break;
	case OP_MOD:
		if (b == 0) {
			return fail(m, GOPM_ERR_FORMAT, "location expression divides by zero");
		}
		r = a % b;
		break;
	case OP_MUL:
		r = a * b;
		break;
	case OP_OR:
		r = a | b;
		break;
	case OP_PLUS:
		r = a + b;
		break;
	case OP_SHL:
		r = b < 64 ? a << b : 0;
		break;
	case OP_SHR:
		r = b < 64 ? a >> b : 0;
		break;
	case OP_SHRA: {
		uint64_t by = b < 64 ? b : 63;
		uint64_t sign = sa < 0 ? ~UINT64_C(0) : 0;
		r = by == 0 ? a : (a >> by) | (sign << (64 - by));
		break;
	}
	case OP_XOR:
		r = a ^ b;
		break;
	case OP_EQ:
		r = sa == sb;
		break;
	case OP_GE:
		r = sa >= sb;
		break;
	case OP_GT:
		r = sa > sb;
		break;
	case OP_LE:
		r = sa <= sb;
		break;
	case OP_LT:
		r = sa < sb;
		break;
	default: /* OP_NE */
		r = sa != sb;
		break;
	}
	m->stack[m->depth - 1] = r;
	return GOPM_OK;
}

static gopm_status jump(struct machine *m, int64_t by)
{
	int64_t to = (int64_t)gopm__cursor_offset(&m->at) + by;

	if (to < 0 || to > (int64_t)(m->at.end - m->at.begin)) {
		return fail(m, GOPM_ERR_FORMAT, "location expression jumps out of itself");
	}
	gopm__cursor_seek(&m->at, (uint64_t)to);
	return GOPM_OK;
}

static gopm_status shuffle(struct machine *m, unsigned op)
{
	gopm_status st = need(m, op == OP_ROT ? 3 : op == OP_SWAP || op == OP_OVER ? 2 : 1);
	uint64_t *top = &m->stack[m->depth != 0 ? m->depth - 1 : 0];

	if (st != GOPM_OK) {
		return st;
	}
	switch (op) {
	case OP_DUP:
		return push(m, *top);
	case OP_DROP:
		m->depth--;
		return GOPM_OK;
	case OP_OVER:
		return push(m, top[-1]);
	case OP_SWAP: {
		uint64_t t = top[0];
		top[0] = top[-1];
		top[-1] = t;
		return GOPM_OK;
	}
	default: { /* OP_ROT */
		uint64_t t = top[0];
		top[0] = top[-1];
		top[-1] = top[-2];
		top[-2] = t;
		return GOPM_OK;
	}
	}
}

static gopm_status indexed(struct machine *m, bool address)
{
	uint64_t value = 0;

	if (m->frame->unit == NULL || !gopm__address_at(m->frame->unit, gopm__cursor_uleb(&m->at), &value)) {
		return fail(m, GOPM_ERR_FORMAT, "location expression names an address that .debug_addr lacks");
	}
	return push(m, address ? value + m->frame->bias : value);
}

static gopm_status literal(struct machine *m)
{
	uint64_t size = gopm__cursor_uleb(&m->at);
	const uint8_t *data = size <= gopm__cursor_left(&m->at) ? gopm__cursor_bytes(&m->at, (size_t)size) : NULL;

	if (data == NULL) {
		return fail(m, GOPM_ERR_FORMAT, "location expression ends inside a literal");
	}
	return set_pending(m, (struct gopm__piece){.kind = GOPM__PIECE_LITERAL, .size = size, .data = data});
}

static gopm_status step(struct machine *m)
{
	struct gopm__cursor *c = &m->at;
	unsigned op = gopm__cursor_u8(c);
	gopm_status st;

	if (op >= OP_LIT0 && op <= OP_LIT31) {
		return push(m, op - OP_LIT0);
	}
	if (op >= OP_REG0 && op <= OP_REG31) {
		return set_pending(m, (struct gopm__piece){.kind = GOPM__PIECE_REGISTER, .value = op - OP_REG0});
	}
	if (op >= OP_BREG0 && op <= OP_BREG31) {
		return push_register(m, op - OP_BREG0, gopm__cursor_sleb(c));
	}
	switch (op) {
	case OP_NOP:
		return GOPM_OK;
	case OP_ADDR:
		return push(m, gopm__cursor_u64(c) + m->frame->bias);
	case OP_ADDRX:
	case OP_GNU_ADDR_INDEX:
		return indexed(m, true);
	case OP_CONSTX:
	case OP_GNU_CONST_INDEX:
		return indexed(m, false);
	case OP_CONST1U:
		return push(m, gopm__cursor_u8(c));
	case OP_CONST1S:
		return push(m, (uint64_t)(int64_t)(int8_t)gopm__cursor_u8(c));
	case OP_CONST2U:
		return push(m, gopm__cursor_u16(c));
	case OP_CONST2S:
		return push(m, (uint64_t)(int64_t)(int16_t)gopm__cursor_u16(c));
	case OP_CONST4U:
		return push(m, gopm__cursor_u32(c));
	case OP_CONST4S:
		return push(m, (uint64_t)(int64_t)(int32_t)gopm__cursor_u32(c));
	case OP_CONST8U:
	case OP_CONST8S:
		return push(m, gopm__cursor_u64(c));
	case OP_CONSTU:
		return push(m, gopm__cursor_uleb(c));
	case OP_CONSTS:
		return push(m, (uint64_t)gopm__cursor_sleb(c));
	case OP_DUP:
	case OP_DROP:
	case OP_OVER:
	case OP_SWAP:
	case OP_ROT:
		return shuffle(m, op);
	case OP_PICK: {
		size_t index = gopm__cursor_u8(c);
		st = need(m, index + 1);
		return st == GOPM_OK ? push(m, m->stack[m->depth - 1 - index]) : st;
	}
	case OP_DEREF:
		return dereference(m, 8);
	case OP_DEREF_SIZE:
		return dereference(m, gopm__cursor_u8(c));
	case OP_ABS:
	case OP_NEG:
	case OP_NOT:
		st = need(m, 1);
		if (st == GOPM_OK) {
			uint64_t *top = &m->stack[m->depth - 1];
			*top = op == OP_NOT ? ~*top : op == OP_NEG || (int64_t)*top < 0 ? 0 - *top : *top;
		}
		return st;
	case OP_PLUS_UCONST:
		st = need(m, 1);
		if (st == GOPM_OK) {
			m->stack[m->depth - 1] += gopm__cursor_uleb(c);
		}
		return st;
	case OP_AND:
	case OP_DIV:
	case OP_MINUS:
	case OP_MOD:
	case OP_MUL:
	case OP_OR:
	case OP_PLUS:
	case OP_SHL:
	case OP_SHR:
	case OP_SHRA:
	case OP_XOR:
	case OP_EQ:
	case OP_GE:
	case OP_GT:
	case OP_LE:
	case OP_LT:
	case OP_NE:
		return binary(m, op);
	case OP_SKIP:
		return jump(m, (int16_t)gopm__cursor_u16(c));
	case OP_BRA: {
		int64_t by = (int16_t)gopm__cursor_u16(c);
		st = need(m, 1);
		if (st != GOPM_OK) {
			return st;
		}
		return m->stack[--m->depth] != 0 ? jump(m, by) : GOPM_OK;
	}
	case OP_REGX:
		return set_pending(m,
		                   (struct gopm__piece){.kind = GOPM__PIECE_REGISTER, .value = gopm__cursor_uleb(c)});
	case OP_BREGX: {
		uint64_t number = gopm__cursor_uleb(c);
		return push_register(m, number, gopm__cursor_sleb(c));
	}
	case OP_FBREG:
		return push_frame_base(m, gopm__cursor_sleb(c));
	case OP_CALL_FRAME_CFA:
		if (m->frame->cfa == 0) {
			return fail(m, GOPM_NOT_FOUND, "the frame's CFA is not known");
		}
		return push(m, m->frame->cfa);
	case OP_PIECE:
		return close_piece(m, gopm__cursor_uleb(c));
	case OP_STACK_VALUE:
		st = need(m, 1);
		if (st != GOPM_OK) {
			return st;
		}
		return set_pending(m, (struct gopm__piece){.kind = GOPM__PIECE_VALUE, .value = m->stack[--m->depth]});
	case OP_IMPLICIT_VALUE:
		return literal(m);
	case OP_ENTRY_VALUE:
	case OP_GNU_ENTRY_VALUE:
		/* C compilers write these for what a caller alone can tell; frames of C have no callers here. */
		(void)gopm__cursor_bytes(c, (size_t)gopm__cursor_uleb(c));
		return c->failed
		           ? GOPM_OK
		           : fail(m, GOPM_NOT_FOUND,
		                  "its location is what its function was called with, and its caller is not known");
	default:
		return fail(m, GOPM_ERR_UNSUPPORTED, "its location uses a DWARF operation that is not supported");
	}
}

static gopm_status run(struct machine *m)
{
	for (unsigned steps = 0; gopm__cursor_left(&m->at) != 0; steps++) {
		if (steps == MAX_STEPS) {
			return fail(m, GOPM_ERR_FORMAT, "location expression does not end");
		}
		gopm_status st = step(m);
		if (st != GOPM_OK) {
			return st;
		}
		if (m->at.failed) {
			return fail(m, GOPM_ERR_FORMAT, "location expression ends inside an operation");
		}
	}
	return GOPM_OK;
}

gopm_status gopm__expression_run(const uint8_t *code, uint64_t size, const struct gopm__expression_frame *frame,
                                 struct gopm__place_of_value *out, const char **why)
{
	struct machine m = {.at = gopm__cursor(code, (size_t)size), .frame = frame, .out = out};

	out->count = 0;
	*why = NULL;
	if (size == 0) {
		return GOPM_OK;
	}
	gopm_status st = run(&m);
	if (st == GOPM_OK && out->count == 0 && (m.has_pending || m.depth != 0)) {
		out->pieces[0] = m.has_pending
		                     ? m.pending
		                     : (struct gopm__piece){.kind = GOPM__PIECE_MEMORY, .value = m.stack[m.depth - 1]};
		out->count = 1;
	}
	*why = m.why;
	return st;
}
