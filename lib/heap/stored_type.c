/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/stored_type.h"

#include <stdlib.h>

#include "code/allocation.h"
#include "code/element_store.h"
#include "heap/index.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

#define MAX_WORDS ((size_t)1 << 20)
#define MAX_FUNCTIONS ((size_t)1 << 15)
#define MAX_SCANNED ((uint64_t)1 << 33) /* bytes of code and variables */
#define CHUNK 65536u
#define LONGEST 16u /* bytes of an instruction */
#define PAGE 4096u

/* A word that points to an object whose type is wanted. */
struct word {
	uint64_t address;
	struct gopm__allocation type; /* of all stores seen so far */
	bool stored;
};

struct search {
	struct gopm__program *program;
	const struct gopm__index *index;
	struct gopm__reader reader;
	struct gopm__allocation_search allocations;
	struct gopm__map64 by_address; /* of a word -> its index in `words` + 1 */
	struct gopm__map64 entries;    /* of functions in `functions` */
	struct word *words;
	struct gopm__func *functions;
	struct gopm__stored_array *arrays;
	size_t word_count, word_capacity, function_count, function_capacity, array_count, array_capacity;
	uint64_t scanned;
	bool no_memory, too_many;
};

/* Moves to the next address that has bytes, by steps of `align`: damaged bounds may be any addresses. False: there is
 * none before `end`, or too much was looked at. */
static bool move_on(struct search *s, uint64_t *at, uint64_t end, uint64_t align)
{
	const uint64_t next = gopm__memory_next(s->reader.memory, *at);

	if (next >= end || s->no_memory || s->too_many) {
		return false;
	}
	*at += (next - *at + align - 1) / align * align;
	return *at < end;
}

static void count_scanned(struct search *s, uint64_t size)
{
	s->scanned += size;
	s->too_many = s->too_many || s->scanned > MAX_SCANNED;
}

static bool add_key(struct search *s, struct gopm__map64 *map, uint64_t key, uint64_t value, bool *fresh)
{
	uint64_t *slot = gopm__map64_put(map, key, fresh);

	if (slot == NULL) {
		s->no_memory = true;
		return false;
	}
	if (*fresh) {
		*slot = value;
	}
	return true;
}

/* Of objects with a header or a span of their own the allocator keeps the type. */
static bool is_wanted(const struct search *s, uint64_t word)
{
	const struct gopm__slots *span = word != 0 ? gopm__index_span(s->index, word) : NULL;

	return span != NULL && span->pointers != GOPM__POINTERS_HEADER && span->pointers != GOPM__POINTERS_TYPE;
}

static void add_word(struct search *s, uint64_t address)
{
	bool fresh;

	s->too_many = s->too_many || s->word_count >= MAX_WORDS;
	if (s->too_many || !add_key(s, &s->by_address, address, s->word_count + 1, &fresh) || !fresh) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(s->words, s->word_count, s->word_capacity, 1)) {
		s->no_memory = true;
		return;
	}
	s->words[s->word_count++] = (struct word){.address = address, .type = {GOPM__ALLOCATED_NIL, 0}};
}

/* Finds the words of [begin, end). Pages that the core lacks have none. */
static void add_words(struct search *s, uint64_t begin, uint64_t end)
{
	uint64_t words[PAGE / 8];

	for (uint64_t at = (begin + 7) / 8 * 8; move_on(s, &at, end, 8) && end - at >= 8;) {
		const uint64_t left = end - at, page = PAGE - at % PAGE;
		const size_t size = (size_t)(left < page ? left : page);
		const size_t got = gopm__read_copy(&s->reader, at, words, size);
		for (size_t i = 0; i < got / 8; i++) {
			if (is_wanted(s, words[i])) {
				add_word(s, at + i * 8);
			}
		}
		count_scanned(s, size);
		at += size < 8 ? 8 : size / 8 * 8;
	}
}

static struct word *word_at(const struct search *s, uint64_t address)
{
	const uint64_t *index = address != 0 ? gopm__map64_get(&s->by_address, address) : NULL;

	return index != NULL ? &s->words[*index - 1] : NULL;
}

/* Takes the function with the code at `pc`, if the place may store to a wanted word. */
static void add_function(struct search *s, uint64_t pc, uint64_t address)
{
	bool fresh;

	if (word_at(s, address) == NULL) {
		return;
	}
	const struct gopm__pcinfo *info = gopm__symtab_pc(&s->program->symtab, pc);
	if (info == NULL || !info->known || !add_key(s, &s->entries, info->func.entry, 1, &fresh) || !fresh) {
		return;
	}
	s->too_many = s->too_many || s->function_count >= MAX_FUNCTIONS;
	if (s->too_many) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(s->functions, s->function_count, s->function_capacity, 1)) {
		s->no_memory = true;
		return;
	}
	s->functions[s->function_count++] = info->func;
}

typedef void take_store(struct search *s, uint64_t pc, uint64_t address);

/* Finds what may be stores in the code of [begin, end). */
static void scan_code(struct search *s, uint64_t begin, uint64_t end, take_store *take)
{
	const struct gopm__code_desc *desc = s->allocations.arch->code;
	uint8_t *code = gopm__malloc(CHUNK + LONGEST);
	uint64_t address;

	if (code == NULL) {
		s->no_memory = true;
		return;
	}
	for (uint64_t at = begin; at < end && move_on(s, &at, end, 1); at += CHUNK) {
		count_scanned(s, CHUNK);
		const size_t size = (size_t)(end - at < CHUNK + LONGEST ? end - at : CHUNK + LONGEST);
		const size_t got = gopm__read_copy(&s->reader, at, code, size);
		for (size_t i = 0; desc->next_store(code, got, at, &i, &address) && i < CHUNK; i++) {
			take(s, at + i, address);
		}
	}
	free(code);
}

/* What a function that cannot be analyzed stores is unknown. */
static void spoil_words(struct search *s, uint64_t pc, uint64_t address)
{
	struct word *word = word_at(s, address);

	(void)pc;
	if (word != NULL) {
		word->stored = true;
		word->type = (struct gopm__allocation){0};
	}
}

/* The address that the effect stores to, 0 if it is not fixed. `state` is that before the instruction. */
static uint64_t stored_address(const struct gopm__code_effect *e, const struct gopm__value_number *state)
{
	if (e->size != 8) {
		return 0;
	}
	if (e->kind == GOPM__CODE_STORE_FIXED) {
		return (uint64_t)e->value;
	}
	return e->kind == GOPM__CODE_STORE && state[e->base].kind == GOPM__VN_CONSTANT
	           ? (uint64_t)state[e->base].value + (uint64_t)e->value
	           : 0;
}

/* Notes an array whose elements get values of one type. */
static void take_element(struct search *s, const struct gopm__code *code, const struct gopm__code_effect *e,
                         const struct gopm__value_number *state)
{
	const uint64_t array = gopm__element_store_array(code, &s->program->symtab, e, state);

	if (array == 0 || s->array_count >= MAX_FUNCTIONS) {
		return;
	}
	const struct gopm__allocation type = gopm__allocation_of(&s->allocations, code, &state[e->reg], 0);
	if (type.kind == GOPM__ALLOCATED_NIL || type.kind == GOPM__ALLOCATED_SELF) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(s->arrays, s->array_count, s->array_capacity, 1)) {
		s->no_memory = true;
		return;
	}
	s->arrays[s->array_count++] =
	    (struct gopm__stored_array){array, type.kind == GOPM__ALLOCATED_VALUE ? type.descriptor : 0};
}

static void take_stores(struct search *s, const struct gopm__func *func)
{
	struct gopm__values_cursor cursor = {0};

	gopm__code_cache_trim(&s->program->code);
	const struct gopm__code *code =
	    gopm__code_of(&s->program->code, s->allocations.arch, &s->program->symtab, func);
	if (code == NULL) {
		scan_code(s, func->entry, func->end, spoil_words);
		return;
	}
	const struct gopm__values *values = gopm__code_values(code);
	for (size_t i = 0; i < values->cfg->instruction_count; i++) {
		const struct gopm__instruction *instruction = &values->cfg->instructions[i].code;
		for (unsigned k = 0; k < instruction->effect_count; k++) {
			const struct gopm__code_effect *e = &instruction->effects[k];
			if (e->kind == GOPM__CODE_STORE_ELEMENT && gopm__values_seek(values, &cursor, i)) {
				take_element(s, code, e, cursor.at);
			}
			if ((e->kind != GOPM__CODE_STORE_FIXED && e->kind != GOPM__CODE_STORE) ||
			    !gopm__values_seek(values, &cursor, i)) {
				continue;
			}
			struct word *word = word_at(s, stored_address(e, cursor.at));
			if (word == NULL) {
				continue;
			}
			const struct gopm__allocation type =
			    gopm__allocation_of(&s->allocations, code, &cursor.at[e->reg], word->address);
			word->type = gopm__allocation_join(word->type, type);
			word->stored = true;
		}
	}
	free(cursor.at);
}

static int compare_stored(const void *a, const void *b)
{
	const struct gopm__stored_type *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* True if a module has `address` among its types. */
static bool is_type(const struct gopm__symtab *symtab, uint64_t address)
{
	for (size_t i = 0; i < symtab->module_count; i++) {
		if (address >= symtab->modules[i].types.begin && address < symtab->modules[i].types.end) {
			return true;
		}
	}
	return false;
}

/* True if the word before may be the first one of an interface: a type descriptor, or an itab, which begins with two
 * (internal/abi/iface.go, Go 1.16 to 1.27). The data of an interface may have any type, and is not only stored as this
 * file looks for it. */
static bool may_be_interface(struct search *s, uint64_t address)
{
	const struct gopm__symtab *symtab = &s->program->symtab;
	uint64_t before, interface, type;

	return !gopm__read_u64(&s->reader, address - 8, &before) || is_type(symtab, before) ||
	       (gopm__read_u64(&s->reader, before, &interface) && gopm__read_u64(&s->reader, before + 8, &type) &&
	        is_type(symtab, interface) && is_type(symtab, type));
}

/* Copies the words with a type. */
static void keep(struct search *s, struct gopm__stored_types *out)
{
	out->list = gopm__calloc(s->word_count + 1, sizeof *out->list);
	if (out->list == NULL) {
		s->no_memory = true;
		return;
	}
	for (size_t i = 0; i < s->word_count; i++) {
		const struct word *word = &s->words[i];
		if (word->stored &&
		    (word->type.kind == GOPM__ALLOCATED_VALUE || word->type.kind == GOPM__ALLOCATED_ELEMENTS) &&
		    !may_be_interface(s, word->address)) {
			out->list[out->count++] = (struct gopm__stored_type){
			    word->address, word->type.descriptor, word->type.kind == GOPM__ALLOCATED_ELEMENTS};
		}
	}
	qsort(out->list, out->count, sizeof *out->list, compare_stored);
}

static int compare_arrays(const void *a, const void *b)
{
	const struct gopm__stored_array *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* Leaves one entry of each array: stores of several types leave none. */
static void keep_arrays(struct search *s, struct gopm__stored_types *out)
{
	size_t kept = 0;

	if (s->array_count != 0) {
		qsort(s->arrays, s->array_count, sizeof *s->arrays, compare_arrays);
	}
	for (size_t i = 0; i < s->array_count; i++) {
		if (kept != 0 && s->arrays[kept - 1].address == s->arrays[i].address) {
			if (s->arrays[kept - 1].descriptor != s->arrays[i].descriptor) {
				s->arrays[kept - 1].descriptor = 0;
			}
			continue;
		}
		s->arrays[kept++] = s->arrays[i];
	}
	out->arrays = s->arrays;
	out->array_count = kept;
	s->arrays = NULL;
}

static void find_all(struct search *s, struct gopm__stored_types *out)
{
	const struct gopm__symtab *symtab = &s->program->symtab;

	for (size_t i = 0; i < symtab->module_count; i++) {
		add_words(s, symtab->modules[i].data, symtab->modules[i].edata);
		add_words(s, symtab->modules[i].bss, symtab->modules[i].ebss);
	}
	for (size_t i = 0; i < symtab->module_count && s->word_count != 0; i++) {
		scan_code(s, symtab->modules[i].text, symtab->modules[i].etext, add_function);
	}
	for (size_t i = 0; i < s->function_count && !s->too_many && !s->no_memory; i++) {
		take_stores(s, &s->functions[i]);
	}
	if (!s->too_many && !s->no_memory) {
		keep(s, out);
		keep_arrays(s, out);
	}
}

gopm_status gopm__stored_types_find(struct gopm__stored_types *stored, struct gopm__program *program,
                                    const struct gopm__index *index)
{
	const struct gopm__arch *arch = program->file.arch;
	struct search s = {.program = program,
	                   .index = index,
	                   .reader = gopm__reader(&program->file.memory),
	                   .allocations = {.cache = &program->code,
	                                   .symtab = &program->symtab,
	                                   .arch = arch,
	                                   .minor = program->runtime.minor != 0 ? program->runtime.minor : INT32_MAX}};

	*stored = (struct gopm__stored_types){0};
	if (arch->code == NULL) {
		return GOPM_OK;
	}
	gopm__program_lock(program);
	find_all(&s, stored);
	gopm__program_unlock(program);
	gopm__map64_free(&s.by_address);
	gopm__map64_free(&s.entries);
	gopm__map64_free(&s.allocations.results);
	free(s.words);
	free(s.functions);
	free(s.arrays);
	return s.no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}

void gopm__stored_types_free(struct gopm__stored_types *stored)
{
	free(stored->list);
	free(stored->arrays);
	*stored = (struct gopm__stored_types){0};
}

const struct gopm__stored_type *gopm__stored_type(const struct gopm__stored_types *stored, uint64_t address)
{
	size_t i;

	GOPM__LOWER_BOUND(i, stored->count, stored->list[i].address < address);
	return i < stored->count && stored->list[i].address == address ? &stored->list[i] : NULL;
}

bool gopm__stored_array_may_have(const struct gopm__stored_types *stored, const struct gopm__stored_array *array,
                                 uint64_t address)
{
	const struct gopm__stored_type *word = gopm__stored_type(stored, address);
	size_t next;

	GOPM__LOWER_BOUND(next, stored->array_count, stored->arrays[next].address <= array->address);
	return (word == NULL || (word->descriptor == array->descriptor && !word->elements)) &&
	       (next == stored->array_count || address < stored->arrays[next].address ||
	        stored->arrays[next].descriptor == array->descriptor);
}
