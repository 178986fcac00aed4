/* SPDX-License-Identifier: Apache-2.0 */
#include "code/allocation.h"

#include <stdlib.h>

#define MAX_DEPTH 3u /* functions that call each other */
#define NEWEST INT32_MAX
#define KIND_BITS 3

/* The argument of the allocating functions that is the type. Source: runtime/malloc.go and slice.go, Go 1.17 to 1.27.
 */
static const struct {
	uint8_t role, argument;
	bool elements;
	int32_t first, last; /* of Go 1.x */
} allocators[] = {
    {GOPM__ROLE_NEWOBJECT, 0, false, 0, NEWEST}, {GOPM__ROLE_MAKESLICE, 0, true, 0, NEWEST},
    {GOPM__ROLE_GROWSLICE, 0, true, 1, 19},      {GOPM__ROLE_GROWSLICE, 4, true, 20, NEWEST},
    {GOPM__ROLE_MALLOCGC, 1, false, 0, NEWEST},
};

/* A value of a function that is looked at. */
struct value_of {
	struct gopm__allocation_search *search;
	const struct gopm__code *code;
	uint64_t self;
	unsigned depth;
	struct gopm__allocation found;
};

static struct gopm__allocation find_value(struct value_of *of, const struct gopm__value_number *number);

struct gopm__allocation gopm__allocation_join(struct gopm__allocation a, struct gopm__allocation b)
{
	if (a.kind == GOPM__ALLOCATED_NIL || a.kind == GOPM__ALLOCATED_SELF) {
		return b;
	}
	if (b.kind == GOPM__ALLOCATED_NIL || b.kind == GOPM__ALLOCATED_SELF) {
		return a;
	}
	return a.kind == b.kind && a.descriptor == b.descriptor ? a : (struct gopm__allocation){0};
}

/* The number of a register before instruction `index`. */
static struct gopm__value_number register_at(const struct gopm__code *code, size_t index, unsigned reg)
{
	struct gopm__values_cursor cursor = {0};
	struct gopm__value_number number = {.kind = GOPM__VN_UNKNOWN};

	if (gopm__values_seek(gopm__code_values(code), &cursor, index)) {
		number = cursor.at[reg];
	}
	free(cursor.at);
	return number;
}

/* True if the instruction calls morestack, which calls the function again. */
static bool restarts(struct gopm__allocation_search *search, const struct gopm__instruction *code)
{
	const struct gopm__pcinfo *info = code->target != 0 ? gopm__symtab_pc(search->symtab, code->target) : NULL;

	return info != NULL && info->known && info->role == GOPM__ROLE_MORESTACK;
}

/* What one function returns as its first result, or in place of it. */
static struct gopm__allocation find_result(struct value_of *caller, const struct gopm__func *func)
{
	struct value_of of = {.search = caller->search, .depth = caller->depth + 1};
	struct gopm__allocation all = {GOPM__ALLOCATED_NIL, 0};
	const unsigned result = of.search->arch->code->arguments[0];
	bool returns = false;

	of.code = gopm__code_of(of.search->cache, of.search->arch, of.search->symtab, func);
	if (of.code == NULL || of.depth > MAX_DEPTH) {
		return (struct gopm__allocation){0};
	}
	const struct gopm__cfg *cfg = gopm__code_values(of.code)->cfg;
	for (size_t block = 0; block < cfg->block_count && all.kind != GOPM__ALLOCATED_UNKNOWN; block++) {
		const size_t last = cfg->blocks[block].end - 1;
		const struct gopm__instruction *code = &cfg->instructions[last].code;
		if (code->flow != GOPM__CODE_EXIT || !gopm__cfg_is_reachable(cfg, block) ||
		    gopm__cfg_is_dead_end(cfg, block)) {
			continue;
		}
		/* It is called again with a larger stack. */
		if (restarts(of.search, code)) {
			continue;
		}
		returns = true;
		/* A jump to another function returns what that returns. */
		const struct gopm__value_number number = register_at(of.code, last, result);
		all = code->target != 0 ? (struct gopm__allocation){0}
		                        : gopm__allocation_join(all, find_value(&of, &number));
	}
	return returns ? all : (struct gopm__allocation){0};
}

/* The same, from the cache. A function that calls itself is unknown. */
static struct gopm__allocation result_of(struct value_of *of, const struct gopm__func *func)
{
	bool fresh;
	uint64_t *packed = gopm__map64_put(&of->search->results, func->entry, &fresh);

	if (packed == NULL) {
		return (struct gopm__allocation){0};
	}
	if (!fresh) {
		return (struct gopm__allocation){(enum gopm__allocation_kind)(*packed & ((1u << KIND_BITS) - 1)),
		                                 *packed >> KIND_BITS};
	}
	const struct gopm__allocation found = find_result(of, func);
	packed = gopm__map64_put(&of->search->results, func->entry, &fresh);
	if (packed != NULL) {
		*packed = found.descriptor << KIND_BITS | (uint64_t)found.kind;
	}
	return found;
}

static struct gopm__allocation find_call(struct value_of *of, size_t index)
{
	const struct gopm__instruction *code = &gopm__code_values(of->code)->cfg->instructions[index].code;
	const int32_t minor = of->search->minor;

	if (code->flow != GOPM__CODE_CALL || code->target == 0) {
		return (struct gopm__allocation){0};
	}
	const struct gopm__pcinfo *info = gopm__symtab_pc(of->search->symtab, code->target);
	if (info == NULL || !info->known || info->func.entry != code->target) {
		return (struct gopm__allocation){0};
	}
	for (size_t i = 0; i < sizeof allocators / sizeof allocators[0]; i++) {
		if (allocators[i].role != info->role || minor < allocators[i].first || minor > allocators[i].last) {
			continue;
		}
		const struct gopm__value_number type =
		    register_at(of->code, index, of->search->arch->code->arguments[allocators[i].argument]);
		if (type.kind != GOPM__VN_CONSTANT || type.width != 8 || type.value <= 0) {
			return (struct gopm__allocation){0};
		}
		return (struct gopm__allocation){
		    allocators[i].elements ? GOPM__ALLOCATED_ELEMENTS : GOPM__ALLOCATED_VALUE, (uint64_t)type.value};
	}
	if (info->role != GOPM__ROLE_NORMAL || info->assembly || info->may_jump) {
		return (struct gopm__allocation){0};
	}
	const struct gopm__func func = info->func;
	return result_of(of, &func);
}

/* True if the instruction loads the memory at of->self into the register. */
static bool loads_self(const struct value_of *of, size_t index, int64_t reg)
{
	const struct gopm__instruction *code = &gopm__code_values(of->code)->cfg->instructions[index].code;

	for (unsigned i = 0; i < code->effect_count; i++) {
		const struct gopm__code_effect *e = &code->effects[i];
		if (e->reg != reg || e->size != 8) {
			continue;
		}
		if (e->kind == GOPM__CODE_LOAD_FIXED && (uint64_t)e->value == of->self) {
			return true;
		}
		if (e->kind == GOPM__CODE_LOAD) {
			const struct gopm__value_number base = register_at(of->code, index, e->base);
			return base.kind == GOPM__VN_CONSTANT && (uint64_t)base.value + (uint64_t)e->value == of->self;
		}
	}
	return false;
}

/* A phi among the inputs is replaced by its own. */
static bool take_input(void *user_data, const struct gopm__value_number *input)
{
	struct value_of *of = user_data;

	if (input->kind == GOPM__VN_PHI) {
		return false;
	}
	of->found = gopm__allocation_join(of->found, find_value(of, input));
	return of->found.kind != GOPM__ALLOCATED_UNKNOWN;
}

static struct gopm__allocation find_value(struct value_of *of, const struct gopm__value_number *number)
{
	if (number->width != 8) {
		return (struct gopm__allocation){0};
	}
	switch (number->kind) {
	case GOPM__VN_CONSTANT:
		return (struct gopm__allocation){number->value == 0 ? GOPM__ALLOCATED_NIL : GOPM__ALLOCATED_UNKNOWN, 0};
	case GOPM__VN_DEFINITION:
		if (of->self != 0 && loads_self(of, number->at, number->value)) {
			return (struct gopm__allocation){GOPM__ALLOCATED_SELF, 0};
		}
		return number->value == of->search->arch->code->arguments[0] ? find_call(of, number->at)
		                                                             : (struct gopm__allocation){0};
	case GOPM__VN_PHI: {
		struct value_of inputs = {of->search, of->code, of->self, of->depth, {GOPM__ALLOCATED_NIL, 0}};
		return gopm__code_phi_inputs(of->code, number, 8, take_input, &inputs) ? inputs.found
		                                                                       : (struct gopm__allocation){0};
	}
	default:
		return (struct gopm__allocation){0};
	}
}

struct gopm__allocation gopm__allocation_of(struct gopm__allocation_search *search, const struct gopm__code *code,
                                            const struct gopm__value_number *number, uint64_t self)
{
	struct value_of of = {.search = search, .code = code, .self = self};

	return find_value(&of, number);
}
