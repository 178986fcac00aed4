/* SPDX-License-Identifier: Apache-2.0 */
/* The cache of operations. Before a function is analyzed, its calls are listed, which is much cheaper: most functions
 * call none that does an operation. */
#include "code/sync.h"

#include "code/sync_facts.h"
#include "symbol/pcln_format.h"
#include "util/allocate.h"

struct sync_context {
	struct gopm__code_cache *cache;
	const struct gopm__arch *arch;
	struct gopm__symtab *symtab;
	unsigned level;
};

/* A function that is called. */
struct target {
	struct gopm__func func;
	gopm_str name;
	uint8_t role;
};

/* Calls of functions that only a run knows are found in functions that are on stacks, not in those that they call:
 * nearly all code has some. */
static bool finds_calls(unsigned level)
{
	return level == GOPM__SYNC_LEVELS - 1;
}

/* Calls */

static bool find_target(const struct sync_context *c, uint64_t entry, struct target *out)
{
	if (!gopm__func_find(c->symtab->modules, c->symtab->module_count, entry, &out->func) ||
	    out->func.entry != entry) {
		return false;
	}
	out->name = gopm__func_name(out->func.module, out->func.name);
	out->role = (uint8_t)gopm__function_role(out->name, out->func.id != 0);
	return true;
}

/* The entry of the function of a closure without captured words, which the code has as a constant. 0: no memory. */
static uint64_t entry_of_closure(const struct sync_context *c, uint64_t address)
{
	struct gopm__reader reader = gopm__reader(c->symtab->memory);
	uint64_t entry;

	return gopm__read_word(&reader, address, 8, &entry) ? entry : 0;
}

/* True if the function may have operations at this level. False: certainly none. */
static bool may_have_ops(const struct sync_context *c, const struct gopm__func *func, unsigned level);

static bool calls_op(const struct sync_context *c, uint64_t entry, unsigned level)
{
	struct target target;

	if (!find_target(c, entry, &target)) {
		return false;
	}
	if (gopm__sync_is_role(target.role)) {
		return true;
	}
	return level > 0 && !gopm__name_is_runtime(target.name) && may_have_ops(c, &target.func, level - 1);
}

static bool scan_calls(const struct sync_context *c, const struct gopm__func *func, unsigned level)
{
	struct gopm__reader reader = gopm__reader(c->symtab->memory);
	struct gopm__instruction code;
	struct gopm__sync_constants constants = {{0}};

	if (func->end <= func->entry || func->end - func->entry > GOPM__CFG_MAX_CODE) {
		return false;
	}
	const size_t size = (size_t)(func->end - func->entry);
	const uint8_t *bytes = gopm__read_span(&reader, func->entry, size);
	for (size_t at = 0; bytes != NULL && at < size; at += code.size) {
		if (!c->arch->code->decode(bytes + at, size - at, func->entry + at, &code) || code.size == 0) {
			return false;
		}
		const bool leaves = code.flow == GOPM__CODE_CALL || code.flow == GOPM__CODE_JUMP;
		if (code.flow == GOPM__CODE_CALL && code.target == 0 && finds_calls(level)) {
			return true;
		}
		uint64_t target = leaves ? code.target : 0;
		if (func->deferreturn != 0 && !leaves) {
			target = gopm__sync_constant(&constants, &code);
		}
		const bool outside = target < func->entry || target >= func->end;
		if (target != 0 && outside &&
		    (calls_op(c, target, level) || (!leaves && calls_op(c, entry_of_closure(c, target), level)))) {
			return true;
		}
	}
	return false;
}

static bool may_have_ops(const struct sync_context *c, const struct gopm__func *func, unsigned level)
{
	struct gopm__map64 *known = &c->cache->calls[level];
	const uint64_t *answer = gopm__map64_get(known, func->entry);
	bool fresh;

	if (answer != NULL) {
		return *answer != 0;
	}
	const bool may = scan_calls(c, func, level);
	uint64_t *slot = gopm__map64_put(known, func->entry, &fresh);
	if (slot != NULL) {
		*slot = may ? 1 : 0;
	}
	return may;
}

/* Analysis */

static uint64_t read_closure(void *user_data, uint64_t address)
{
	return entry_of_closure(user_data, address);
}

static const struct gopm__sync *sync_at_level(const struct sync_context *c, const struct gopm__func *func);

static struct gopm__sync_callee describe_callee(void *user_data, uint64_t entry)
{
	const struct sync_context *c = user_data;
	struct gopm__sync_callee callee = {.role = GOPM__ROLE_NORMAL};
	struct target target;

	if (!find_target(c, entry, &target)) {
		return callee;
	}
	callee.role = target.role;
	callee.restarts = gopm__function_call_effect(target.name) == GOPM__CALL_RESTARTS;
	if (c->level > 0 && !callee.restarts && !gopm__sync_is_role(target.role) &&
	    !gopm__name_is_runtime(target.name)) {
		struct sync_context below = *c;
		below.level--;
		const struct gopm__sync *sync = sync_at_level(&below, &target.func);
		callee.summary = sync != NULL ? &sync->summary : NULL;
	}
	return callee;
}

static struct gopm__sync *analyze_function(const struct sync_context *c, const struct gopm__func *func)
{
	struct gopm__code *code =
	    may_have_ops(c, func, c->level) ? gopm__code_of(c->cache, c->arch, c->symtab, func) : NULL;
	struct sync_context context = *c;

	if (code == NULL) {
		return NULL;
	}
	const struct gopm__sync_source source = {.values = gopm__code_values(code),
	                                         .defers = func->deferreturn != 0,
	                                         .calls = finds_calls(c->level),
	                                         .callee = describe_callee,
	                                         .closure = read_closure,
	                                         .user_data = &context};
	return gopm__sync_analyze(&source);
}

/* NULL: no operations, or it cannot be analyzed, or out of memory. */
static const struct gopm__sync *sync_at_level(const struct sync_context *c, const struct gopm__func *func)
{
	struct gopm__map64 *known = &c->cache->syncs[c->level];
	const uint64_t *answer = gopm__map64_get(known, func->entry);
	bool fresh;

	if (answer != NULL) {
		return (const struct gopm__sync *)(uintptr_t)*answer;
	}
	const uint64_t failures = gopm__failed_allocations();
	struct gopm__sync *sync = analyze_function(c, func);
	if (!gopm__is_cacheable(failures)) {
		gopm__sync_free(sync);
		return NULL;
	}
	uint64_t *slot = gopm__map64_put(known, func->entry, &fresh);
	if (slot == NULL) {
		gopm__sync_free(sync);
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)sync;
	if (sync != NULL) {
		sync->next = c->cache->sync_list;
		c->cache->sync_list = sync;
		c->cache->bytes += sync->bytes;
	}
	return sync;
}

const struct gopm__sync *gopm__sync_of(struct gopm__code_cache *cache, const struct gopm__arch *arch,
                                       struct gopm__symtab *symtab, const struct gopm__func *func)
{
	const struct sync_context c = {cache, arch, symtab, GOPM__SYNC_LEVELS - 1};

	/* Before, arguments were on the stack. */
	if (arch->code == NULL || !func->module->format->register_arguments) {
		return NULL;
	}
	return sync_at_level(&c, func);
}
