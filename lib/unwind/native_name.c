/* SPDX-License-Identifier: Apache-2.0 */
#include "unwind/native_name.h"

#include <gopm/stack.h>
#include <stdlib.h>

#include "dwarf/constants.h"
#include "dwarf/function_tree.h"
#include "dwarf/language.h"
#include "dwarf/line_table.h"
#include "util/allocate.h"
#include "util/str.h"

/* Distinct pcs that are kept. */
#define MAX_PLACES ((size_t)1 << 20)
/* Calls at one pc. */
#define MAX_INLINED 64u
/* Scopes of one function that are searched. */
#define MAX_SCOPES ((size_t)1 << 16)

struct description {
	struct gopm__native *native;
	struct gopm__native_place place;
	struct gopm__native_call calls[MAX_INLINED];
	const struct gopm__code_symbol *symbol;
};

/* The DWARF of a module; NULL: it has none. The caller holds the lock. */
static struct gopm__dwarf *open_dwarf(struct gopm__native *native, struct gopm__native_module *read,
                                      struct gopm__executable *exe)
{
	if (!read->dwarf_tried && !native->no_dwarf) {
		const uint64_t failures = gopm__failed_allocations();
		(void)gopm__dwarf_open(&read->dwarf, exe, NULL, NULL);
		read->dwarf_tried = gopm__is_cacheable(failures);
	}
	return read->dwarf;
}

static void open_symbols(struct gopm__native_module *read, struct gopm__executable *exe)
{
	if (!read->symbols_read) {
		const uint64_t failures = gopm__failed_allocations();
		(void)gopm__code_symbols_open(&read->symbols, exe);
		read->symbols_read = gopm__is_cacheable(failures);
	}
}

static gopm_str path_of_file(struct description *d, const struct gopm__line_table *table, uint64_t number)
{
	struct gopm__text text = {0};
	gopm_str path = {"", 0};

	if (gopm__line_table_file(table, number, &text) && !text.failed) {
		path = gopm__arena_str(&d->native->arena, text.data, text.size);
	}
	gopm__text_free(&text);
	return path.data != NULL ? path : (gopm_str){"", 0};
}

static void name_call(struct description *d, struct gopm__native_call *call, const struct gopm__scope_node *node)
{
	call->function = node->name;
	call->symbol = node->linkage_name;
	if (call->symbol.size != 0) {
		const gopm_str plain = gopm__native_demangle(&d->native->arena, call->symbol);
		call->function = plain.size != 0 ? plain : call->function;
	}
}

/* Collects the inlined calls around the pc, the innermost first, then the function. */
static void collect_calls(struct description *d, const struct gopm__function_tree *tree, const bool *covers,
                          const struct gopm__line_table *table, uint64_t file, uint32_t line)
{
	size_t at = 0;

	/* The last node that covers the pc is in all others: a parent is before its children. */
	for (size_t i = 0; i < tree->node_count; i++) {
		at = covers[i] ? i : at;
	}
	for (;;) {
		const struct gopm__scope_node *node = &tree->nodes[at];
		if (node->tag == GOPM__TAG_INLINED_SUBROUTINE || at == 0) {
			struct gopm__native_call *call = &d->calls[d->place.count++];
			name_call(d, call, node);
			call->file = table != NULL ? path_of_file(d, table, file) : (gopm_str){"", 0};
			call->line = call->file.size != 0 ? line : 0;
			file = node->call_file >= 0 ? (uint64_t)node->call_file : 0;
			line = node->call_line > 0 && node->call_line <= UINT32_MAX ? (uint32_t)node->call_line : 0;
		}
		if (at == 0 || d->place.count == MAX_INLINED) {
			break;
		}
		at = node->parent;
	}
}

/* By DWARF. False: it has no function there. */
static bool describe_by_dwarf(struct description *d, struct gopm__dwarf *dwarf, uint64_t pc)
{
	const uint64_t file_pc = pc - dwarf->exe->bias;
	const struct gopm__function_tree *tree;
	struct gopm__function function;
	struct gopm__line_table table;
	struct gopm__unit *unit;
	struct gopm__die root;
	uint64_t file = 0;
	uint32_t line = 0;

	const gopm_status status = gopm__dwarf_function_at(dwarf, file_pc, &unit, &function);
	if (unit == NULL) {
		return false;
	}
	if (gopm__dwarf_die(dwarf, unit->raw.die, &root) == GOPM_OK) {
		d->place.language = gopm__dwarf_language(gopm__attribute_number(&root.language, 0));
	}
	const bool has_lines = gopm__line_table_open(dwarf, unit, &table) == GOPM_OK &&
	                       gopm__line_table_find(&table, file_pc, &file, &line) == GOPM_OK;
	bool *covers = NULL;
	if (status == GOPM_OK && gopm__function_tree(dwarf, function.die, &tree) == GOPM_OK &&
	    tree->node_count <= MAX_SCOPES) {
		covers = gopm__calloc(tree->node_count, sizeof *covers);
	}
	if (covers != NULL) {
		gopm__scopes_at(tree, file_pc, covers);
		collect_calls(d, tree, covers, has_lines ? &table : NULL, file, line);
		free(covers);
		return true;
	}
	/* Assembly has lines, but no functions. */
	if (has_lines && line != 0) {
		d->calls[0] = (struct gopm__native_call){{"", 0}, {"", 0}, path_of_file(d, &table, file), line};
		d->place.count = 1;
	}
	return d->place.count != 0;
}

/* The physical function has the name of its symbol, if DWARF has none or has no scope of C++ in it. */
static void name_by_symbol(struct description *d)
{
	struct gopm__native_call *last = &d->calls[d->place.count - 1];

	if (d->symbol == NULL) {
		return;
	}
	last->symbol = last->symbol.size != 0 ? last->symbol : d->symbol->name;
	const gopm_str plain = gopm__native_demangle(&d->native->arena, last->symbol);
	if (plain.size != 0) {
		last->function = plain;
	} else if (last->function.size == 0) {
		last->function = d->symbol->name;
	}
	d->place.entry = d->symbol->address;
}

/* By the prefixes of the Itanium C++ ABI and of Rust, whose older symbols end with a hash: "17h", 16 digits, "E". */
static uint32_t language_of_symbol(gopm_str symbol)
{
	enum { HASH_SIZE = 20 };

	if (gopm__str_has_prefix(symbol, "_R")) {
		return GOPM_LANGUAGE_RUST;
	}
	if (!gopm__str_has_prefix(symbol, "_Z")) {
		return GOPM_LANGUAGE_UNKNOWN;
	}
	const bool hashed = symbol.size > HASH_SIZE && symbol.data[symbol.size - 1] == 'E' &&
	                    memcmp(symbol.data + symbol.size - HASH_SIZE, "17h", 3) == 0;
	return hashed ? GOPM_LANGUAGE_RUST : GOPM_LANGUAGE_CPP;
}

static void describe_pc(struct description *d, const struct gopm__mapped_module *module, uint64_t pc)
{
	struct gopm__native_module *read = &d->native->read[module - d->native->modules.list];

	d->place.module = module;
	if (module->exe != NULL) {
		open_symbols(read, module->exe);
		d->symbol = gopm__code_symbols_at(&read->symbols, pc);
		struct gopm__dwarf *dwarf = open_dwarf(d->native, read, module->exe);
		if (dwarf != NULL) {
			(void)describe_by_dwarf(d, dwarf, pc);
		}
	}
	d->place.count = d->place.count != 0 ? d->place.count : 1;
	name_by_symbol(d);
	if (d->place.language == GOPM_LANGUAGE_UNKNOWN) {
		d->place.language = language_of_symbol(d->calls[d->place.count - 1].symbol);
	}
}

/* Copies a description into the arena. NULL: out of memory. */
static const struct gopm__native_place *keep_place(struct description *d)
{
	struct gopm__native_place *place = gopm__arena_alloc(&d->native->arena, sizeof *place);
	struct gopm__native_call *calls = gopm__arena_alloc(&d->native->arena, d->place.count * sizeof *calls);

	if (place == NULL || calls == NULL) {
		return NULL;
	}
	memcpy(calls, d->calls, d->place.count * sizeof *calls);
	*place = d->place;
	place->calls = calls;
	return place;
}

const struct gopm__native_place *gopm__native_describe(struct gopm__native *native, uint64_t pc)
{
	struct gopm__mapped_modules *modules = gopm__native_modules(native);
	const struct gopm__mapped_module *module = modules != NULL ? gopm__mapped_module_at(modules, pc) : NULL;
	struct description d = {.native = native, .place = {.pc = pc}};
	const uint64_t key = pc != 0 ? pc : UINT64_MAX;
	const struct gopm__native_place *place;
	bool fresh;

	(void)pthread_mutex_lock(&native->lock);
	const uint64_t *known = gopm__map64_get(&native->places, key), failures = gopm__failed_allocations();
	if (known != NULL) {
		place = (const struct gopm__native_place *)(uintptr_t)*known;
	} else {
		if (module != NULL) {
			describe_pc(&d, module, pc);
		} else {
			d.place.count = 1;
		}
		place = keep_place(&d);
		uint64_t *slot = place != NULL && native->places.count < MAX_PLACES && gopm__is_cacheable(failures)
		                     ? gopm__map64_put(&native->places, key, &fresh)
		                     : NULL;
		if (slot != NULL) {
			*slot = (uint64_t)(uintptr_t)place;
		}
	}
	(void)pthread_mutex_unlock(&native->lock);
	return place;
}
