/* SPDX-License-Identifier: Apache-2.0 */
#include "unwind/cfa.h"

#include "arch/instruction.h"
#include "code/cfa_rule.h"
#include "util/allocate.h"

/* A rule as one word, for the cache. */
#define KIND_SHIFT 61
#define LINK_SHIFT 60
#define REGISTER_SHIFT 54
#define SLOT_SHIFT 32
#define SLOT_BITS 22

static uint64_t pack_rule(const struct gopm__cfa_rule *rule)
{
	return (uint64_t)rule->kind << KIND_SHIFT | (uint64_t)rule->link << LINK_SHIFT |
	       (uint64_t)(rule->reg & 63) << REGISTER_SHIFT |
	       ((uint64_t)rule->slot & ((1u << SLOT_BITS) - 1)) << SLOT_SHIFT | (uint32_t)rule->offset;
}

static struct gopm__cfa_rule unpack_rule(uint64_t word)
{
	return (struct gopm__cfa_rule){
	    .kind = (uint8_t)(word >> KIND_SHIFT),
	    .link = (word >> LINK_SHIFT & 1) != 0,
	    .reg = word >> REGISTER_SHIFT & 63,
	    .slot = (int32_t)((int64_t)(word << (64 - SLOT_SHIFT - SLOT_BITS)) >> (64 - SLOT_BITS)),
	    .offset = (int32_t)(uint32_t)word,
	};
}

static struct gopm__cfa_rule derive_rule(struct gopm__walk *walk, bool returning)
{
	const struct gopm__func *func = &walk->info->func;
	struct gopm__cfa_code code = {.arch = walk->rt->core->arch, .entry = func->entry};

	if (func->end > func->entry) {
		code.size = (size_t)(func->end - func->entry);
		code.bytes = gopm__read_span(&walk->reader, func->entry, code.size);
	}
	struct gopm__cfa_rule rule = gopm__cfa_rule_at(&code, walk->pc, returning);
	if (rule.slot >= 1 << (SLOT_BITS - 1) || rule.slot < -(1 << (SLOT_BITS - 1))) {
		rule.kind = GOPM__CFA_LOST;
	}
	return rule;
}

/* The rule at walk->pc. Ten thousand threads are in the same few functions, so rules are cached. */
static struct gopm__cfa_rule rule_at(struct gopm__walk *walk, bool returning)
{
	struct gopm__cfa_rules *cache = walk->rt->cfa_rules;
	const uint64_t key = walk->pc << 1 | (returning ? 1 : 0), failed = gopm__failed_allocations();
	bool fresh;

	if (cache == NULL || key == 0) {
		return derive_rule(walk, returning);
	}
	(void)pthread_mutex_lock(&cache->lock);
	const uint64_t *known = gopm__map64_get(&cache->map, key);
	struct gopm__cfa_rule rule = known != NULL ? unpack_rule(*known) : derive_rule(walk, returning);
	if (known == NULL && gopm__is_cacheable(failed)) {
		uint64_t *word = gopm__map64_put(&cache->map, key, &fresh);
		if (word != NULL) {
			*word = pack_rule(&rule);
		}
	}
	(void)pthread_mutex_unlock(&cache->lock);
	return rule;
}

/* The register with this number in instructions. False: the core has no such register. */
static bool read_register(const struct gopm__walk *walk, unsigned number, uint64_t *out)
{
	const struct gopm__arch *arch = walk->rt->core->arch;

	for (size_t i = 0; i < arch->register_count; i++) {
		int16_t dwarf = arch->registers[i].dwarf_number;
		if (dwarf >= 0 && arch->code->number((uint64_t)dwarf) == number) {
			*out = walk->registers.value[i];
			return true;
		}
	}
	return false;
}

/* True if the table does not describe the function. The flag is of Go 1.17 and later. */
static bool writes_sp(const struct gopm__pcinfo *info)
{
	switch (info->role) {
	case GOPM__ROLE_CGOCALLBACK:
		/* It makes a frame of the same size on the goroutine's stack before it moves there. */
		return false;
	case GOPM__ROLE_SYSTEMSTACK:
	case GOPM__ROLE_MCALL:
	case GOPM__ROLE_MORESTACK:
	case GOPM__ROLE_ASMCGOCALL:
	case GOPM__ROLE_GOGO:
		return true;
	default:
		return (info->func.flag & GOPM__FUNC_SP_WRITE) != 0;
	}
}

/* False: the function has no frame, so the return address is in the link register, which the function or a callee may
 * have written. */
static bool link_is_known(struct gopm__walk *walk, bool exact)
{
	const struct gopm__pcinfo *info = walk->info;

	if (walk->rt->core->arch->return_address_on_stack || info->sp_delta != 0 || info->role == GOPM__ROLE_GOEXIT ||
	    (info->func.flag & GOPM__FUNC_TOP_FRAME) != 0) {
		return true;
	}
	/* A call returns here. A goroutine that does not run has gobuf.lr. */
	if (!exact) {
		return walk->lr != 0 || (walk->flags & GOPM_FRAME_INNERMOST) != 0;
	}
	return !info->assembly || rule_at(walk, false).link;
}

uint64_t gopm__frame_cfa_by_table(const struct gopm__walk *walk)
{
	const struct gopm__arch *arch = walk->rt->core->arch;

	if (!walk->info->known || walk->info->sp_delta < 0) {
		return 0;
	}
	return walk->sp + (uint64_t)walk->info->sp_delta + (arch->return_address_on_stack ? arch->pointer_size : 0);
}

uint64_t gopm__frame_cfa(struct gopm__walk *walk, bool exact)
{
	const struct gopm__pcinfo *info = walk->info;
	const uint64_t by_table = gopm__frame_cfa_by_table(walk);
	uint64_t kept;

	if (!link_is_known(walk, exact)) {
		return 0;
	}
	if (!writes_sp(info)) {
		return by_table;
	}
	const struct gopm__cfa_rule rule = rule_at(walk, !exact);
	switch (rule.kind) {
	case GOPM__CFA_SP:
		return walk->sp + (uint64_t)(int64_t)rule.offset;
	case GOPM__CFA_REGISTER:
		return walk->has_registers && read_register(walk, rule.reg, &kept)
		           ? kept + (uint64_t)(int64_t)rule.offset
		           : 0;
	case GOPM__CFA_SLOT:
		return gopm__read_u64(&walk->reader, walk->sp + (uint64_t)(int64_t)rule.slot, &kept)
		           ? kept + (uint64_t)(int64_t)rule.offset
		           : 0;
	default:
		/* These come back to where they left the goroutine's stack. */
		return (info->role == GOPM__ROLE_SYSTEMSTACK || info->role == GOPM__ROLE_ASMCGOCALL) &&
		               walk->g_lo != 0 && walk->sp >= walk->g_lo && walk->sp <= walk->g_hi
		           ? by_table
		           : 0;
	}
}
