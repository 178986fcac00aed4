/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/static_variable.h"

#include "arch/instruction.h"
#include "runtime/data_range.h"
#include "util/str.h"

#define MAX_VARIABLES 8
#define MAX_NAMES (MAX_VARIABLES * GOPM__STATIC_PAIRS * 2)
/* Functions that load a variable of interest are smaller, and load fewer. */
#define MAX_CODE 16384u
#define MAX_LOADS 64
#define GENERAL_REGISTERS 32
#define ADDRESS_TAKEN 0 /* in place of a size */
#define PAGE_BYTES 4096u

struct static_loads {
	uint64_t at[MAX_LOADS];
	uint8_t size[MAX_LOADS];
	size_t count;
};

/* Removes what an instruction writes from the constants, and adds the constants that it makes. */
static void follow_constants(const struct gopm__instruction *code, uint64_t *constants)
{
	const uint64_t clobbers =
	    code->flow == GOPM__CODE_NEXT || code->flow == GOPM__CODE_BRANCH ? code->clobbers : GOPM__CODE_ALL;

	for (unsigned r = 0; r < GENERAL_REGISTERS; r++) {
		constants[r] = (clobbers >> r & 1) != 0 ? 0 : constants[r];
	}
	for (unsigned i = 0; i < code->effect_count; i++) {
		const struct gopm__code_effect *e = &code->effects[i];
		if (e->reg >= GENERAL_REGISTERS || (e->kind != GOPM__CODE_CONSTANT && e->kind != GOPM__CODE_ADDRESS &&
		                                    e->kind != GOPM__CODE_COPY && e->kind != GOPM__CODE_LOAD)) {
			continue;
		}
		const uint64_t base = e->base < GENERAL_REGISTERS ? constants[e->base] : 0;
		constants[e->reg] = e->kind == GOPM__CODE_CONSTANT               ? (uint64_t)e->value
		                    : e->kind == GOPM__CODE_ADDRESS && base != 0 ? base + (uint64_t)e->value
		                                                                 : 0;
	}
}

static bool is_in_data(const struct gopm__runtime *rt, uint64_t address, unsigned size)
{
	struct gopm__data_range ranges[GOPM__DATA_SECTIONS];
	const size_t count = gopm__data_ranges(rt, ranges);

	for (size_t i = 0; i < count; i++) {
		if (address % size == 0 && address >= ranges[i].begin && address < ranges[i].end) {
			return true;
		}
	}
	return false;
}

/* Lists the variables that a function loads, in the order of its code. */
static void list_loads(const struct gopm__runtime *rt, const struct gopm__func *func, struct static_loads *loads)
{
	const struct gopm__code_desc *desc = rt->core->arch->code;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	uint64_t constants[GENERAL_REGISTERS] = {0}, address;
	size_t half[GENERAL_REGISTERS] = {0}; /* the entry of the page that the register has, plus 1 */
	struct gopm__instruction code;

	loads->count = 0;
	if (desc == NULL || func->end <= func->entry || func->end - func->entry > MAX_CODE) {
		return;
	}
	const size_t size = (size_t)(func->end - func->entry);
	const uint8_t *bytes = gopm__read_span(&reader, func->entry, size);
	for (size_t at = 0; bytes != NULL && at < size && loads->count < MAX_LOADS; at += code.size) {
		const uint64_t pc = func->entry + at;
		const unsigned loaded = desc->static_load(bytes + at, size - at, pc, constants, &address);
		if (loaded != 0 && is_in_data(rt, address, loaded)) {
			loads->at[loads->count] = address;
			loads->size[loads->count++] = (uint8_t)loaded;
		}
		if (!desc->decode(bytes + at, size - at, pc, &code) || code.size == 0) {
			return;
		}
		follow_constants(&code, constants);
		/* The address of a variable, for a call of a method of it. */
		for (unsigned i = 0; i < code.effect_count && loads->count < MAX_LOADS; i++) {
			const struct gopm__code_effect *e = &code.effects[i];
			const uint64_t taken = e->reg < GENERAL_REGISTERS ? constants[e->reg] : 0;
			if ((e->kind != GOPM__CODE_CONSTANT && e->kind != GOPM__CODE_ADDRESS) ||
			    !is_in_data(rt, taken, 4)) {
				continue;
			}
			/* Some CPUs make an address in two steps, first that of its page. Until the second step it is
			 * not known which variable is meant. */
			const bool page = e->kind == GOPM__CODE_CONSTANT && taken % PAGE_BYTES == 0;
			const size_t begun =
			    e->kind == GOPM__CODE_ADDRESS && e->base < GENERAL_REGISTERS ? half[e->base] : 0;
			if (begun != 0) {
				loads->at[begun - 1] = taken;
			} else {
				loads->at[loads->count] = page ? 0 : taken;
				loads->size[loads->count++] = ADDRESS_TAKEN;
			}
			half[e->reg] = page ? loads->count : 0;
		}
	}
}

static bool has_load(const struct static_loads *loads, uint64_t address, unsigned size)
{
	for (size_t i = 0; i < loads->count; i++) {
		if (loads->at[i] == address && loads->size[i] == size) {
			return true;
		}
	}
	return false;
}

/* The variable that both functions load; 0: none, or several. With one function, its first. */
static uint64_t common_load(const struct static_loads *a, const struct static_loads *b, unsigned size)
{
	uint64_t found = 0;

	for (size_t i = 0; i < a->count; i++) {
		if (b == NULL && a->size[i] == size) {
			return a->at[i]; /* 0: it is not known which */
		}
		if (b == NULL || a->size[i] != size || a->at[i] == found || !has_load(b, a->at[i], size)) {
			continue;
		}
		if (found != 0) {
			return 0;
		}
		found = a->at[i];
	}
	return found;
}

/* The functions that are wanted. */
struct named_functions {
	const char *names[MAX_NAMES];
	struct gopm__func funcs[MAX_NAMES]; /* module NULL: the program lacks it */
	size_t count;
};

static bool name_is(gopm_str name, const char *text)
{
	return gopm__str_has_prefix(name, text) && name.size == strlen(text);
}

/* Finds all functions by name in one pass over the table. */
static void find_functions(const struct gopm__runtime *rt, struct named_functions *named)
{
	const struct gopm__module *module = &rt->symtab->modules[0];
	struct gopm__func func;
	size_t left = named->count;

	for (uint64_t i = 0; left != 0 && i < module->ftab_count; i++) {
		if (!gopm__func_at(module, i, &func)) {
			continue;
		}
		const gopm_str name = gopm__func_name(module, func.name);
		for (size_t k = 0; k < named->count; k++) {
			if (named->funcs[k].module == NULL && name_is(name, named->names[k])) {
				named->funcs[k] = func;
				left--;
			}
		}
	}
}

static const struct gopm__func *named_function(const struct named_functions *named, const char *name)
{
	for (size_t i = 0; name != NULL && i < named->count; i++) {
		if (strcmp(named->names[i], name) == 0) {
			return named->funcs[i].module != NULL ? &named->funcs[i] : NULL;
		}
	}
	return NULL;
}

static uint64_t variable_of_pair(const struct gopm__runtime *rt, const struct named_functions *named,
                                 const char *const *pair, unsigned size)
{
	const bool address = pair[1] != NULL && strcmp(pair[1], GOPM__STATIC_ADDRESS) == 0;
	const struct gopm__func *one = named_function(named, pair[0]);
	const struct gopm__func *two = address ? NULL : named_function(named, pair[1]);
	struct static_loads a, b;

	if (one == NULL || (pair[1] != NULL && two == NULL && !address)) {
		return 0;
	}
	list_loads(rt, one, &a);
	if (two != NULL) {
		list_loads(rt, two, &b);
	}
	return common_load(&a, two != NULL ? &b : NULL, address ? ADDRESS_TAKEN : size);
}

void gopm__static_variables(const struct gopm__runtime *rt, const struct gopm__static_variable *wanted, size_t count,
                            uint64_t *at)
{
	struct named_functions named = {.count = 0};

	for (size_t i = 0; i < count && i < MAX_VARIABLES; i++) {
		for (size_t k = 0; k < GOPM__STATIC_PAIRS * 2; k++) {
			const char *name = wanted[i].pairs[k / 2][k % 2];
			if (name != NULL) {
				named.names[named.count++] = name;
			}
		}
	}
	find_functions(rt, &named);
	for (size_t i = 0; i < count; i++) {
		at[i] = 0;
		for (size_t k = 0; k < GOPM__STATIC_PAIRS && at[i] == 0 && i < MAX_VARIABLES; k++) {
			at[i] = variable_of_pair(rt, &named, wanted[i].pairs[k], wanted[i].size);
		}
	}
}
