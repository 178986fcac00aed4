/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the graph of a function from its code and the symbol table, and runs the analyses over it. The results are
 * cached by the function's entry. If a function cannot be analyzed, the cache has NULL for it. */
#include "code/code.h"

#include <stdlib.h>

#include "code/frame_map.h"
#include "code/sync_facts.h"
#include "util/allocate.h"

/* Limits of a cache before gopm__code_cache_trim() empties it. */
#define CACHE_BYTES ((size_t)64 << 20)
#define CACHE_FUNCTIONS ((size_t)1 << 16)

struct gopm__code {
	struct gopm__code_cache *cache;
	struct gopm__code *next; /* of the cache's list */
	struct gopm__cfg cfg;
	struct gopm__escape escape;
	struct gopm__values values;
	struct gopm__values_cursor cursor;
	struct gopm__liveness liveness;
	bool liveness_known, liveness_failed;
};

/* The function as the symbol table describes it */

struct function {
	const struct gopm__arch *arch;
	struct gopm__symtab *symtab;
	const struct gopm__func *func;
};

static bool function_sp(void *user_data, uint64_t pc, int32_t *sp)
{
	const struct function *f = user_data;
	int32_t delta = 0;

	if (!gopm__pcvalue(f->func, f->func->pcsp, pc, &delta) || delta < 0) {
		return false;
	}
	*sp = -(delta + (f->arch->return_address_on_stack ? f->arch->pointer_size : 0));
	return true;
}

static struct gopm__callee function_callee(void *user_data, uint64_t target)
{
	const struct function *f = user_data;
	struct gopm__callee callee = {GOPM__CALL_NORMAL, GOPM__CFG_UNKNOWN_SIZE};
	struct gopm__func func;

	if (!gopm__func_find(f->symtab->modules, f->symtab->module_count, target, &func) || func.entry != target) {
		return callee;
	}
	callee.effect = (uint8_t)gopm__function_call_effect(gopm__func_name(func.module, func.name));
	if (func.args >= 0) {
		/* It has room for arguments in registers too: the callee may spill them there. */
		callee.outgoing = (uint32_t)func.args + f->arch->argument_offset;
	}
	return callee;
}

static bool analyze_function(struct gopm__code *code, struct function *f)
{
	const struct gopm__func *func = f->func;
	struct gopm__reader reader = gopm__reader(f->symtab->memory);
	struct gopm__cfg_source source = {
	    .desc = f->arch->code, .entry = func->entry, .sp = function_sp, .callee = function_callee, .user_data = f};

	if (func->end <= func->entry || func->end - func->entry > GOPM__CFG_MAX_CODE) {
		return false;
	}
	source.size = (size_t)(func->end - func->entry);
	source.bytes = gopm__read_span(&reader, func->entry, source.size);
	struct gopm__frame_map *map = gopm__calloc(1, sizeof *map);
	bool analyzed = map != NULL && source.bytes != NULL && gopm__cfg_build(&code->cfg, &source);
	if (analyzed) {
		gopm__frame_map_read(map, &reader, f->arch, func);
		gopm__escape_analyze(&code->escape, &code->cfg, map);
		analyzed = gopm__values_analyze(&code->values, &code->cfg, &code->escape);
	}
	free(map);
	return analyzed;
}

/* The cache */

static void free_code(struct gopm__code *code)
{
	gopm__values_clear(&code->values);
	free(code->cursor.at);
	gopm__liveness_clear(&code->liveness);
	gopm__cfg_clear(&code->cfg);
	free(code);
}

void gopm__code_cache_free(struct gopm__code_cache *cache)
{
	while (cache->codes != NULL) {
		struct gopm__code *code = cache->codes;
		cache->codes = code->next;
		free_code(code);
	}
	gopm__sync_free(cache->sync_list);
	for (size_t i = 0; i < GOPM__SYNC_LEVELS; i++) {
		gopm__map64_free(&cache->syncs[i]);
		gopm__map64_free(&cache->calls[i]);
	}
	gopm__map64_free(&cache->map);
	gopm__map64_free(&cache->verdicts);
	gopm__arena_free(&cache->arena);
	*cache = (struct gopm__code_cache){0};
}

void gopm__code_cache_trim(struct gopm__code_cache *cache)
{
	if (cache->bytes > CACHE_BYTES || cache->map.count > CACHE_FUNCTIONS) {
		gopm__code_cache_free(cache);
	}
}

struct gopm__code *gopm__code_of(struct gopm__code_cache *cache, const struct gopm__arch *arch,
                                 struct gopm__symtab *symtab, const struct gopm__func *func)
{
	const uint64_t *known = gopm__map64_get(&cache->map, func->entry);
	struct function f = {arch, symtab, func};
	bool fresh;

	if (known != NULL) {
		return (struct gopm__code *)(uintptr_t)*known;
	}
	struct gopm__code *code = arch->code != NULL ? gopm__calloc(1, sizeof *code) : NULL;
	if (code == NULL) {
		return NULL;
	}
	const uint64_t failures = gopm__failed_allocations();
	const bool analyzed = analyze_function(code, &f);
	if (!gopm__is_cacheable(failures)) {
		free_code(code);
		return NULL;
	}
	if (analyzed) {
		code->cache = cache;
		code->next = cache->codes;
		cache->codes = code;
		cache->bytes += sizeof *code + gopm__cfg_bytes(&code->cfg) + gopm__values_bytes(&code->values) +
		                code->values.location_count * sizeof *code->cursor.at;
	} else {
		free_code(code);
		code = NULL;
	}
	uint64_t *slot = gopm__map64_put(&cache->map, func->entry, &fresh);
	if (slot != NULL) {
		*slot = (uint64_t)(uintptr_t)code;
	}
	return code;
}

/* Queries by pc */

const struct gopm__values *gopm__code_values(const struct gopm__code *code)
{
	return &code->values;
}

bool gopm__code_state_at(struct gopm__code *code, uint64_t pc, bool returning, struct gopm__abstract_state *out)
{
	size_t index;
	bool found = returning ? gopm__cfg_find_call(&code->cfg, pc, &index) : gopm__cfg_find(&code->cfg, pc, &index);

	*out = (struct gopm__abstract_state){0};
	return found && gopm__values_state(&code->values, &code->cursor, index, returning, out);
}

static bool analyze_liveness(struct gopm__code *code)
{
	if (!code->liveness_known) {
		const uint64_t failures = gopm__failed_allocations();
		code->liveness_failed = !gopm__liveness_analyze(&code->liveness, &code->cfg);
		if (!gopm__is_cacheable(failures)) {
			gopm__liveness_clear(&code->liveness);
			return false;
		}
		code->liveness_known = true;
		code->cache->bytes += gopm__liveness_bytes(&code->liveness);
	}
	return !code->liveness_failed;
}

bool gopm__code_live_at(struct gopm__code *code, uint64_t pc, bool returning, struct gopm__live_set *out)
{
	size_t index;

	if (!analyze_liveness(code)) {
		return false;
	}
	return returning ? gopm__cfg_find_call(&code->cfg, pc, &index) &&
	                       gopm__liveness_after_call(&code->liveness, index, out)
	                 : gopm__cfg_find(&code->cfg, pc, &index) && gopm__liveness_before(&code->liveness, index, out);
}

bool gopm__code_call_target(const struct gopm__code *code, uint64_t pc, uint64_t *target)
{
	size_t index;

	if (!gopm__cfg_find_call(&code->cfg, pc, &index)) {
		return false;
	}
	*target = code->cfg.instructions[index].code.target;
	return true;
}

bool gopm__code_phi_inputs(const struct gopm__code *code, const struct gopm__value_number *phi, unsigned size,
                           bool (*visit)(void *user_data, const struct gopm__value_number *input), void *user_data)
{
	return gopm__values_phi_inputs(&code->values, phi, size, visit, user_data);
}

bool gopm__code_only_passed(const struct gopm__code *code, int64_t offset, uint64_t size, uint64_t target)
{
	return gopm__escape_only_passed(&code->cfg, offset, size, target);
}
