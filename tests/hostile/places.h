/* SPDX-License-Identifier: Apache-2.0 */
/* Places to damage: words of the files whose meaning is known. They are found in the undamaged files. */
#ifndef GOPM_TESTS_HOSTILE_PLACES_H
#define GOPM_TESTS_HOSTILE_PLACES_H

#include "hostile/files.h"
#include "hostile/read.h"

struct place {
	uint8_t *at;
	uint32_t size;     /* bytes of the field, 1 to 8 */
	uint32_t owner;    /* number of a chosen goroutine that it belongs to; ALWAYS: none */
	const char *field; /* "runtime.g.sched.pc" */
};

struct places {
	struct place *list;
	size_t count, capacity;
};

/* The undamaged core, open while places are collected. */
struct target {
	gopm_core *core;
	struct questions questions;
	gopm_core_info info;
	uint8_t **pages; /* the pages of the files that reading touches, sorted */
	size_t page_count;
};

void place_add(struct places *places, uint8_t *at, size_t size, uint32_t owner, const char *field);
/* Adds the words of a region that no place covers yet. */
void place_add_region(struct places *places, uint8_t *at, size_t size, uint32_t owner, const char *field);
/* Adds the words of a page, but the known places instead of words that they overlap. `known` is sorted. */
void place_add_page(struct places *places, const struct target *target, uint8_t *page, const struct places *known,
                    const char *field);
void places_sort(struct places *places);
/* Adds all scalar fields of a struct of the program. Does nothing if its type or its memory is unknown. */
void place_add_struct(struct places *places, const struct target *target, const char *type, uint64_t address,
                      uint32_t owner);
/* Reads a field of such a struct by its path, "sched.pc"; false: there is no such field. */
bool read_field(const struct target *target, const char *type, const char *field, uint64_t address, uint64_t *value);
/* The table of pclntab that a word of a page is in; otherwise `other`. */
const char *table_at(const struct target *target, const uint8_t *word, const char *other);
/* A text that lives as long as the program. */
const char *keep_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define MAX_DESCRIPTORS 400
/* Finds the type descriptors of the runtime's structures and of variables on the chosen stacks. `list` has room for
 * MAX_DESCRIPTORS; returns their number. */
size_t find_descriptors(gopm_core *core, const struct questions *questions, uint64_t *list);

/* Adds the headers of an ELF file at `file`, as far as they are in `size` bytes. */
void place_add_elf(struct places *places, uint8_t *file, size_t size, const char *prefix);

/* The collectors, one for each class of damage. */
void collect_elf(struct places *places, const struct target *target);
void collect_notes(struct places *places, const struct target *target);
void collect_goroutines(struct places *places, const struct target *target);
void collect_threads(struct places *places, const struct target *target);
void collect_allgs(struct places *places, const struct target *target);
void collect_returns(struct places *places, const struct target *target);
void collect_stacks(struct places *places, const struct target *target);
void collect_waits(struct places *places, const struct target *target);
void collect_reasons(struct places *places, const struct target *target);
void collect_moduledata(struct places *places, const struct target *target);
void collect_functions(struct places *places, const struct target *target);
void collect_constants(struct places *places, const struct target *target);
void collect_types(struct places *places, const struct target *target);
void collect_executable(struct places *places, const struct target *target);
void collect_dwarf_info(struct places *places, const struct target *target);
void collect_dwarf_abbrev(struct places *places, const struct target *target);
void collect_dwarf_lists(struct places *places, const struct target *target);
void collect_dwarf_line(struct places *places, const struct target *target);
void collect_modules(struct places *places, const struct target *target);
void collect_memory(struct places *places, const struct target *target);

#endif
