/* SPDX-License-Identifier: Apache-2.0 */
/* A stack machine (2.5 and 2.6 of DWARF 5). An operation that ends a location, like DW_OP_reg5, leaves it pending until
 * DW_OP_piece or the end of the expression closes it. */
#include "dwarf/expression.h"

#include <gopm/core.h>

#include "dwarf/constants.h"

#define MAX_STEPS 4096
#define MAX_DEPTH 64

struct expression_machine {
	struct gopm__cursor at;
	const struct gopm__expression_frame *frame;
	struct gopm__location_description *out;
	uint64_t stack[MAX_DEPTH];
	size_t depth;
	struct gopm__piece pending; /* a register, value or literal, until a DW_OP_piece says how much of it */
	bool has_pending;
	unsigned nesting; /* 1: inside DW_AT_frame_base */
	const char *why;
};

static gopm_status fail_expression(struct expression_machine *m, gopm_status status, const char *why)
{
	m->why = why;
	return status;
}

static gopm_status push_value(struct expression_machine *m, uint64_t value)
{
	if (m->depth == MAX_DEPTH) {
		return fail_expression(m, GOPM_ERR_FORMAT, "location expression overflows its stack");
	}
	m->stack[m->depth++] = value;
	return GOPM_OK;
}

static gopm_status need_values(struct expression_machine *m, size_t count)
{
	return m->depth >= count ? GOPM_OK
	                         : fail_expression(m, GOPM_ERR_FORMAT, "location expression underflows its stack");
}

static gopm_status push_register(struct expression_machine *m, uint64_t number, int64_t offset)
{
	uint64_t value = 0;

	if (m->frame->read_register == NULL || !m->frame->read_register(m->frame->user_data, number, &value)) {
		return fail_expression(m, GOPM_NOT_FOUND,
		                       "its location is relative to a register whose value in this frame is not known");
	}
	return push_value(m, value + (uint64_t)offset);
}

static gopm_status run_machine(struct expression_machine *m);

static gopm_status push_frame_base(struct expression_machine *m, int64_t offset)
{
	struct gopm__location_description place = {0};
	struct expression_machine inner = {.at = gopm__cursor(m->frame->frame_base, (size_t)m->frame->frame_base_size),
	                                   .frame = m->frame,
	                                   .out = &place,
	                                   .nesting = m->nesting + 1};

	if (m->nesting != 0 || m->frame->frame_base_size == 0) {
		return fail_expression(m, GOPM_ERR_FORMAT, "the function has no frame base");
	}
	gopm_status st = run_machine(&inner);
	if (st != GOPM_OK) {
		m->why = inner.why;
		return st;
	}
	/* A register as frame base means the value in it (2.6.1.1.3 of DWARF 5). */
	if (inner.has_pending && inner.pending.kind == GOPM__PIECE_REGISTER) {
		return push_register(m, inner.pending.value, offset);
	}
	if (inner.depth == 0) {
		return fail_expression(m, GOPM_ERR_FORMAT, "the function has an empty frame base");
	}
	return push_value(m, inner.stack[inner.depth - 1] + (uint64_t)offset);
}

static gopm_status dereference(struct expression_machine *m, unsigned size)
{
	gopm_status st = need_values(m, 1);
	uint64_t value = 0;

	if (st != GOPM_OK) {
		return st;
	}
	if (size != 1 && size != 2 && size != 4 && size != 8) {
		return fail_expression(m, GOPM_ERR_FORMAT, "location expression reads a word of an odd size");
	}
	if (m->frame->read_memory == NULL ||
	    !m->frame->read_memory(m->frame->user_data, m->stack[m->depth - 1], size, &value)) {
		return fail_expression(m, GOPM_NOT_FOUND, "its location is kept in memory that the core lacks");
	}
	m->stack[m->depth - 1] = value;
	return GOPM_OK;
}

static gopm_status close_piece(struct expression_machine *m, uint64_t size)
{
	struct gopm__piece piece = {.kind = GOPM__PIECE_MISSING};

	if (m->has_pending) {
		piece = m->pending;
		if (piece.kind == GOPM__PIECE_LITERAL && size > piece.size) {
			return fail_expression(m, GOPM_ERR_FORMAT,
			                       "location expression takes more of a literal than there is");
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
		return fail_expression(m, GOPM_ERR_FORMAT, "location expression has too many pieces");
	}
	piece.size = size;
	m->out->pieces[m->out->count++] = piece;
	return GOPM_OK;
}

static gopm_status set_pending(struct expression_machine *m, struct gopm__piece piece)
{
	m->pending = piece;
	m->has_pending = true;
	return GOPM_OK;
}

static gopm_status unary_operation(struct expression_machine *m, unsigned op)
{
	gopm_status st = need_values(m, 1);

	if (st != GOPM_OK) {
		return st;
	}
	uint64_t *top = &m->stack[m->depth - 1];
	switch (op) {
	case GOPM__DW_OP_NOT:
		*top = ~*top;
		return GOPM_OK;
	case GOPM__DW_OP_NEG:
		*top = 0 - *top;
		return GOPM_OK;
	case GOPM__DW_OP_ABS:
		*top = (int64_t)*top < 0 ? 0 - *top : *top;
		return GOPM_OK;
	default: /* GOPM__DW_OP_PLUS_UCONST */
		*top += gopm__cursor_uleb(&m->at);
		return GOPM_OK;
	}
}

static gopm_status binary_operation(struct expression_machine *m, unsigned op)
{
	gopm_status st = need_values(m, 2);

	if (st != GOPM_OK) {
		return st;
	}
	uint64_t b = m->stack[--m->depth];
	uint64_t a = m->stack[m->depth - 1];
	int64_t sa = (int64_t)a, sb = (int64_t)b;
	uint64_t r = 0;
	switch (op) {
	case GOPM__DW_OP_AND:
		r = a & b;
		break;
	case GOPM__DW_OP_DIV:
		if (b == 0) {
			return fail_expression(m, GOPM_ERR_FORMAT, "location expression divides by zero");
		}
		r = sb == -1 ? 0 - a : (uint64_t)(sa / sb);
		break;
	case GOPM__DW_OP_MINUS:
		r = a - b;
		break;
	case GOPM__DW_OP_MOD:
		if (b == 0) {
			return fail_expression(m, GOPM_ERR_FORMAT, "location expression divides by zero");
		}
		r = a % b;
		break;
	case GOPM__DW_OP_MUL:
		r = a * b;
		break;
	case GOPM__DW_OP_OR:
		r = a | b;
		break;
	case GOPM__DW_OP_PLUS:
		r = a + b;
		break;
	case GOPM__DW_OP_SHL:
		r = b < 64 ? a << b : 0;
		break;
	case GOPM__DW_OP_SHR:
		r = b < 64 ? a >> b : 0;
		break;
	case GOPM__DW_OP_SHRA: {
		uint64_t by = b < 64 ? b : 63;
		uint64_t sign = sa < 0 ? ~UINT64_C(0) : 0;
		r = by == 0 ? a : (a >> by) | (sign << (64 - by));
		break;
	}
	case GOPM__DW_OP_XOR:
		r = a ^ b;
		break;
	case GOPM__DW_OP_EQ:
		r = sa == sb;
		break;
	case GOPM__DW_OP_GE:
		r = sa >= sb;
		break;
	case GOPM__DW_OP_GT:
		r = sa > sb;
		break;
	case GOPM__DW_OP_LE:
		r = sa <= sb;
		break;
	case GOPM__DW_OP_LT:
		r = sa < sb;
		break;
	default: /* GOPM__DW_OP_NE */
		r = sa != sb;
		break;
	}
	m->stack[m->depth - 1] = r;
	return GOPM_OK;
}

static gopm_status jump_by(struct expression_machine *m, int64_t by)
{
	int64_t to = (int64_t)gopm__cursor_offset(&m->at) + by;

	if (to < 0 || to > (int64_t)(m->at.end - m->at.begin)) {
		return fail_expression(m, GOPM_ERR_FORMAT, "location expression jumps out of itself");
	}
	gopm__cursor_seek(&m->at, (uint64_t)to);
	return GOPM_OK;
}

static gopm_status stack_operation(struct expression_machine *m, unsigned op)
{
	gopm_status st = need_values(m, op == GOPM__DW_OP_ROT                              ? 3
	                                : op == GOPM__DW_OP_SWAP || op == GOPM__DW_OP_OVER ? 2
	                                                                                   : 1);
	uint64_t *top = &m->stack[m->depth != 0 ? m->depth - 1 : 0];

	if (st != GOPM_OK) {
		return st;
	}
	switch (op) {
	case GOPM__DW_OP_DUP:
		return push_value(m, *top);
	case GOPM__DW_OP_DROP:
		m->depth--;
		return GOPM_OK;
	case GOPM__DW_OP_OVER:
		return push_value(m, top[-1]);
	case GOPM__DW_OP_SWAP: {
		uint64_t t = top[0];
		top[0] = top[-1];
		top[-1] = t;
		return GOPM_OK;
	}
	default: { /* GOPM__DW_OP_ROT */
		uint64_t t = top[0];
		top[0] = top[-1];
		top[-1] = top[-2];
		top[-2] = t;
		return GOPM_OK;
	}
	}
}

static gopm_status push_indexed(struct expression_machine *m, bool address)
{
	uint64_t value = 0;

	if (m->frame->unit == NULL || !gopm__address_at(m->frame->unit, gopm__cursor_uleb(&m->at), &value)) {
		return fail_expression(m, GOPM_ERR_FORMAT,
		                       "location expression names an address that .debug_addr lacks");
	}
	return push_value(m, address ? value + m->frame->bias : value);
}

static gopm_status implicit_value(struct expression_machine *m)
{
	uint64_t size = gopm__cursor_uleb(&m->at);
	const uint8_t *data = size <= gopm__cursor_left(&m->at) ? gopm__cursor_bytes(&m->at, (size_t)size) : NULL;

	if (data == NULL) {
		return fail_expression(m, GOPM_ERR_FORMAT, "location expression ends inside a literal");
	}
	return set_pending(m, (struct gopm__piece){.kind = GOPM__PIECE_LITERAL, .size = size, .data = data});
}

static gopm_status push_constant(struct expression_machine *m, unsigned op)
{
	struct gopm__cursor *c = &m->at;

	switch (op) {
	case GOPM__DW_OP_ADDR:
		return push_value(m, gopm__cursor_u64(c) + m->frame->bias);
	case GOPM__DW_OP_ADDRX:
	case GOPM__DW_OP_GNU_ADDR_INDEX:
		return push_indexed(m, true);
	case GOPM__DW_OP_CONSTX:
	case GOPM__DW_OP_GNU_CONST_INDEX:
		return push_indexed(m, false);
	case GOPM__DW_OP_CONST1U:
		return push_value(m, gopm__cursor_u8(c));
	case GOPM__DW_OP_CONST1S:
		return push_value(m, (uint64_t)(int64_t)(int8_t)gopm__cursor_u8(c));
	case GOPM__DW_OP_CONST2U:
		return push_value(m, gopm__cursor_u16(c));
	case GOPM__DW_OP_CONST2S:
		return push_value(m, (uint64_t)(int64_t)(int16_t)gopm__cursor_u16(c));
	case GOPM__DW_OP_CONST4U:
		return push_value(m, gopm__cursor_u32(c));
	case GOPM__DW_OP_CONST4S:
		return push_value(m, (uint64_t)(int64_t)(int32_t)gopm__cursor_u32(c));
	case GOPM__DW_OP_CONST8U:
	case GOPM__DW_OP_CONST8S:
		return push_value(m, gopm__cursor_u64(c));
	case GOPM__DW_OP_CONSTU:
		return push_value(m, gopm__cursor_uleb(c));
	default: /* GOPM__DW_OP_CONSTS */
		return push_value(m, (uint64_t)gopm__cursor_sleb(c));
	}
}

/* Operations that describe a location other than an address in memory. */
static gopm_status location_operation(struct expression_machine *m, unsigned op)
{
	struct gopm__cursor *c = &m->at;

	switch (op) {
	case GOPM__DW_OP_REGX:
		return set_pending(m,
		                   (struct gopm__piece){.kind = GOPM__PIECE_REGISTER, .value = gopm__cursor_uleb(c)});
	case GOPM__DW_OP_PIECE:
		return close_piece(m, gopm__cursor_uleb(c));
	case GOPM__DW_OP_STACK_VALUE:
		if (need_values(m, 1) != GOPM_OK) {
			return GOPM_ERR_FORMAT;
		}
		return set_pending(m, (struct gopm__piece){.kind = GOPM__PIECE_VALUE, .value = m->stack[--m->depth]});
	case GOPM__DW_OP_IMPLICIT_VALUE:
		return implicit_value(m);
	case GOPM__DW_OP_ENTRY_VALUE:
	case GOPM__DW_OP_GNU_ENTRY_VALUE:
		/* The caller may know it, by DW_TAG_call_site_parameter. */
		(void)gopm__cursor_bytes(c, (size_t)gopm__cursor_uleb(c));
		return c->failed
		           ? GOPM_OK
		           : fail_expression(m, GOPM_NOT_FOUND,
		                             "optimized out: only its value at the function's entry is described");
	case GOPM__DW_OP_IMPLICIT_POINTER:
	case GOPM__DW_OP_GNU_IMPLICIT_POINTER:
		return fail_expression(m, GOPM_NOT_FOUND, "optimized out: it points to a value that has no address");
	case GOPM__DW_OP_FORM_TLS_ADDRESS:
	case GOPM__DW_OP_GNU_PUSH_TLS_ADDRESS:
		return fail_expression(m, GOPM_NOT_FOUND,
		                       "thread-local: each thread has its own, which is not looked up");
	default:
		return fail_expression(m, GOPM_ERR_UNSUPPORTED,
		                       "its location uses a DWARF operation that is not supported");
	}
}

static gopm_status run_operation(struct expression_machine *m)
{
	struct gopm__cursor *c = &m->at;
	unsigned op = gopm__cursor_u8(c);
	gopm_status st;

	if (op >= GOPM__DW_OP_LIT0 && op <= GOPM__DW_OP_LIT31) {
		return push_value(m, op - GOPM__DW_OP_LIT0);
	}
	if (op >= GOPM__DW_OP_REG0 && op <= GOPM__DW_OP_REG31) {
		return set_pending(m,
		                   (struct gopm__piece){.kind = GOPM__PIECE_REGISTER, .value = op - GOPM__DW_OP_REG0});
	}
	if (op >= GOPM__DW_OP_BREG0 && op <= GOPM__DW_OP_BREG31) {
		return push_register(m, op - GOPM__DW_OP_BREG0, gopm__cursor_sleb(c));
	}
	if (op >= GOPM__DW_OP_CONST1U && op <= GOPM__DW_OP_CONSTS) {
		return push_constant(m, op);
	}
	switch (op) {
	case GOPM__DW_OP_NOP:
		return GOPM_OK;
	case GOPM__DW_OP_ADDR:
	case GOPM__DW_OP_ADDRX:
	case GOPM__DW_OP_GNU_ADDR_INDEX:
	case GOPM__DW_OP_CONSTX:
	case GOPM__DW_OP_GNU_CONST_INDEX:
		return push_constant(m, op);
	case GOPM__DW_OP_DUP:
	case GOPM__DW_OP_DROP:
	case GOPM__DW_OP_OVER:
	case GOPM__DW_OP_SWAP:
	case GOPM__DW_OP_ROT:
		return stack_operation(m, op);
	case GOPM__DW_OP_PICK: {
		size_t index = gopm__cursor_u8(c);
		st = need_values(m, index + 1);
		return st == GOPM_OK ? push_value(m, m->stack[m->depth - 1 - index]) : st;
	}
	case GOPM__DW_OP_DEREF:
		return dereference(m, 8);
	case GOPM__DW_OP_DEREF_SIZE:
		return dereference(m, gopm__cursor_u8(c));
	case GOPM__DW_OP_ABS:
	case GOPM__DW_OP_NEG:
	case GOPM__DW_OP_NOT:
	case GOPM__DW_OP_PLUS_UCONST:
		return unary_operation(m, op);
	case GOPM__DW_OP_AND:
	case GOPM__DW_OP_DIV:
	case GOPM__DW_OP_MINUS:
	case GOPM__DW_OP_MOD:
	case GOPM__DW_OP_MUL:
	case GOPM__DW_OP_OR:
	case GOPM__DW_OP_PLUS:
	case GOPM__DW_OP_SHL:
	case GOPM__DW_OP_SHR:
	case GOPM__DW_OP_SHRA:
	case GOPM__DW_OP_XOR:
	case GOPM__DW_OP_EQ:
	case GOPM__DW_OP_GE:
	case GOPM__DW_OP_GT:
	case GOPM__DW_OP_LE:
	case GOPM__DW_OP_LT:
	case GOPM__DW_OP_NE:
		return binary_operation(m, op);
	case GOPM__DW_OP_SKIP:
		return jump_by(m, (int16_t)gopm__cursor_u16(c));
	case GOPM__DW_OP_BRA: {
		int64_t by = (int16_t)gopm__cursor_u16(c);
		st = need_values(m, 1);
		if (st != GOPM_OK) {
			return st;
		}
		return m->stack[--m->depth] != 0 ? jump_by(m, by) : GOPM_OK;
	}
	case GOPM__DW_OP_BREGX: {
		uint64_t number = gopm__cursor_uleb(c);
		return push_register(m, number, gopm__cursor_sleb(c));
	}
	case GOPM__DW_OP_FBREG:
		return push_frame_base(m, gopm__cursor_sleb(c));
	case GOPM__DW_OP_CALL_FRAME_CFA:
		if (m->frame->cfa == 0) {
			return fail_expression(m, GOPM_NOT_FOUND, "the frame's CFA is not known");
		}
		return push_value(m, m->frame->cfa);
	default:
		return location_operation(m, op);
	}
}

static gopm_status run_machine(struct expression_machine *m)
{
	for (unsigned steps = 0; gopm__cursor_left(&m->at) != 0; steps++) {
		if (steps == MAX_STEPS) {
			return fail_expression(m, GOPM_ERR_FORMAT, "location expression does not end");
		}
		gopm_status st = run_operation(m);
		if (st != GOPM_OK) {
			return st;
		}
		if (m->at.failed) {
			return fail_expression(m, GOPM_ERR_FORMAT, "location expression ends inside an operation");
		}
	}
	return GOPM_OK;
}

gopm_status gopm__expression_run(const uint8_t *code, uint64_t size, const struct gopm__expression_frame *frame,
                                 struct gopm__location_description *out, const char **why)
{
	struct expression_machine m = {.at = gopm__cursor(code, (size_t)size), .frame = frame, .out = out};

	out->count = 0;
	*why = NULL;
	if (size == 0) {
		return GOPM_OK;
	}
	gopm_status st = run_machine(&m);
	if (st == GOPM_OK && out->count == 0 && (m.has_pending || m.depth != 0)) {
		out->pieces[0] = m.has_pending
		                     ? m.pending
		                     : (struct gopm__piece){.kind = GOPM__PIECE_MEMORY, .value = m.stack[m.depth - 1]};
		out->count = 1;
	}
	*why = m.why;
	return st;
}
