/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors have no list. Each 8-byte aligned address of a module's section is tried: if a sound descriptor is there,
 * it goes into the index under the hash of its name. */
#include "type/descriptor_index.h"

#include <stdlib.h>

#include "type/descriptor_check.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/str.h"
#include "util/vector.h"

#define MAX_TYPES_SIZE ((uint64_t)1 << 28)
#define MAX_ENTRIES ((size_t)1 << 22)
/* Offsets in abi.Type, as in descriptor.c. */
enum {
	TYPE_TFLAG = 20,
	TYPE_ALIGN = 21,
	TYPE_KIND = 23,
	TYPE_STR = 40,
	TYPE_POINTER = 44,
	TYPE_BYTES = 48,
	KIND_MASK = 31
};

static uint64_t hash_name(const char *data, size_t size)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < size; i++) {
		h = (h ^ (uint8_t)data[i]) * UINT64_C(0x100000001b3);
	}
	return h;
}

static gopm_status append_entry(struct gopm__descriptor_index *index, uint64_t address, const struct gopm__text *name)
{
	if (index->count == MAX_ENTRIES) {
		return GOPM_ERR_LIMIT;
	}
	if (!GOPM__VECTOR_RESERVE(index->entries, index->count, index->capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	index->entries[index->count++] = (struct gopm__descriptor_entry){hash_name(name->data, name->size), address};
	return GOPM_OK;
}

/* True if the text has no control bytes. Other data that looks like a name mostly has some. */
static bool is_plain_text(gopm_str text)
{
	for (size_t i = 0; i < text.size; i++) {
		if ((uint8_t)text.data[i] < ' ') {
			return false;
		}
	}
	return text.size != 0;
}

/* True if the types that it refers to have descriptors too: random bytes do not pass. */
static bool is_sound_descriptor(const struct gopm__symtab *symtab, struct gopm__reader *reader,
                                const struct gopm__descriptor *info)
{
	struct gopm__descriptor other;
	struct gopm__typedesc_field field;

	if (!is_plain_text(info->text)) {
		return false;
	}
	if ((info->elem != 0 && !gopm__descriptor_read(symtab, reader, info->elem, &other)) ||
	    (info->key != 0 && !gopm__descriptor_read(symtab, reader, info->key, &other))) {
		return false;
	}
	switch (info->kind) {
	case GOPM_KIND_CHAN:
	case GOPM_KIND_ARRAY:
	case GOPM_KIND_POINTER:
	case GOPM_KIND_SLICE:
		return info->elem != 0;
	case GOPM_KIND_MAP:
		return info->elem != 0 && info->key != 0;
	case GOPM_KIND_STRUCT:
		return info->field_count == 0 ||
		       (gopm__descriptor_field(reader, info, info->field_count - 1, &field) &&
		        field.offset <= info->size && field.size <= info->size - field.offset);
	default:
		/* Numbers, bools and strings always have a name. */
		return info->named || info->kind == GOPM_KIND_FUNC || info->kind == GOPM_KIND_INTERFACE;
	}
}

static bool may_be_descriptor(const uint8_t *at, uint64_t names_size)
{
	unsigned kind = at[TYPE_KIND] & KIND_MASK, align = at[TYPE_ALIGN];
	uint32_t name = gopm__load32(at + TYPE_STR);

	return kind != 0 && kind < GOPM__KIND_COUNT && at[TYPE_TFLAG] < 64 && align != 0 &&
	       (align & (align - 1)) == 0 && align <= 64 && name != 0 && name < names_size;
}

/* True if `pointer` is the descriptor of the pointer to `info`, as far as its text tells. */
static bool points_to(const struct gopm__descriptor *pointer, const struct gopm__descriptor *info)
{
	return pointer->kind == GOPM_KIND_POINTER && pointer->elem == info->address &&
	       pointer->text.size == info->text.size + 1 && pointer->text.data[0] == '*' &&
	       memcmp(pointer->text.data + 1, info->text.data, info->text.size) == 0;
}

/* A sound descriptor is evidence that there is one of the pointer to it, if it has its offset. */
static void check_pointer(const struct gopm__symtab *symtab, struct gopm__reader *reader,
                          const struct gopm__descriptor *info)
{
	const struct gopm__type_section *types = &info->module->types;
	struct gopm__descriptor other;
	uint64_t offset;

	if (gopm__read_word(reader, info->address + TYPE_POINTER, 4, &offset) && offset != 0 && offset % 8 == 0 &&
	    offset < types->end - types->begin &&
	    (!gopm__descriptor_read(symtab, reader, types->begin + offset, &other) || !points_to(&other, info))) {
		(void)gopm__descriptor_check(symtab, reader, types->begin + offset);
	}
}

/* A type whose own descriptor is sound is evidence that there is one of its elements. */
static void check_target(const struct gopm__symtab *symtab, struct gopm__reader *reader,
                         const struct gopm__descriptor *info)
{
	static const char *const prefixes[GOPM__KIND_COUNT] = {
	    [GOPM_KIND_POINTER] = "*", [GOPM_KIND_CHAN] = "chan ", [GOPM_KIND_SLICE] = "[]"};
	const char *prefix = prefixes[info->kind];
	struct gopm__descriptor other;

	if (prefix != NULL && !info->named && gopm__str_has_prefix(info->text, prefix) && is_plain_text(info->text) &&
	    info->elem % 8 == 0 && gopm__symtab_module(symtab, info->elem) == info->module &&
	    !gopm__descriptor_read(symtab, reader, info->elem, &other)) {
		(void)gopm__descriptor_check(symtab, reader, info->elem);
	}
}

/* Compares what was found, from `first` on, with the linker's list of types that have no name (cmd/link/internal/ld,
 * typelink.go, until Go 1.26). */
static void check_links(const struct gopm__descriptor_index *index, size_t first, const struct gopm__symtab *symtab,
                        struct gopm__reader *reader, const struct gopm__module *module)
{
	const struct gopm__type_section *types = &module->types;
	uint64_t offset, count = module->type_link_count < MAX_ENTRIES ? module->type_link_count : MAX_ENTRIES;

	for (uint64_t i = 0; i < count && gopm__read_word(reader, module->type_links + i * 4, 4, &offset); i++) {
		const uint64_t address = types->begin + offset;
		size_t k;
		if (offset >= types->end - types->begin) {
			continue;
		}
		GOPM__LOWER_BOUND(k, index->count - first, index->entries[first + k].address < address);
		if (first + k >= index->count || index->entries[first + k].address != address) {
			(void)gopm__descriptor_check(symtab, reader, address);
		}
	}
}

/* Since Go 1.27 each descriptor follows the one before it: one that was not found is damaged. The first is after a
 * word (runtime/type.go, moduleTypelinks). */
static void check_sequence(const struct gopm__descriptor_index *index, size_t first, const struct gopm__symtab *symtab,
                           struct gopm__reader *reader, const struct gopm__module *module)
{
	const struct gopm__type_section *types = &module->types;
	uint64_t next = types->begin + sizeof(uint64_t);

	for (size_t i = first; i < index->count; i++) {
		const uint64_t address = index->entries[i].address;
		struct gopm__descriptor info;
		if (address - types->begin >= module->descriptors_size) {
			break;
		}
		if (next != 0 && address != next) {
			(void)gopm__descriptor_check(symtab, reader, next);
		}
		const uint64_t bytes =
		    gopm__descriptor_read(symtab, reader, address, &info) ? gopm__descriptor_bytes(reader, &info) : 0;
		next = bytes != 0 ? (address + bytes + 7) / 8 * 8 : 0;
	}
}

static gopm_status index_module(struct gopm__descriptor_index *index, const struct gopm__symtab *symtab,
                                const struct gopm__module *module)
{
	enum { block = 1 << 16 };
	const struct gopm__type_section *types = &module->types;
	struct gopm__reader reader = gopm__reader(symtab->memory);
	struct gopm__text name = {0};
	gopm_status st = GOPM_OK;
	const size_t first = index->count;

	if (types->end <= types->begin || types->end - types->begin > MAX_TYPES_SIZE) {
		return GOPM_OK;
	}
	uint64_t size = types->end - types->begin;
	/* Relocated pages come from the core, the others from the executable. So this reads blocks, each with the first
	 * bytes of the next block. */
	uint8_t *bytes = gopm__malloc(block + TYPE_BYTES);
	if (bytes == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (uint64_t start = 0; start < size && st == GOPM_OK; start += block) {
		uint64_t want = size - start < block + TYPE_BYTES ? size - start : block + TYPE_BYTES;
		size_t got = gopm__read_copy(&reader, types->begin + start, bytes, (size_t)want);
		for (size_t at = 0; at < block && at + TYPE_BYTES <= got && st == GOPM_OK; at += 8) {
			struct gopm__descriptor info;
			uint64_t address = types->begin + start + at;
			if (!may_be_descriptor(bytes + at, size) ||
			    !gopm__descriptor_read(symtab, &reader, address, &info)) {
				continue;
			}
			if (!is_sound_descriptor(symtab, &reader, &info)) {
				check_target(symtab, &reader, &info);
				continue;
			}
			check_pointer(symtab, &reader, &info);
			gopm__text_clear(&name);
			gopm__descriptor_full_name(symtab, &reader, address, &name);
			st = name.failed ? GOPM_ERR_NO_MEMORY : append_entry(index, address, &name);
		}
	}
	if (st == GOPM_OK) {
		check_links(index, first, symtab, &reader, module);
	}
	if (st == GOPM_OK && module->descriptors_size != 0) {
		check_sequence(index, first, symtab, &reader, module);
	}
	gopm__text_free(&name);
	free(bytes);
	return st == GOPM_ERR_LIMIT ? GOPM_OK : st;
}

static int hash_order(const void *left, const void *right)
{
	const struct gopm__descriptor_entry *a = left, *b = right;

	if (a->hash != b->hash) {
		return a->hash < b->hash ? -1 : 1;
	}
	return a->address < b->address ? -1 : a->address > b->address;
}

gopm_status gopm__descriptor_index_make(struct gopm__descriptor_index *index, const struct gopm__symtab *symtab)
{
	gopm_status st = GOPM_OK;

	*index = (struct gopm__descriptor_index){0};
	for (size_t i = 0; i < symtab->module_count && st == GOPM_OK; i++) {
		st = index_module(index, symtab, &symtab->modules[i]);
	}
	if (st != GOPM_OK) {
		gopm__descriptor_index_free(index);
		return st;
	}
	if (index->count != 0) {
		qsort(index->entries, index->count, sizeof *index->entries, hash_order);
	}
	return GOPM_OK;
}

void gopm__descriptor_index_free(struct gopm__descriptor_index *index)
{
	free(index->entries);
	*index = (struct gopm__descriptor_index){0};
}

uint64_t gopm__descriptor_index_find(const struct gopm__descriptor_index *index, const struct gopm__symtab *symtab,
                                     gopm_str name)
{
	struct gopm__reader reader = gopm__reader(symtab->memory);
	struct gopm__text text = {0};
	uint64_t wanted = hash_name(name.data, name.size), found = 0;
	size_t i;

	GOPM__LOWER_BOUND(i, index->count, index->entries[i].hash < wanted);
	for (; found == 0 && i < index->count && index->entries[i].hash == wanted; i++) {
		gopm__text_clear(&text);
		gopm__descriptor_full_name(symtab, &reader, index->entries[i].address, &text);
		if (!text.failed && text.size == name.size && memcmp(text.data, name.data, name.size) == 0) {
			found = index->entries[i].address;
		}
	}
	gopm__text_free(&text);
	return found;
}
