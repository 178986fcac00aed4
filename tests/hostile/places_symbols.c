/* SPDX-License-Identifier: Apache-2.0 */
/* moduledata and pclntab: the tables of the functions on the chosen stacks. Source: runtime/symtab.go and
 * internal/abi/symtab.go, Go 1.20 to 1.27. */
#include <stdlib.h>
#include <string.h>

#include "hostile/places.h"

#define PCLN_MAGIC 0xfffffff1u
#define MAX_FUNCTIONS 256
#define FUNC_SIZE 44

static const struct {
	const char *name;
	size_t offset, size;
} header_fields[] =
    {
        {"pcHeader.magic", 0, 4},      {"pcHeader.pad", 4, 2},      {"pcHeader.minLC", 6, 1},
        {"pcHeader.ptrSize", 7, 1},    {"pcHeader.nfunc", 8, 8},    {"pcHeader.nfiles", 16, 8},
        {"pcHeader.textStart", 24, 8}, {"pcHeader.offsets", 32, 8}, {"pcHeader.offsets", 40, 8},
        {"pcHeader.offsets", 48, 8},   {"pcHeader.offsets", 56, 8}, {"pcHeader.offsets", 64, 8},
},
  func_fields[] = {
      {"func.entryOff", 0, 4},   {"func.nameOff", 4, 4},    {"func.args", 8, 4},    {"func.deferreturn", 12, 4},
      {"func.pcsp", 16, 4},      {"func.pcfile", 20, 4},    {"func.pcln", 24, 4},   {"func.npcdata", 28, 4},
      {"func.cuOffset", 32, 4},  {"func.startLine", 36, 4}, {"func.funcID", 40, 1}, {"func.flag", 41, 1},
      {"func.nfuncdata", 43, 1},
};

/* Finds a word with the address of a pclntab header: moduledata begins with it. 0: none. */
static uint64_t find_module(uint64_t header)
{
	const struct file *files[] = {&core_file, &exe_file};

	for (size_t n = 0; n < 2; n++) {
		for (size_t at = 0; files[n]->data != NULL && at + 16 <= files[n]->size; at += 8) {
			const uint8_t *word = files[n]->data + at;
			/* funcnametab, the next word, follows the header closely. */
			if (word_at(word, 8) == header && word_at(word + 8, 8) - header < 4096) {
				return address_of(word);
			}
		}
	}
	return 0;
}

static uint64_t find_moduledata(void)
{
	const struct file *files[] = {&exe_file, &core_file};

	for (size_t n = 0; n < 2; n++) {
		for (size_t at = 0; files[n]->data != NULL && at + 8 <= files[n]->size; at += 8) {
			const uint8_t *p = files[n]->data + at;
			if (word_at(p, 4) == PCLN_MAGIC && p[4] == 0 && p[5] == 0 && p[7] == 8 && address_of(p) != 0) {
				uint64_t module = find_module(address_of(p));
				if (module != 0) {
					return module;
				}
			}
		}
	}
	return 0;
}

struct tables {
	uint64_t text, gofunc;
	uint8_t *names, *pctab, *pclntable, *ftab;
	uint64_t names_size, pctab_size, pclntable_size, ftab_count;
};

static uint8_t *find_table(const struct target *target, uint64_t module, const char *name, uint64_t element,
                           uint64_t *length)
{
	uint64_t address = 0;

	*length = 0;
	(void)read_field(target, "runtime.moduledata", keep_text("%s.ptr", name), module, &address);
	(void)read_field(target, "runtime.moduledata", keep_text("%s.len", name), module, length);
	return bytes_at(address, *length * element);
}

static bool open_tables(struct tables *t, const struct target *target, uint64_t module)
{
	t->names = find_table(target, module, "funcnametab", 1, &t->names_size);
	t->pctab = find_table(target, module, "pctab", 1, &t->pctab_size);
	t->pclntable = find_table(target, module, "pclntable", 1, &t->pclntable_size);
	t->ftab = find_table(target, module, "ftab", 8, &t->ftab_count);
	(void)read_field(target, "runtime.moduledata", "gofunc", module, &t->gofunc);
	return read_field(target, "runtime.moduledata", "text", module, &t->text) && t->names != NULL &&
	       t->pctab != NULL && t->pclntable != NULL && t->ftab != NULL;
}

/* The bytes of a table of pctab, up to the delta 0 that ends it. */
static void add_pcvalues(struct places *places, const struct tables *t, uint32_t table, const char *name)
{
	bool delta = true;
	size_t start = table;

	for (size_t at = table; table != 0 && at < t->pctab_size; at++) {
		place_add(places, t->pctab + at, 1, ALWAYS, name);
		if ((t->pctab[at] & 0x80) != 0) {
			continue;
		}
		if (delta && start == at && t->pctab[at] == 0 && at != table) {
			return;
		}
		delta = !delta;
		start = at + 1;
	}
}

static void add_function(struct places *places, const struct tables *t, uint64_t entry)
{
	const uint64_t offset = entry - t->text;
	uint8_t *row = NULL;

	for (uint64_t i = 0; i + 1 < t->ftab_count && row == NULL; i++) {
		row = word_at(t->ftab + i * 8, 4) == offset ? t->ftab + i * 8 : NULL;
	}
	if (row == NULL || word_at(row + 4, 4) + 256 > t->pclntable_size) {
		return;
	}
	place_add(places, row, 4, ALWAYS, "ftab[].entryoff");
	place_add(places, row + 4, 4, ALWAYS, "ftab[].funcoff");
	place_add(places, row + 8, 4, ALWAYS, "ftab[].entryoff");
	uint8_t *func = t->pclntable + word_at(row + 4, 4);
	for (size_t i = 0; i < sizeof func_fields / sizeof func_fields[0]; i++) {
		place_add(places, func + func_fields[i].offset, func_fields[i].size, ALWAYS, func_fields[i].name);
	}
	add_pcvalues(places, t, (uint32_t)word_at(func + 16, 4), "table of pcsp");
	add_pcvalues(places, t, (uint32_t)word_at(func + 20, 4), "table of pcfile");
	add_pcvalues(places, t, (uint32_t)word_at(func + 24, 4), "table of pcln");
	const uint32_t name = (uint32_t)word_at(func + 4, 4);
	for (size_t i = name; i < t->names_size && t->names[i] != 0; i++) {
		place_add(places, t->names + i, 1, ALWAYS, "function name");
	}
	const uint32_t pcdata = (uint32_t)word_at(func + 28, 4);
	for (uint32_t i = 0; i < pcdata && i < 8; i++) {
		place_add(places, func + FUNC_SIZE + i * 4, 4, ALWAYS, "func.pcdata[]");
		add_pcvalues(places, t, (uint32_t)word_at(func + FUNC_SIZE + i * 4, 4),
		             i == 2 ? "table of inlined calls" : "table of pcdata");
	}
	for (uint32_t i = 0; i < func[43] && i < 12; i++) {
		uint8_t *at = func + FUNC_SIZE + (size_t)(pcdata + i) * 4;
		place_add(places, at, 4, ALWAYS, "func.funcdata[]");
		if (word_at(at, 4) != UINT32_MAX) {
			place_add_region(places, bytes_at(t->gofunc + word_at(at, 4), 24), 24, ALWAYS,
			                 i == 3 ? "inlined call" : "funcdata");
		}
	}
}

void collect_moduledata(struct places *places, const struct target *target)
{
	const uint64_t module = find_moduledata();
	uint64_t header = 0;

	if (module == 0) {
		return;
	}
	place_add_struct(places, target, "runtime.moduledata", module, ALWAYS);
	(void)read_field(target, "runtime.moduledata", "pcHeader", module, &header);
	uint8_t *at = bytes_at(header, 72);
	for (size_t i = 0; at != NULL && i < sizeof header_fields / sizeof header_fields[0]; i++) {
		place_add(places, at + header_fields[i].offset, header_fields[i].size, ALWAYS, header_fields[i].name);
	}
}

static int compare_words(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

const char *table_at(const struct target *target, const uint8_t *word, const char *other)
{
	static const struct {
		const char *table, *name;
	} regions[] = {{"funcnametab", "function name"},
	               {"filetab", "file name"},
	               {"cutab", "cutab[]"},
	               {"pctab", "table of another function"},
	               {"pclntable", "another function"}};
	static uint64_t module, begin[5], length[5];

	for (size_t i = 0; module == 0 && i < 5; i++) {
		(void)find_table(target, find_moduledata(), regions[i].table,
		                 strcmp(regions[i].table, "cutab") == 0 ? 4 : 1, &length[i]);
		(void)read_field(target, "runtime.moduledata", keep_text("%s.ptr", regions[i].table), find_moduledata(),
		                 &begin[i]);
		length[i] *= strcmp(regions[i].table, "cutab") == 0 ? 4 : 1;
	}
	module = 1;
	const uint64_t address = address_of(word);
	for (size_t i = 0; i < 5; i++) {
		if (address >= begin[i] && address - begin[i] < length[i]) {
			return regions[i].name;
		}
	}
	return other;
}

/* Damages functions of the chosen stacks, each once. */
void collect_functions(struct places *places, const struct target *target)
{
	const uint64_t module = find_moduledata();
	uint64_t entries[MAX_FUNCTIONS], count = 0;
	struct tables tables;
	gopm_stack_options options;
	gopm_stack *stack;
	gopm_frame frames[64];
	size_t got;

	if (module == 0 || !open_tables(&tables, target, module)) {
		return;
	}
	for (size_t i = 0; i < target->questions.chosen_count; i++) {
		gopm_stack_options_init(&options, sizeof options);
		options.goroutine_address = target->questions.chosen[i].address;
		if (gopm_stack_open(target->core, &options, &stack, NULL) != GOPM_OK) {
			continue;
		}
		if (gopm_stack_frames(stack, 0, frames, sizeof frames[0], 64, &got) == GOPM_OK) {
			for (size_t k = 0; k < got && count < MAX_FUNCTIONS; k++) {
				entries[count++] = frames[k].location.entry;
			}
		}
		gopm_stack_free(stack);
	}
	qsort(entries, count, sizeof entries[0], compare_words);
	for (uint64_t i = 0; i < count; i++) {
		if (entries[i] != 0 && (i == 0 || entries[i] != entries[i - 1])) {
			add_function(places, &tables, entries[i]);
		}
	}
}

/* The touched read-only pages: code, pclntab, types, constants. */
void collect_constants(struct places *places, const struct target *target)
{
	struct places known = {0};

	collect_reasons(&known, target);
	collect_moduledata(&known, target);
	collect_functions(&known, target);
	collect_types(&known, target);
	places_sort(&known);
	for (size_t i = 0; i < target->page_count; i++) {
		uint8_t *page = target->pages[i];
		if (address_of(page) == 0) {
			continue;
		}
		bool written = false;
		for (size_t k = 0; k < core_file.segment_count && file_contains(&core_file, page); k++) {
			const Elf64_Phdr *p = &core_file.segments[k];
			written = written || (p->p_type == PT_LOAD && (p->p_flags & PF_W) != 0 &&
			                      (uint64_t)(page - core_file.data) - p->p_offset < p->p_filesz);
		}
		if (!written) {
			place_add_page(places, target, page, &known, "constant word");
		}
	}
	free(known.list);
}
