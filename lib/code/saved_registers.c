/* SPDX-License-Identifier: Apache-2.0 */
#include "code/saved_registers.h"

#include "arch/instruction.h"

struct prologue {
	const struct gopm__code_desc *desc;
	struct gopm__saved_register *out;
	size_t count;
	uint64_t kept;    /* registers to find */
	int64_t sp;       /* from the stack pointer at the entry */
	uint64_t changed; /* registers that no longer have the caller's value */
};

static void note_store(struct prologue *p, unsigned reg, int64_t offset)
{
	const uint64_t bit = reg < 64 ? UINT64_C(1) << reg : 0;

	if ((bit & p->kept & ~p->changed) == 0 || p->count == GOPM__MAX_SAVED_REGISTERS) {
		return;
	}
	for (size_t i = 0; i < p->count; i++) {
		if (p->out[i].reg == reg) {
			return;
		}
	}
	p->out[p->count++] = (struct gopm__saved_register){(uint8_t)reg, offset};
}

/* The register that a push stores: the only one that it reads, besides the stack pointer. */
static unsigned pushed_register(const struct prologue *p, const struct gopm__instruction *code)
{
	const uint64_t reads = code->reads & ~(UINT64_C(1) << p->desc->sp);

	return reads != 0 && (reads & (reads - 1)) == 0 ? (unsigned)__builtin_ctzll(reads) : GOPM__CODE_NO_REGISTER;
}

/* Applies one instruction. False: the stack pointer is not followed. */
static bool step_prologue(struct prologue *p, const struct gopm__instruction *code, struct gopm__sp_change change)
{
	const int64_t before = p->sp;

	switch (change.kind) {
	case GOPM__SP_ADDED:
		p->sp += change.value;
		break;
	case GOPM__SP_DECODED:
		break;
	case GOPM__SP_SET:
		if (change.base != p->desc->sp) {
			return false;
		}
		p->sp += change.value;
		break;
	default:
		return false;
	}
	/* Effects are relative to the stack pointer before the instruction. */
	for (size_t i = 0; i < code->effect_count; i++) {
		const struct gopm__code_effect *e = &code->effects[i];
		const bool push = e->kind == GOPM__CODE_STORE_OTHER && change.kind == GOPM__SP_ADDED &&
		                  change.value == e->value && change.value < 0;
		if (e->size == 8 && e->base == p->desc->sp && (push || e->kind == GOPM__CODE_STORE)) {
			note_store(p, push ? pushed_register(p, code) : e->reg, before + e->value);
		}
	}
	for (size_t i = 0; i < code->effect_count; i++) {
		const struct gopm__code_effect *e = &code->effects[i];
		const bool writes = e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_LOAD ||
		                    e->kind == GOPM__CODE_CONSTANT || e->kind == GOPM__CODE_ADDRESS;
		p->changed |= writes && e->reg < 64 ? UINT64_C(1) << e->reg : 0;
		if (writes && e->reg == p->desc->sp) {
			if (e->kind != GOPM__CODE_ADDRESS || e->base != p->desc->sp) {
				return false;
			}
			p->sp = before + e->value;
		}
	}
	p->changed |= code->clobbers;
	return true;
}

size_t gopm__saved_registers(const struct gopm__cfa_code *code, uint64_t pc,
                             struct gopm__saved_register out[GOPM__MAX_SAVED_REGISTERS])
{
	const struct gopm__arch *arch = code->arch;
	struct prologue p = {.desc = arch->code, .out = out, .kept = arch->code->c_callee_saved};

	if (!arch->return_address_on_stack) {
		const unsigned link = arch->code->number((uint64_t)arch->registers[arch->lr].dwarf_number);
		p.kept |= link < 64 ? UINT64_C(1) << link : 0;
	}

	for (size_t at = 0; code->bytes != NULL && at < code->size && code->entry + at < pc;) {
		struct gopm__instruction instruction = {0};
		if (!p.desc->decode(code->bytes + at, code->size - at, code->entry + at, &instruction) ||
		    instruction.flow != GOPM__CODE_NEXT ||
		    !step_prologue(&p, &instruction, p.desc->sp_change(code->bytes + at, instruction.size))) {
			break;
		}
		at += instruction.size;
	}
	return p.count;
}
