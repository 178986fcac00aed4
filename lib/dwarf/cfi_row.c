/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the call frame instructions of an entry up to a pc (6.4.2 of DWARF 5). */
#include "dwarf/cfi_entry.h"

/* Instructions of one entry. Hand-written assembly has a few hundred. */
#define MAX_STEPS ((size_t)1 << 16)
/* DW_CFA_remember_state that are open at one time. Compilers nest two. */
#define MAX_STATES ((size_t)16)

enum {
	CFA_ADVANCE_LOC = 0x40, /* the high two bits; an operand is in the others */
	CFA_OFFSET = 0x80,
	CFA_RESTORE = 0xc0,
	CFA_NOP = 0x00,
	CFA_SET_LOC,
	CFA_ADVANCE_LOC1,
	CFA_ADVANCE_LOC2,
	CFA_ADVANCE_LOC4,
	CFA_OFFSET_EXTENDED,
	CFA_RESTORE_EXTENDED,
	CFA_UNDEFINED,
	CFA_SAME_VALUE,
	CFA_REGISTER,
	CFA_REMEMBER_STATE,
	CFA_RESTORE_STATE,
	CFA_DEF_CFA,
	CFA_DEF_CFA_REGISTER,
	CFA_DEF_CFA_OFFSET,
	CFA_DEF_CFA_EXPRESSION,
	CFA_EXPRESSION,
	CFA_OFFSET_EXTENDED_SF,
	CFA_DEF_CFA_SF,
	CFA_DEF_CFA_OFFSET_SF,
	CFA_VAL_OFFSET,
	CFA_VAL_OFFSET_SF,
	CFA_VAL_EXPRESSION,
	CFA_AARCH64_NEGATE_RA_STATE_WITH_PC = 0x2c,
	CFA_AARCH64_NEGATE_RA_STATE = 0x2d,
	CFA_GNU_ARGS_SIZE = 0x2e,
	CFA_GNU_NEGATIVE_OFFSET_EXTENDED = 0x2f,
};

struct cfi_machine {
	const struct gopm__cfi_table *table;
	const struct gopm__cie *cie;
	struct gopm__cursor at;
	uint64_t location, pc;
	struct gopm__cfi_row *row;
	const struct gopm__cfi_row *initial; /* after the CIE's instructions; NULL: they run */
	struct gopm__cfi_row states[MAX_STATES];
	size_t depth, steps;
	bool done; /* the next row begins after pc */
	const char *why;
};

static gopm_status fail_row(struct cfi_machine *m, gopm_status status, const char *why)
{
	m->why = why;
	return status;
}

static void advance_location(struct cfi_machine *m, uint64_t units)
{
	const uint64_t align = m->cie->code_align;
	/* A huge advance is past every pc. */
	const uint64_t bytes = align != 0 && units > UINT64_MAX / align ? UINT64_MAX : units * align;

	if (bytes > m->pc - m->location) {
		m->done = true;
	} else {
		m->location += bytes;
	}
}

static void set_rule(struct cfi_machine *m, uint64_t column, uint8_t kind, int64_t offset)
{
	if (column < GOPM__CFI_COLUMNS) {
		m->row->rules[column] = (struct gopm__cfi_rule){.kind = kind, .offset = offset};
	}
}

static int64_t factored(const struct cfi_machine *m, int64_t value)
{
	return (int64_t)((uint64_t)value * (uint64_t)m->cie->data_align);
}

/* The offsets of two operands: a column, and an unsigned or signed number. */
static void set_offset(struct cfi_machine *m, uint8_t kind, bool is_signed)
{
	const uint64_t column = gopm__cursor_uleb(&m->at);
	const int64_t number = is_signed ? gopm__cursor_sleb(&m->at) : (int64_t)gopm__cursor_uleb(&m->at);

	set_rule(m, column, kind, factored(m, number));
}

static void restore_rule(struct cfi_machine *m, uint64_t column)
{
	if (column < GOPM__CFI_COLUMNS) {
		m->row->rules[column] = m->initial != NULL ? m->initial->rules[column] : (struct gopm__cfi_rule){0};
	}
}

/* Reads a block. False: it is too long, or ends outside of the entry. */
static bool read_expression(struct cfi_machine *m, uint8_t kind, struct gopm__cfi_rule *out)
{
	const uint64_t size = gopm__cursor_uleb(&m->at);
	const uint8_t *code = size <= GOPM__CFI_MAX_EXPRESSION ? gopm__cursor_bytes(&m->at, (size_t)size) : NULL;

	*out = (struct gopm__cfi_rule){.kind = kind, .size = (uint16_t)size, .expression = code};
	return code != NULL;
}

static gopm_status set_expression(struct cfi_machine *m, uint8_t kind)
{
	struct gopm__cfi_rule rule;
	const uint64_t column = gopm__cursor_uleb(&m->at);

	if (!read_expression(m, kind, &rule)) {
		return fail_row(m, GOPM_ERR_FORMAT, "an expression of its call frame information is malformed");
	}
	if (column < GOPM__CFI_COLUMNS) {
		m->row->rules[column] = rule;
	}
	return GOPM_OK;
}

static gopm_status restore_state(struct cfi_machine *m)
{
	if (m->depth == 0) {
		return fail_row(m, GOPM_ERR_FORMAT, "its call frame information restores a state that it did not keep");
	}
	*m->row = m->states[--m->depth];
	return GOPM_OK;
}

static gopm_status remember_state(struct cfi_machine *m)
{
	if (m->depth == MAX_STATES) {
		return fail_row(m, GOPM_ERR_FORMAT, "its call frame information keeps too many states");
	}
	m->states[m->depth++] = *m->row;
	return GOPM_OK;
}

static void define_cfa(struct cfi_machine *m, uint64_t reg, int64_t offset)
{
	m->row->cfa = (struct gopm__cfi_rule){.kind = GOPM__CFI_REGISTER, .offset = offset};
	m->row->cfa_register = reg;
}

/* Instructions that define the CFA. */
static gopm_status run_cfa(struct cfi_machine *m, uint8_t op)
{
	const bool by_register = m->row->cfa.kind == GOPM__CFI_REGISTER;
	uint64_t reg;

	switch (op) {
	case CFA_DEF_CFA:
		reg = gopm__cursor_uleb(&m->at);
		define_cfa(m, reg, (int64_t)gopm__cursor_uleb(&m->at));
		return GOPM_OK;
	case CFA_DEF_CFA_SF:
		reg = gopm__cursor_uleb(&m->at);
		define_cfa(m, reg, factored(m, gopm__cursor_sleb(&m->at)));
		return GOPM_OK;
	case CFA_DEF_CFA_EXPRESSION:
		return read_expression(m, GOPM__CFI_VAL_EXPRESSION, &m->row->cfa)
		           ? GOPM_OK
		           : fail_row(m, GOPM_ERR_FORMAT, "the expression of its frame address is malformed");
	default:
		break;
	}
	if (!by_register) {
		return fail_row(m, GOPM_ERR_FORMAT,
		                "its call frame information changes a frame address that is not in a register");
	}
	if (op == CFA_DEF_CFA_REGISTER) {
		m->row->cfa_register = gopm__cursor_uleb(&m->at);
	} else if (op == CFA_DEF_CFA_OFFSET) {
		m->row->cfa.offset = (int64_t)gopm__cursor_uleb(&m->at);
	} else {
		m->row->cfa.offset = factored(m, gopm__cursor_sleb(&m->at));
	}
	return GOPM_OK;
}

static gopm_status set_location(struct cfi_machine *m)
{
	uint64_t to;

	if (!gopm__cfi_pointer(m->table, &m->at, m->cie->pointer_encoding, &to)) {
		return fail_row(m, GOPM_ERR_FORMAT, "its call frame information has a malformed address");
	}
	if (to > m->pc) {
		m->done = true;
	} else if (to < m->location) {
		return fail_row(m, GOPM_ERR_FORMAT, "its call frame information goes back");
	} else {
		m->location = to;
	}
	return GOPM_OK;
}

static gopm_status run_extended(struct cfi_machine *m, uint8_t op)
{
	uint64_t column;

	switch (op) {
	case CFA_NOP:
		return GOPM_OK;
	case CFA_SET_LOC:
		return set_location(m);
	case CFA_ADVANCE_LOC1:
		advance_location(m, gopm__cursor_u8(&m->at));
		return GOPM_OK;
	case CFA_ADVANCE_LOC2:
		advance_location(m, gopm__cursor_u16(&m->at));
		return GOPM_OK;
	case CFA_ADVANCE_LOC4:
		advance_location(m, gopm__cursor_u32(&m->at));
		return GOPM_OK;
	case CFA_OFFSET_EXTENDED:
		set_offset(m, GOPM__CFI_OFFSET, false);
		return GOPM_OK;
	case CFA_OFFSET_EXTENDED_SF:
		set_offset(m, GOPM__CFI_OFFSET, true);
		return GOPM_OK;
	case CFA_VAL_OFFSET:
		set_offset(m, GOPM__CFI_VAL_OFFSET, false);
		return GOPM_OK;
	case CFA_VAL_OFFSET_SF:
		set_offset(m, GOPM__CFI_VAL_OFFSET, true);
		return GOPM_OK;
	case CFA_GNU_NEGATIVE_OFFSET_EXTENDED:
		column = gopm__cursor_uleb(&m->at);
		set_rule(m, column, GOPM__CFI_OFFSET, factored(m, -(int64_t)(gopm__cursor_uleb(&m->at) & INT64_MAX)));
		return GOPM_OK;
	case CFA_RESTORE_EXTENDED:
		restore_rule(m, gopm__cursor_uleb(&m->at));
		return GOPM_OK;
	case CFA_UNDEFINED:
		set_rule(m, gopm__cursor_uleb(&m->at), GOPM__CFI_UNDEFINED, 0);
		return GOPM_OK;
	case CFA_SAME_VALUE:
		set_rule(m, gopm__cursor_uleb(&m->at), GOPM__CFI_SAME, 0);
		return GOPM_OK;
	case CFA_REGISTER:
		column = gopm__cursor_uleb(&m->at);
		set_rule(m, column, GOPM__CFI_REGISTER, (int64_t)gopm__cursor_uleb(&m->at));
		return GOPM_OK;
	case CFA_REMEMBER_STATE:
		return remember_state(m);
	case CFA_RESTORE_STATE:
		return restore_state(m);
	case CFA_EXPRESSION:
		return set_expression(m, GOPM__CFI_EXPRESSION);
	case CFA_VAL_EXPRESSION:
		return set_expression(m, GOPM__CFI_VAL_EXPRESSION);
	case CFA_DEF_CFA:
	case CFA_DEF_CFA_SF:
	case CFA_DEF_CFA_REGISTER:
	case CFA_DEF_CFA_OFFSET:
	case CFA_DEF_CFA_OFFSET_SF:
	case CFA_DEF_CFA_EXPRESSION:
		return run_cfa(m, op);
	case CFA_GNU_ARGS_SIZE:
		(void)gopm__cursor_uleb(&m->at);
		return GOPM_OK;
	case CFA_AARCH64_NEGATE_RA_STATE:
	case CFA_AARCH64_NEGATE_RA_STATE_WITH_PC:
		m->row->signed_address = !m->row->signed_address;
		return GOPM_OK;
	default:
		return fail_row(m, GOPM_ERR_UNSUPPORTED,
		                "its call frame information has an instruction that is not known");
	}
}

static gopm_status run_instructions(struct cfi_machine *m)
{
	while (!m->done && gopm__cursor_left(&m->at) != 0) {
		if (++m->steps > MAX_STEPS) {
			return fail_row(m, GOPM_ERR_FORMAT, "its call frame information has too many instructions");
		}
		const uint8_t op = gopm__cursor_u8(&m->at), operand = op & 0x3f;
		gopm_status status = GOPM_OK;
		switch (op & 0xc0) {
		case CFA_ADVANCE_LOC:
			advance_location(m, operand);
			break;
		case CFA_OFFSET:
			set_rule(m, operand, GOPM__CFI_OFFSET, factored(m, (int64_t)gopm__cursor_uleb(&m->at)));
			break;
		case CFA_RESTORE:
			restore_rule(m, operand);
			break;
		default:
			status = run_extended(m, op);
		}
		if (status != GOPM_OK) {
			return status;
		}
		if (m->at.failed) {
			return fail_row(m, GOPM_ERR_FORMAT, "its call frame information ends inside an instruction");
		}
	}
	return GOPM_OK;
}

gopm_status gopm__cfi_row_at(const struct gopm__cfi_table *table, const struct gopm__fde *fde, uint64_t pc,
                             struct gopm__cfi_row *out, const char **why)
{
	struct gopm__cfi_entry entry;
	struct gopm__cie cie;
	struct gopm__fde range;
	struct gopm__cursor code;

	*out = (struct gopm__cfi_row){0};
	*why = "its call frame information is malformed";
	if (pc < fde->start || pc >= fde->end || gopm__cfi_entry(table, fde->offset, &entry) != GOPM_OK ||
	    entry.is_cie || gopm__cie_read(table, entry.cie, &cie) != GOPM_OK ||
	    gopm__fde_read(table, &cie, &entry, &range, &code) != GOPM_OK) {
		return GOPM_ERR_FORMAT;
	}
	struct cfi_machine m = {
	    .table = table,
	    .cie = &cie,
	    .at = gopm__cursor(cie.code, (size_t)cie.code_size),
	    .location = range.start,
	    .pc = pc,
	    .row = out,
	    .why = *why,
	};
	gopm_status status = run_instructions(&m);
	const struct gopm__cfi_row initial = *out;
	if (status == GOPM_OK) {
		m.initial = &initial;
		m.at = code;
		m.done = false;
		m.depth = 0;
		m.location = range.start;
		status = run_instructions(&m);
	}
	out->return_column = cie.return_column < GOPM__CFI_COLUMNS ? (uint32_t)cie.return_column : GOPM__CFI_COLUMNS;
	out->signal = cie.signal;
	*why = m.why;
	if (status == GOPM_OK && (out->cfa.kind == GOPM__CFI_UNSPECIFIED || out->return_column == GOPM__CFI_COLUMNS)) {
		*why = "its call frame information gives no frame address";
		status = GOPM_ERR_FORMAT;
	}
	return status;
}
