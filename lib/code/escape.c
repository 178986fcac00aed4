/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the addresses in the frame that instructions compute. A slot escapes if a pointer made from one of them may
 * point to it. The frame has three regions: locals without pointers and outgoing arguments, locals with
 * pointers, arguments and results. A pointer into one never points to another. */
#include "code/escape.h"

#include <stdlib.h>

#include "util/search.h"

#define MAX_TAKEN 256u

enum region { REGION_PLAIN, REGION_POINTERS, REGION_ARGUMENTS };

/* The addresses that are taken, as offsets from the CFA. */
struct taken {
	int32_t list[MAX_TAKEN];
	size_t count;
	bool all; /* more than the list has room for, or an unknown one */
};

enum address_use { ADDRESS_NOT_TAKEN, ADDRESS_TAKEN, ADDRESS_UNKNOWN };

/* Returns how the effect uses an address in the frame. If it takes one, sets *at to its offset from the CFA. */
static enum address_use address_use(const struct gopm__cfg *cfg, const struct gopm__cfg_instruction *instruction,
                                    const struct gopm__code_effect *e, int64_t *at)
{
	unsigned sp = cfg->desc->sp, fp = cfg->desc->fp;
	bool address = e->kind == GOPM__CODE_ADDRESS || e->kind == GOPM__CODE_INDEXED || e->kind == GOPM__CODE_COPY;

	*at = 0;
	if (!address || e->reg == fp || e->reg == sp) {
		return ADDRESS_NOT_TAKEN;
	}
	if (e->base == fp && e->kind != GOPM__CODE_COPY) {
		return ADDRESS_UNKNOWN;
	}
	if (e->base != sp) {
		return ADDRESS_NOT_TAKEN;
	}
	return __builtin_add_overflow(instruction->sp, e->value, at) ? ADDRESS_UNKNOWN : ADDRESS_TAKEN;
}

static void take_address(struct taken *taken, int64_t at)
{
	if (taken->count == MAX_TAKEN || at < INT32_MIN || at > INT32_MAX) {
		taken->all = true;
	} else {
		taken->list[taken->count++] = (int32_t)at;
	}
}

static void collect_taken(struct taken *taken, const struct gopm__cfg *cfg)
{
	for (size_t i = 0; i < cfg->instruction_count; i++) {
		const struct gopm__cfg_instruction *instruction = &cfg->instructions[i];
		for (unsigned k = 0; k < instruction->code.effect_count; k++) {
			int64_t at;
			enum address_use use = address_use(cfg, instruction, &instruction->code.effects[k], &at);
			if (use == ADDRESS_TAKEN) {
				take_address(taken, at);
			}
			taken->all = taken->all || use == ADDRESS_UNKNOWN;
		}
	}
}

static enum region region_of(const struct gopm__frame_map *map, int64_t at)
{
	return at >= 0 ? REGION_ARGUMENTS : at >= map->pointers_begin ? REGION_POINTERS : REGION_PLAIN;
}

static bool is_non_escaping(const struct taken *taken, const struct gopm__frame_map *map, int64_t slot)
{
	enum region region = region_of(map, slot);

	if (taken->all || !map->complete) {
		return false;
	}
	for (size_t i = 0; i < map->object_count; i++) {
		if (slot + 8 > map->objects[i].begin && slot < map->objects[i].end) {
			return false;
		}
	}
	/* Among the locals with pointers only stack objects have their address taken. Elsewhere the size of the
	 * variable is not known: a pointer to it may point to every slot above. */
	for (size_t i = 0; region != REGION_POINTERS && i < taken->count; i++) {
		if (taken->list[i] <= slot + 7 && region_of(map, taken->list[i]) == region) {
			return false;
		}
	}
	return true;
}

/* Slots */

static bool is_slot_access(const struct gopm__cfg *cfg, const struct gopm__code_effect *e)
{
	return e->base == cfg->desc->sp &&
	       (e->kind == GOPM__CODE_LOAD || e->kind == GOPM__CODE_STORE || e->kind == GOPM__CODE_STORE_CONSTANT);
}

static void add_slot(struct gopm__escape *escape, int64_t at)
{
	for (size_t i = 0; i < escape->slot_count; i++) {
		if (escape->slots[i] == at) {
			return;
		}
	}
	if (escape->slot_count < GOPM__CODE_SLOTS && at > INT32_MIN && at < INT32_MAX) {
		escape->slots[escape->slot_count++] = (int32_t)at;
	}
}

static int compare_slots(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return x < y ? -1 : x > y;
}

void gopm__escape_analyze(struct gopm__escape *escape, const struct gopm__cfg *cfg, const struct gopm__frame_map *map)
{
	struct taken taken = {.count = 0};

	escape->slot_count = 0;
	escape->pointers_begin = map->pointers_begin;
	collect_taken(&taken, cfg);
	for (size_t i = 0; i < cfg->instruction_count; i++) {
		const struct gopm__cfg_instruction *instruction = &cfg->instructions[i];
		for (unsigned k = 0; k < instruction->code.effect_count; k++) {
			if (is_slot_access(cfg, &instruction->code.effects[k])) {
				add_slot(escape, instruction->sp + instruction->code.effects[k].value);
			}
		}
	}
	qsort(escape->slots, escape->slot_count, sizeof escape->slots[0], compare_slots);
	for (size_t i = 0; i < escape->slot_count; i++) {
		escape->non_escaping[i] = is_non_escaping(&taken, map, escape->slots[i]);
	}
}

int64_t gopm__escape_slot(const struct gopm__escape *escape, int64_t offset)
{
	size_t i;

	GOPM__LOWER_BOUND(i, escape->slot_count, escape->slots[i] < offset);
	return i < escape->slot_count && escape->slots[i] == offset ? (int64_t)i : -1;
}

/* Passing an address to one callee */

/* True if the effect copies the address in `reg`, adds to it, or stores it. */
static bool leaks_register(const struct gopm__code_effect *e, unsigned reg)
{
	bool address = e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_ADDRESS || e->kind == GOPM__CODE_INDEXED;

	return (address && e->base == reg) || (e->kind == GOPM__CODE_STORE && e->reg == reg);
}

static bool defines_register(const struct gopm__code_effect *e, unsigned reg)
{
	return e->reg == reg && (e->kind == GOPM__CODE_COPY || e->kind == GOPM__CODE_LOAD ||
	                         e->kind == GOPM__CODE_CONSTANT || e->kind == GOPM__CODE_ADDRESS);
}

/* True if the address that instruction `from` puts in `reg` does not escape before the call to `target`. */
static bool is_only_passed(const struct gopm__cfg *cfg, size_t from, unsigned reg, uint64_t target)
{
	for (size_t i = from + 1; i < cfg->instruction_count; i++) {
		const struct gopm__instruction *code = &cfg->instructions[i].code;
		bool clobbered = (code->clobbers >> reg & 1) != 0, defined = false;
		if (code->flow != GOPM__CODE_NEXT) {
			return code->flow == GOPM__CODE_CALL && code->target == target;
		}
		for (unsigned k = 0; k < code->effect_count; k++) {
			if (leaks_register(&code->effects[k], reg)) {
				return false;
			}
			defined = defined || defines_register(&code->effects[k], reg);
		}
		if (clobbered || defined) {
			/* An instruction that clobbers the register may have copied the address before. */
			return !clobbered;
		}
	}
	return false;
}

bool gopm__escape_only_passed(const struct gopm__cfg *cfg, int64_t offset, uint64_t size, uint64_t target)
{
	for (size_t i = 0; i < cfg->instruction_count; i++) {
		const struct gopm__cfg_instruction *instruction = &cfg->instructions[i];
		for (unsigned k = 0; k < instruction->code.effect_count; k++) {
			const struct gopm__code_effect *e = &instruction->code.effects[k];
			int64_t at;
			enum address_use use = address_use(cfg, instruction, e, &at);
			if (use == ADDRESS_UNKNOWN) {
				return false;
			}
			if (use == ADDRESS_TAKEN && at >= offset && (uint64_t)(at - offset) < size &&
			    (e->kind == GOPM__CODE_INDEXED || !is_only_passed(cfg, i, e->reg, target))) {
				return false;
			}
		}
	}
	return true;
}
