/* SPDX-License-Identifier: Apache-2.0 */
/* A dataflow analysis. The facts are the registers and stack slots whose value is a base plus a constant. Bases are the
 * CFA, the return address, and each value that the stack pointer got in a way that is not followed: from memory, by
 * rounding, or at a join of two of them. Stores through other pointers are ignored, as in values.h: no function of the
 * runtime writes its own saved stack pointer in that way. */
#include "code/cfa_rule.h"

#include <stdlib.h>
#include <string.h>

#include "code/dataflow.h"
#include "util/allocate.h"

#define REGISTERS 32u
#define SLOTS 24u
/* Instructions of the largest function that is analyzed: those of the runtime have less than 200. */
#define MAX_INSTRUCTIONS 8192u

/* Bases. From FIRST_BASE on: the stack pointer after instruction i, then at the start of block i. */
enum { NO_BASE, CFA_BASE, LINK_BASE, FIRST_BASE };

struct fact {
	uint32_t base;
	int64_t offset;
};

struct slot {
	struct fact at, value; /* at.base NO_BASE: unused */
};

struct facts {
	bool reached;
	struct fact registers[REGISTERS];
	struct slot slots[SLOTS];
};

struct analysis {
	struct gopm__cfg cfg;
	const uint8_t *bytes;
	struct facts *in; /* at the start of each reachable block, by rank */
	struct facts now;
};

static bool same(const struct fact *a, const struct fact *b)
{
	return a->base == b->base && (a->base == NO_BASE || a->offset == b->offset);
}

static bool has_base(const struct facts *facts, unsigned reg)
{
	return reg < REGISTERS && facts->registers[reg].base != NO_BASE;
}

/* Slots */

static void forget_slots(struct facts *facts, const struct fact *at, uint64_t size)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *s = &facts->slots[i];
		if (s->at.base == at->base && s->at.offset + 8 > at->offset &&
		    (size > INT32_MAX || s->at.offset < at->offset + (int64_t)size)) {
			s->at.base = NO_BASE;
		}
	}
}

static void set_slot(struct facts *facts, const struct fact *at, const struct fact *value)
{
	for (size_t i = 0; i < SLOTS && value->base != NO_BASE; i++) {
		if (facts->slots[i].at.base == NO_BASE) {
			facts->slots[i] = (struct slot){*at, *value};
			return;
		}
	}
}

static struct fact load_slot(const struct facts *facts, const struct fact *at)
{
	for (size_t i = 0; i < SLOTS; i++) {
		if (facts->slots[i].at.base != NO_BASE && same(&facts->slots[i].at, at)) {
			return facts->slots[i].value;
		}
	}
	return (struct fact){NO_BASE, 0};
}

/* One instruction */

static struct fact plus(struct fact fact, int64_t value)
{
	fact.offset = (int64_t)((uint64_t)fact.offset + (uint64_t)value);
	return fact;
}

static void apply_effect(struct facts *to, const struct facts *from, const struct gopm__code_effect *e)
{
	const struct fact none = {NO_BASE, 0}, base = has_base(from, e->base) ? from->registers[e->base] : none,
	                  at = plus(base, e->value);
	struct fact value = none;

	switch (e->kind) {
	case GOPM__CODE_COPY:
		value = e->size == 8 ? base : none;
		break;
	case GOPM__CODE_ADDRESS:
		value = base.base != NO_BASE ? at : none;
		break;
	case GOPM__CODE_LOAD:
		value = base.base != NO_BASE && e->size == 8 ? load_slot(from, &at) : none;
		break;
	case GOPM__CODE_CONSTANT:
		break;
	case GOPM__CODE_STORE:
	case GOPM__CODE_STORE_CONSTANT:
	case GOPM__CODE_STORE_OTHER:
	case GOPM__CODE_INDEXED:
		if (base.base == NO_BASE) {
			return;
		}
		forget_slots(to, &at, e->kind == GOPM__CODE_INDEXED ? UINT64_MAX : e->size);
		if (e->kind == GOPM__CODE_STORE && e->size == 8 && has_base(from, e->reg)) {
			set_slot(to, &at, &from->registers[e->reg]);
		}
		return;
	default:
		return;
	}
	if (e->reg < REGISTERS) {
		to->registers[e->reg] = value;
	}
}

static void apply_instruction(struct analysis *a, size_t index)
{
	const struct gopm__cfg_instruction *instruction = &a->cfg.instructions[index];
	const struct gopm__instruction *code = &instruction->code;
	const struct gopm__code_desc *desc = a->cfg.desc;
	const struct facts before = a->now;
	struct facts *now = &a->now;
	struct gopm__sp_change change = desc->sp_change(a->bytes + instruction->offset, code->size);
	uint64_t clobbers = code->clobbers;

	if (code->flow == GOPM__CODE_CALL) {
		/* The function would not read a register that the callee does not keep. So all that C keeps are kept.
		 */
		clobbers = ~(desc->c_callee_saved | UINT64_C(1) << desc->sp);
	}
	for (unsigned r = 0; r < REGISTERS; r++) {
		if ((clobbers >> r & 1) != 0) {
			now->registers[r].base = NO_BASE;
		}
	}
	for (unsigned k = 0; k < code->effect_count; k++) {
		apply_effect(now, &before, &code->effects[k]);
	}
	struct fact *sp = &now->registers[desc->sp];
	switch (change.kind) {
	case GOPM__SP_ADDED:
		*sp = plus(before.registers[desc->sp], change.value);
		break;
	case GOPM__SP_SET:
		*sp = has_base(&before, change.base) ? plus(before.registers[change.base], change.value)
		                                     : (struct fact){NO_BASE, 0};
		break;
	case GOPM__SP_LOST:
		sp->base = NO_BASE;
		break;
	default:
		break;
	}
	if (sp->base == NO_BASE) {
		*sp = (struct fact){FIRST_BASE + (uint32_t)index, 0};
	}
}

/* The solution */

static void transfer(void *user_data, size_t block)
{
	struct analysis *a = user_data;
	const struct gopm__cfg_block *b = &a->cfg.blocks[block];

	a->now = a->in[b->rank];
	for (size_t i = b->begin; i < b->end; i++) {
		apply_instruction(a, i);
	}
}

/* Intersects. Where two paths have other stack pointers, it gets a base of the join. */
static bool join(void *user_data, size_t block)
{
	struct analysis *a = user_data;
	struct facts *in = &a->in[a->cfg.blocks[block].rank];
	const struct fact joined = {FIRST_BASE + (uint32_t)(a->cfg.instruction_count + block), 0};
	bool changed = false;

	if (!in->reached) {
		*in = a->now;
		in->reached = true;
		return true;
	}
	for (unsigned r = 0; r < REGISTERS; r++) {
		const struct fact to = r == a->cfg.desc->sp ? joined : (struct fact){NO_BASE, 0};
		if (!same(&in->registers[r], &a->now.registers[r]) && !same(&in->registers[r], &to)) {
			in->registers[r] = to;
			changed = true;
		}
	}
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *s = &in->slots[i];
		struct fact other = load_slot(&a->now, &s->at);
		if (s->at.base != NO_BASE && !same(&s->value, &other)) {
			s->at.base = NO_BASE;
			changed = true;
		}
	}
	return changed;
}

static bool no_table(void *user_data, uint64_t pc, int32_t *sp)
{
	(void)user_data;
	(void)pc;
	*sp = 0;
	return true;
}

static struct gopm__callee any_callee(void *user_data, uint64_t target)
{
	(void)user_data;
	(void)target;
	return (struct gopm__callee){GOPM__CALL_NORMAL, GOPM__CFG_UNKNOWN_SIZE};
}

static bool analyze(struct analysis *a, const struct gopm__cfa_code *code)
{
	const struct gopm__arch *arch = code->arch;
	const struct gopm__cfg_source source = {.desc = arch->code,
	                                        .entry = code->entry,
	                                        .bytes = code->bytes,
	                                        .size = code->size,
	                                        .sp = no_table,
	                                        .callee = any_callee,
	                                        .assembly = true};

	a->bytes = code->bytes;
	if (arch->code == NULL || code->bytes == NULL || !gopm__cfg_build(&a->cfg, &source) ||
	    a->cfg.instruction_count > MAX_INSTRUCTIONS) {
		return false;
	}
	a->in = gopm__calloc(a->cfg.reachable_count, sizeof *a->in);
	if (a->in == NULL) {
		return false;
	}
	a->in[a->cfg.blocks[0].rank].reached = true;
	a->in[a->cfg.blocks[0].rank].registers[arch->code->sp] =
	    (struct fact){CFA_BASE, arch->return_address_on_stack ? -(int64_t)arch->pointer_size : 0};
	if (arch->code->link < REGISTERS) {
		a->in[a->cfg.blocks[0].rank].registers[arch->code->link] = (struct fact){LINK_BASE, 0};
	}
	const struct gopm__dataflow dataflow = {.cfg = &a->cfg, .transfer = transfer, .join = join, .user_data = a};
	return gopm__dataflow_solve(&dataflow);
}

/* The rule */

static bool is_small(int64_t value)
{
	return value >= INT32_MIN && value <= INT32_MAX;
}

static struct gopm__cfa_rule rule_of(const struct facts *facts, unsigned sp, bool registers)
{
	const struct fact *top = &facts->registers[sp];
	struct gopm__cfa_rule rule = {.kind = GOPM__CFA_LOST};

	if (top->base == CFA_BASE && is_small(-top->offset)) {
		return (struct gopm__cfa_rule){.kind = GOPM__CFA_SP, .offset = (int32_t)-top->offset};
	}
	for (unsigned r = 0; registers && r < REGISTERS; r++) {
		const struct fact *f = &facts->registers[r];
		if (f->base == CFA_BASE && is_small(-f->offset)) {
			return (struct gopm__cfa_rule){
			    .kind = GOPM__CFA_REGISTER, .reg = (uint8_t)r, .offset = (int32_t)-f->offset};
		}
	}
	for (size_t i = 0; i < SLOTS; i++) {
		const struct slot *s = &facts->slots[i];
		if (s->at.base == top->base && s->value.base == CFA_BASE && is_small(s->at.offset - top->offset) &&
		    is_small(-s->value.offset)) {
			rule = (struct gopm__cfa_rule){.kind = GOPM__CFA_SLOT,
			                               .slot = (int32_t)(s->at.offset - top->offset),
			                               .offset = (int32_t)-s->value.offset};
		}
	}
	return rule;
}

struct gopm__cfa_rule gopm__cfa_rule_at(const struct gopm__cfa_code *code, uint64_t pc, bool returning)
{
	struct analysis *a = gopm__calloc(1, sizeof *a);
	struct gopm__cfa_rule rule = {.kind = GOPM__CFA_UNKNOWN};
	size_t index;

	if (a == NULL) {
		return rule;
	}
	if (analyze(a, code) &&
	    (returning ? gopm__cfg_find_call(&a->cfg, pc, &index) : gopm__cfg_find(&a->cfg, pc, &index)) &&
	    gopm__cfg_is_reachable(&a->cfg, a->cfg.instructions[index].block)) {
		const struct gopm__cfg_block *block = &a->cfg.blocks[a->cfg.instructions[index].block];
		a->now = a->in[block->rank];
		for (size_t i = block->begin; i < index; i++) {
			apply_instruction(a, i);
		}
		rule = rule_of(&a->now, code->arch->code->sp, !returning);
		const struct fact *link = has_base(&a->now, code->arch->code->link)
		                              ? &a->now.registers[code->arch->code->link]
		                              : &(struct fact){NO_BASE, 0};
		rule.link = !returning && link->base == LINK_BASE && link->offset == 0;
	}
	gopm__cfg_clear(&a->cfg);
	free(a->in);
	free(a);
	return rule;
}
