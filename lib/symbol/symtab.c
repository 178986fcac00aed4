/* SPDX-License-Identifier: Apache-2.0 */
/* The cache of pcs is a hash table with open addressing. Readers take no lock: an entry is published with one store,
 * and a table that was replaced by a larger one is freed only by gopm__symtab_close(). */
#include "symbol/symtab.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "symbol/func_check.h"
#include "util/allocate.h"
#include "util/percent.h"

#define MAX_INLINE_DEPTH 256
/* Distinct pcs in the cache. A sound core has far fewer; a hostile one must not use up all memory. */
#define MAX_PCS ((size_t)1 << 21)
#define FIRST_BITS 12

struct gopm__pctable {
	struct gopm__pctable *older; /* readers may still be using it */
	unsigned bits;
	_Atomic(const struct gopm__pcinfo *) slots[];
};

/* A name in both forms. */
struct gopm__name_pair {
	gopm_str symbol, function;
};

static enum gopm__func_role role_of(const struct gopm__symtab *symtab, gopm_str name, uint8_t id)
{
	return id != 0 && id == symtab->wrapper_id ? GOPM__ROLE_WRAPPER : gopm__function_role(name, id != 0);
}

/* The funcID of wrappers differs between versions. Every other funcID belongs to one function of the runtime, but
 * every program has many wrappers (of methods, equality functions). So the most frequent one is that of wrappers. */
static gopm_status scan_functions(struct gopm__symtab *symtab)
{
	const struct gopm__module *module = &symtab->modules[0];
	uint64_t functions[256] = {0};
	struct gopm__func func;
	uint8_t most = 0;
	/* A bit for each offset of a name: the linker writes the name of each function once. */
	uint8_t *named = gopm__calloc((size_t)module->names_size / 8 + 1, 1);

	if (named == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (uint64_t i = 0; i < module->ftab_count; i++) {
		if (!gopm__func_at(module, i, &func)) {
			continue;
		}
		if (func.id != 0 && ++functions[func.id] > functions[most]) {
			most = func.id;
		}
		if (func.name >= module->names_size) {
			continue;
		}
		if ((named[func.name / 8] >> func.name % 8 & 1) != 0) {
			gopm__finding_add(symtab->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(func.entry),
			                  "pclntab: two functions have the name of one");
		}
		named[func.name / 8] |= (uint8_t)(1u << func.name % 8);
	}
	free(named);
	symtab->wrapper_id = functions[most] > 1 ? most : 0;
	return GOPM_OK;
}

static struct gopm__pctable *new_table(unsigned bits, struct gopm__pctable *older)
{
	struct gopm__pctable *table = gopm__calloc(1, sizeof *table + ((size_t)1 << bits) * sizeof table->slots[0]);
	if (table != NULL) {
		table->bits = bits;
		table->older = older;
	}
	return table;
}

gopm_status gopm__symtab_init(struct gopm__symtab *symtab, const struct gopm__memory *memory)
{
	*symtab = (struct gopm__symtab){.memory = memory};
	(void)pthread_mutex_init(&symtab->lock, NULL);
	struct gopm__pctable *table = new_table(FIRST_BITS, NULL);
	atomic_store_explicit(&symtab->table, table, memory_order_release);
	return table != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

gopm_status gopm__symtab_open(struct gopm__symtab *symtab, struct gopm__corefile *core, struct gopm__executable *exe,
                              gopm_error **err)
{
	if (gopm__symtab_init(symtab, &core->memory) != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	symtab->findings = core->findings;
	symtab->arch = core->arch;
	gopm_status status = gopm__modules_load(core, exe, &symtab->arena, symtab->modules, &symtab->module_count, err);
	if (status != GOPM_OK) {
		return status;
	}
	symtab->incomplete = symtab->modules[symtab->module_count - 1].next != 0;
	if (scan_functions(symtab) != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	if (symtab->wrapper_id == 0) {
		gopm__finding_add(core->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__NOWHERE,
		                  "pclntab: the funcID of wrapper functions was not found");
	}
	return GOPM_OK;
}

void gopm__symtab_close(struct gopm__symtab *symtab)
{
	struct gopm__pctable *table = atomic_load_explicit(&symtab->table, memory_order_acquire);
	if (symtab->memory == NULL) {
		return;
	}
	while (table != NULL) {
		struct gopm__pctable *older = table->older;
		free(table);
		table = older;
	}
	gopm__map64_free(&symtab->by_symbol);
	gopm__map64_free(&symtab->by_function);
	gopm__arena_free(&symtab->arena);
	(void)pthread_mutex_destroy(&symtab->lock);
	*symtab = (struct gopm__symtab){0};
}

/* Under the lock. NULL: out of memory. */
static const struct gopm__name_pair *pair_of_symbol(struct gopm__symtab *symtab, gopm_str symbol)
{
	const uint64_t *known = gopm__map64_get(&symtab->by_symbol, (uint64_t)(uintptr_t)symbol.data);
	bool fresh;

	if (known != NULL) {
		return (const struct gopm__name_pair *)(uintptr_t)*known;
	}
	gopm_str function = gopm__percent_decoded(&symtab->arena, symbol);
	struct gopm__name_pair *pair = gopm__arena_alloc(&symtab->arena, sizeof *pair);
	if (function.data == NULL || pair == NULL) {
		return NULL;
	}
	*pair = (struct gopm__name_pair){symbol, function};
	atomic_store_explicit(&symtab->has_escapes, true, memory_order_release);
	uint64_t *by_function = gopm__map64_put(&symtab->by_function, (uint64_t)(uintptr_t)function.data, &fresh);
	if (by_function != NULL) {
		*by_function = (uint64_t)(uintptr_t)pair;
	}
	uint64_t *by_symbol = gopm__map64_put(&symtab->by_symbol, (uint64_t)(uintptr_t)symbol.data, &fresh);
	if (by_symbol != NULL) {
		*by_symbol = (uint64_t)(uintptr_t)pair;
	}
	return by_function != NULL && by_symbol != NULL ? pair : NULL;
}

/* Under the lock. False: out of memory. */
static bool function_of_symbol(struct gopm__symtab *symtab, gopm_str symbol, gopm_str *out)
{
	*out = symbol;
	if (!gopm__has_percent(symbol)) {
		return true;
	}
	const struct gopm__name_pair *pair = pair_of_symbol(symtab, symbol);
	*out = pair != NULL ? pair->function : (gopm_str){NULL, 0};
	return pair != NULL;
}

gopm_str gopm__symtab_function(struct gopm__symtab *symtab, gopm_str symbol)
{
	gopm_str function = symbol;

	if (!gopm__has_percent(symbol)) {
		return symbol;
	}
	(void)pthread_mutex_lock(&symtab->lock);
	(void)function_of_symbol(symtab, symbol, &function);
	(void)pthread_mutex_unlock(&symtab->lock);
	return function;
}

gopm_str gopm__symtab_symbol(struct gopm__symtab *symtab, gopm_str function)
{
	gopm_str symbol = function;

	if (function.size == 0 || !atomic_load_explicit(&symtab->has_escapes, memory_order_acquire)) {
		return function;
	}
	(void)pthread_mutex_lock(&symtab->lock);
	const uint64_t *known = gopm__map64_get(&symtab->by_function, (uint64_t)(uintptr_t)function.data);
	if (known != NULL) {
		symbol = ((const struct gopm__name_pair *)(uintptr_t)*known)->symbol;
	}
	(void)pthread_mutex_unlock(&symtab->lock);
	return symbol;
}

const struct gopm__module *gopm__symtab_module(const struct gopm__symtab *symtab, uint64_t address)
{
	for (size_t i = 0; i < symtab->module_count; i++) {
		const struct gopm__module *m = &symtab->modules[i];
		if ((address >= m->text && address < m->etext) ||
		    (address >= m->types.begin && address < m->types.end) ||
		    (address >= m->data && address < m->edata) || (address >= m->bss && address < m->ebss)) {
			return m;
		}
	}
	return NULL;
}

static void report_inlined(const struct gopm__symtab *symtab, const struct gopm__func *func)
{
	gopm__finding_add(symtab->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(func->entry),
	                  "pclntab: the inlined calls of the function at 0x%" PRIx64
	                  " are damaged or not in the core: its frames may be incomplete",
	                  func->entry);
}

bool gopm__symtab_inlined_call(const struct gopm__symtab *symtab, struct gopm__reader *reader,
                               const struct gopm__func *func, int32_t index, struct gopm__inlined_call *out)
{
	if (!gopm__inlined_call(reader, func, index, out)) {
		return false;
	}
	if (!gopm__inlined_call_fits(reader, func, index, out)) {
		report_inlined(symtab, func);
		return false;
	}
	return true;
}

/* Under the lock. Decodes the calls at `pc`, innermost first, and returns their number; 0: out of memory. */
static uint32_t decode_calls(struct gopm__symtab *symtab, struct gopm__reader *reader, const struct gopm__func *func,
                             uint64_t pc, struct gopm__call *calls)
{
	uint32_t tree = gopm__pcdata(func, GOPM__PCDATA_INL_TREE);
	uint32_t count = 0;
	int32_t child = INT32_MAX;
	/* The linker writes both, or none. */
	bool sound = (tree != 0) == (gopm__funcdata(func, GOPM__FUNCDATA_INL_TREE) != 0);

	while (true) {
		struct gopm__call *call = &calls[count++];
		struct gopm__inlined_call row;
		int32_t index = -1, file = -1, line = 0;

		*call = (struct gopm__call){.pc = pc, .inline_index = -1, .start_line = func->start_line};
		if (gopm__pcvalue(func, func->pcfile, pc, &file)) {
			call->file = gopm__func_file(func, file);
		}
		const bool code = gopm__pcvalue(func, func->pcln, pc, &line);
		if (code && line > 0) {
			call->line = (uint32_t)line;
		}
		const bool covered = gopm__pcvalue(func, tree, pc, &index);
		bool inlined = count < MAX_INLINE_DEPTH && covered && index >= 0 &&
		               gopm__inlined_call(reader, func, index, &row) && row.parent_pc >= 0;
		/* Between two functions no table has the pc. */
		sound = sound && (tree == 0 || covered || !code) && index >= -1 && index < child &&
		        (index < 0 || (inlined && gopm__inlined_call_fits(reader, func, index, &row)));
		child = index;
		uint8_t id = inlined ? row.id : func->id;
		call->symbol = gopm__func_name(func->module, inlined ? row.name : func->name);
		if (!function_of_symbol(symtab, call->symbol, &call->function)) {
			return 0;
		}
		call->role = (uint8_t)role_of(symtab, call->symbol, id);
		call->user = gopm__name_is_user(call->symbol);
		if (!inlined) {
			if (!sound) {
				report_inlined(symtab, func);
			}
			return count;
		}
		call->inline_index = index;
		call->start_line = row.start_line;
		pc = func->entry + (uint32_t)row.parent_pc;
	}
}

static void check_func(const struct gopm__symtab *symtab, const struct gopm__func *func, uint64_t pc)
{
	if (!gopm__func_is_sound(func, pc, symtab->wrapper_id)) {
		gopm__finding_add(symtab->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(func->entry),
		                  "pclntab: the tables of the function at 0x%" PRIx64
		                  " are damaged: its name, files, lines and frames may be wrong",
		                  func->entry);
	}
}

enum language { LANGUAGE_GO, LANGUAGE_GENERATED, LANGUAGE_OTHER };

/* By the name of its file: assembly and C have other names, and a trampoline of the linker has none. Wrappers of
 * methods are in "<autogenerated>". */
static enum language language_of(const struct gopm__func *func)
{
	int32_t number;
	gopm_str file = {NULL, 0};

	if (gopm__pcvalue(func, func->pcfile, func->entry, &number)) {
		file = gopm__func_file(func, number);
	}
	if (file.size != 0 && file.data[0] == '<') {
		return LANGUAGE_GENERATED;
	}
	return file.size > 3 && memcmp(file.data + file.size - 3, ".go", 3) == 0 ? LANGUAGE_GO : LANGUAGE_OTHER;
}

static void decode_call_before(const struct gopm__symtab *symtab, struct gopm__reader *reader,
                               struct gopm__pcinfo *info)
{
	uint8_t code[GOPM__MAX_CALL_SIZE];
	struct gopm__func caller, callee;
	uint64_t target;

	if (symtab->arch == NULL || !gopm__func_find(symtab->modules, symtab->module_count, info->pc - 1, &caller)) {
		return;
	}
	size_t size = info->pc - caller.entry < sizeof code ? (size_t)(info->pc - caller.entry) : sizeof code;
	if (gopm__read_copy(reader, info->pc - size, code, size) != size) {
		return;
	}
	if (!symtab->arch->call_before(code, size, info->pc, &target)) {
		info->call_before = GOPM__CALL_BEFORE_NONE;
		return;
	}
	info->call_before = GOPM__CALL_BEFORE;
	if (target != 0 && !gopm__func_find(symtab->modules, symtab->module_count, target, &callee)) {
		info->outside = target;
	} else if (target != 0 && language_of(&callee) == LANGUAGE_GO) {
		/* Assembly may be called in its middle: runtime.duffzero is. */
		info->call_before = target == callee.entry ? GOPM__CALL_BEFORE : GOPM__CALL_BEFORE_NONE;
		info->callee = callee.entry;
	}
}

/* Under the lock. NULL: out of memory. */
static struct gopm__pcinfo *decode_pc(struct gopm__symtab *symtab, uint64_t pc)
{
	struct gopm__call calls[MAX_INLINE_DEPTH];
	struct gopm__reader reader = gopm__reader(symtab->memory);
	struct gopm__pcinfo *info = gopm__arena_alloc(&symtab->arena, sizeof *info);

	if (info == NULL) {
		return NULL;
	}
	info->pc = pc;
	info->sp_delta = -1;
	info->user_call = -1;
	decode_call_before(symtab, &reader, info);
	if (!gopm__func_find(symtab->modules, symtab->module_count, pc, &info->func)) {
		return info;
	}
	info->known = true;
	check_func(symtab, &info->func, pc);
	uint32_t count = decode_calls(symtab, &reader, &info->func, pc, calls);
	struct gopm__call *kept = count != 0 ? gopm__arena_alloc(&symtab->arena, count * sizeof *kept) : NULL;
	if (kept == NULL) {
		return NULL;
	}
	memcpy(kept, calls, count * sizeof *kept);
	info->calls = kept;
	info->call_count = count;
	info->role = kept[count - 1].role;
	enum language language = language_of(&info->func);
	info->assembly = language == LANGUAGE_OTHER;
	info->may_jump = language != LANGUAGE_GO;
	for (uint32_t i = 0; i < count && info->user_call < 0; i++) {
		if (kept[i].user) {
			info->user_call = (int32_t)i;
		}
	}
	int32_t delta;
	if (gopm__pcvalue(&info->func, info->func.pcsp, pc, &delta) && delta >= 0) {
		info->sp_delta = delta;
	}
	return info;
}

static size_t slot_of(const struct gopm__pctable *table, uint64_t pc)
{
	return (size_t)((pc * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - table->bits));
}

static const struct gopm__pcinfo *find_pc(struct gopm__pctable *table, uint64_t pc)
{
	size_t mask = ((size_t)1 << table->bits) - 1;

	for (size_t i = slot_of(table, pc);; i = (i + 1) & mask) {
		const struct gopm__pcinfo *info = atomic_load_explicit(&table->slots[i], memory_order_acquire);
		if (info == NULL || info->pc == pc) {
			return info;
		}
	}
}

static void insert_pc(struct gopm__pctable *table, const struct gopm__pcinfo *info)
{
	size_t mask = ((size_t)1 << table->bits) - 1;
	size_t i = slot_of(table, info->pc);

	while (atomic_load_explicit(&table->slots[i], memory_order_relaxed) != NULL) {
		i = (i + 1) & mask;
	}
	atomic_store_explicit(&table->slots[i], info, memory_order_release);
}

/* Under the lock. Makes room for one more pc: if the table is half full, a copy twice as large replaces it. */
static struct gopm__pctable *reserve_slot(struct gopm__symtab *symtab)
{
	struct gopm__pctable *table = atomic_load_explicit(&symtab->table, memory_order_relaxed);

	if (symtab->pc_count >= MAX_PCS) {
		return NULL;
	}
	if (symtab->pc_count < (size_t)1 << (table->bits - 1)) {
		return table;
	}
	struct gopm__pctable *larger = new_table(table->bits + 1, table);
	if (larger == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < (size_t)1 << table->bits; i++) {
		const struct gopm__pcinfo *info = atomic_load_explicit(&table->slots[i], memory_order_relaxed);
		if (info != NULL) {
			insert_pc(larger, info);
		}
	}
	atomic_store_explicit(&symtab->table, larger, memory_order_release);
	return larger;
}

/* Under the lock. `with_call`: finds info->call_site too. */
static const struct gopm__pcinfo *add_pc(struct gopm__symtab *symtab, uint64_t pc, bool with_call)
{
	struct gopm__pcinfo *info = reserve_slot(symtab) != NULL ? decode_pc(symtab, pc) : NULL;

	if (info == NULL) {
		return NULL;
	}
	/* Before the entry is inserted: readers never see it change. */
	if (with_call && info->call_before == GOPM__CALL_BEFORE) {
		info->call_site = find_pc(atomic_load_explicit(&symtab->table, memory_order_relaxed), pc - 1);
		if (info->call_site == NULL) {
			info->call_site = add_pc(symtab, pc - 1, false);
		}
	}
	struct gopm__pctable *table = reserve_slot(symtab);
	if (table == NULL) {
		return NULL;
	}
	insert_pc(table, info);
	symtab->pc_count++;
	return info;
}

const struct gopm__pcinfo *gopm__symtab_pc(struct gopm__symtab *symtab, uint64_t pc)
{
	const struct gopm__pcinfo *info = find_pc(atomic_load_explicit(&symtab->table, memory_order_acquire), pc);

	if (info != NULL) {
		return info;
	}
	(void)pthread_mutex_lock(&symtab->lock);
	info = find_pc(atomic_load_explicit(&symtab->table, memory_order_relaxed), pc);
	if (info == NULL) {
		info = add_pc(symtab, pc, true);
	}
	(void)pthread_mutex_unlock(&symtab->lock);
	return info;
}

gopm_location gopm__location(const struct gopm__pcinfo *info, const struct gopm__call *call, uint64_t pc)
{
	gopm_location location = {.pc = pc};

	if (call != NULL) {
		location.entry = info->func.entry;
		location.function = call->function;
		location.file = call->file;
		location.line = call->line;
		location.flags = (call->inline_index >= 0 ? GOPM_LOCATION_INLINED : 0) |
		                 (call->role == GOPM__ROLE_WRAPPER ? GOPM_LOCATION_WRAPPER : 0);
	}
	return location;
}
