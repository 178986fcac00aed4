/* SPDX-License-Identifier: Apache-2.0 */
/* DWARF of the executable: attributes of .debug_info by form, abbreviations, and the other sections by words. Only
 * touched pages are damaged. Source: DWARF 5, 7.5; the forms that the Go linker and C compilers use. */
#include <stdlib.h>
#include <string.h>

#include "hostile/places.h"

#define MAX_ABBREVIATIONS 1024
#define MAX_ATTRIBUTES 64

struct section {
	uint8_t *data;
	size_t size;
};

struct attribute {
	uint64_t name, form;
};

struct abbreviation {
	uint64_t code, tag;
	struct attribute attributes[MAX_ATTRIBUTES];
	size_t count;
};

static struct section find_section(const char *name)
{
	const Elf64_Ehdr *h = &exe_file.header;
	Elf64_Shdr names, s;

	if (exe_file.data == NULL || h->e_shoff == 0 || h->e_shstrndx >= h->e_shnum ||
	    h->e_shoff + (size_t)h->e_shnum * sizeof s > exe_file.size) {
		return (struct section){0};
	}
	memcpy(&names, exe_file.data + h->e_shoff + h->e_shstrndx * sizeof s, sizeof names);
	for (size_t i = 0; i < h->e_shnum; i++) {
		memcpy(&s, exe_file.data + h->e_shoff + i * sizeof s, sizeof s);
		const char *found = (const char *)exe_file.data + names.sh_offset + s.sh_name;
		if (strcmp(found, name) == 0 && s.sh_type != SHT_NOBITS && s.sh_offset + s.sh_size <= exe_file.size) {
			return (struct section){exe_file.data + s.sh_offset, s.sh_size};
		}
	}
	return (struct section){0};
}

static uint64_t read_leb(uint8_t **at, const uint8_t *end)
{
	uint64_t value = 0;

	for (unsigned shift = 0; *at < end; shift += 7) {
		const uint8_t byte = *(*at)++;
		value |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
		if ((byte & 0x80) == 0) {
			break;
		}
	}
	return value;
}

static bool is_touched(const struct target *target, const uint8_t *at)
{
	for (size_t i = 0; i < target->page_count; i++) {
		if (at >= target->pages[i] && at < target->pages[i] + PAGE_BYTES) {
			return true;
		}
	}
	return false;
}

static size_t read_abbreviations(const struct section *section, uint64_t offset, struct abbreviation *list)
{
	uint8_t *at = section->data + (offset < section->size ? offset : section->size),
	        *end = section->data + section->size;
	size_t count = 0;

	while (count < MAX_ABBREVIATIONS && at < end) {
		struct abbreviation *a = &list[count];
		a->code = read_leb(&at, end);
		if (a->code == 0) {
			break;
		}
		a->tag = read_leb(&at, end);
		at++;
		a->count = 0;
		while (at < end) {
			const uint64_t name = read_leb(&at, end), form = read_leb(&at, end);
			if (form == 0x21) { /* DW_FORM_implicit_const */
				(void)read_leb(&at, end);
			}
			if (name == 0 && form == 0) {
				break;
			}
			if (a->count < MAX_ATTRIBUTES) {
				a->attributes[a->count++] = (struct attribute){name, form};
			}
		}
		count++;
	}
	return count;
}

/* The name of an attribute, as far as its damage has a meaning of its own. */
static const char *attribute_name(uint64_t name)
{
	static const struct {
		uint64_t number;
		const char *name;
	} names[] = {
	    {0x02, "location"},
	    {0x03, "name"},
	    {0x0b, "byte_size"},
	    {0x10, "stmt_list"},
	    {0x11, "low_pc"},
	    {0x12, "high_pc"},
	    {0x13, "language"},
	    {0x1b, "comp_dir"},
	    {0x1c, "const_value"},
	    {0x20, "inline"},
	    {0x22, "lower_bound"},
	    {0x25, "producer"},
	    {0x2f, "upper_bound"},
	    {0x31, "abstract_origin"},
	    {0x37, "count"},
	    {0x38, "member_location"},
	    {0x39, "decl_column"},
	    {0x3a, "decl_file"},
	    {0x3b, "decl_line"},
	    {0x3e, "encoding"},
	    {0x3f, "external"},
	    {0x40, "frame_base"},
	    {0x49, "type"},
	    {0x4b, "variable_parameter"},
	    {0x55, "ranges"},
	    {0x57, "call_column"},
	    {0x58, "call_file"},
	    {0x59, "call_line"},
	    {0x73, "addr_base"},
	    {0x74, "rnglists_base"},
	    {0x8c, "loclists_base"},
	    {0x2900, "go_kind"},
	    {0x2901, "go_key"},
	    {0x2902, "go_elem"},
	    {0x2903, "go_embedded_field"},
	    {0x2904, "go_runtime_type"},
	    {0x2905, "go_package_name"},
	    {0x2906, "go_dict_index"},
	    {0x2907, "go_closure_offset"},
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (names[i].number == name) {
			return names[i].name;
		}
	}
	return "other";
}

/* The size of a value; 0: unknown form. `at` is at its first byte. */
static size_t size_of_form(uint64_t form, uint8_t *at, uint8_t *end)
{
	uint8_t *p = at;

	switch (form) {
	case 0x0b: /* data1 */
	case 0x0c: /* flag */
	case 0x11: /* ref1 */
		return 1;
	case 0x05: /* data2 */
	case 0x12: /* ref2 */
		return 2;
	case 0x06: /* data4 */
	case 0x0e: /* strp */
	case 0x10: /* ref_addr */
	case 0x13: /* ref4 */
	case 0x17: /* sec_offset */
	case 0x1f: /* line_strp */
		return 4;
	case 0x01: /* addr */
	case 0x07: /* data8 */
	case 0x14: /* ref8 */
	case 0x20: /* ref_sig8 */
		return 8;
	case 0x08: /* string */
		return strnlen((const char *)at, (size_t)(end - at)) + 1;
	case 0x0a: /* block1 */
		return 1 + (size_t)*at;
	case 0x03: /* block2 */
		return 2 + (size_t)word_at(at, 2);
	case 0x04: /* block4 */
		return 4 + (size_t)word_at(at, 4);
	case 0x09: /* block */
	case 0x18: /* exprloc */
	{
		const uint64_t size = read_leb(&p, end);
		return (size_t)(p - at) + (size_t)size;
	}
	case 0x0d: /* sdata */
	case 0x0f: /* udata */
	case 0x15: /* ref_udata */
	case 0x1a: /* strx */
	case 0x1b: /* addrx */
	case 0x22: /* loclistx */
	case 0x23: /* rnglistx */
		(void)read_leb(&p, end);
		return (size_t)(p - at);
	default:
		return 0;
	}
}

static const char *field_of(const struct abbreviation *a, const struct attribute *attribute)
{
	const char *what = a->tag == 0x11                     ? "unit"
	                   : a->tag == 0x2e                   ? "subprogram"
	                   : a->tag == 0x1d                   ? "inlined"
	                   : a->tag == 0x34 || a->tag == 0x05 ? "variable"
	                   : a->tag == 0x0d                   ? "member"
	                   : a->tag == 0x0b                   ? "block"
	                                                      : "type";

	return keep_text("info: %s.%s", what, attribute_name(attribute->name));
}

/* Walks the entries of a unit; *at ends at an unknown form, or at the end. */
static void collect_unit(struct places *places, const struct target *target, uint8_t *at, uint8_t *end,
                         const struct abbreviation *list, size_t count)
{
	while (at < end) {
		uint8_t *entry = at;
		const uint64_t code = read_leb(&at, end);
		const struct abbreviation *a = NULL;
		const bool touched = is_touched(target, entry);
		if (touched) {
			place_add(places, entry, (size_t)(at - entry), ALWAYS, "info: abbreviation code");
		}
		for (size_t i = 0; i < count && code != 0; i++) {
			a = list[i].code == code ? &list[i] : a;
		}
		for (size_t i = 0; a != NULL && i < a->count && at < end; i++) {
			const struct attribute *attribute = &a->attributes[i];
			if (attribute->form == 0x19 || attribute->form == 0x21) { /* flag_present, implicit_const */
				continue;
			}
			const size_t size = size_of_form(attribute->form, at, end);
			if (size == 0 || size > (size_t)(end - at)) {
				return;
			}
			if (touched) {
				const bool block = attribute->form == 0x18;
				/* Any byte of a location expression, the length included. */
				for (size_t k = 0; block && k < size && k < 8; k++) {
					place_add(places, at + k, 1, ALWAYS,
					          k == 0 ? "info: length of an expression" : field_of(a, attribute));
				}
				if (!block) {
					place_add(places, at, size < 8 ? size : 8, ALWAYS, field_of(a, attribute));
				}
			}
			at += size;
		}
		if (code != 0 && a == NULL) {
			return;
		}
	}
}

void collect_dwarf_info(struct places *places, const struct target *target)
{
	const struct section info = find_section(".debug_info"), abbreviations = find_section(".debug_abbrev");
	struct abbreviation *list = calloc(MAX_ABBREVIATIONS, sizeof *list);
	uint8_t *end = info.data + info.size;

	require(list != NULL, "memory");
	for (uint8_t *unit = info.data; info.data != NULL && unit + 12 < end;) {
		const uint64_t length = word_at(unit, 4), version = word_at(unit + 4, 2);
		if (length > (uint64_t)(end - unit) - 4) {
			break;
		}
		const uint64_t offset = word_at(unit + (version >= 5 ? 8 : 6), 4);
		if (is_touched(target, unit)) {
			place_add(places, unit, 4, ALWAYS, "info: unit length");
			place_add(places, unit + 4, 2, ALWAYS, "info: unit version");
			place_add(places, unit + (version >= 5 ? 8 : 6), 4, ALWAYS, "info: unit abbreviations");
			place_add(places, unit + (version >= 5 ? 7 : 10), 1, ALWAYS, "info: unit address size");
		}
		const size_t count = read_abbreviations(&abbreviations, offset, list);
		collect_unit(places, target, unit + (version >= 5 ? 12 : 11), unit + 4 + length, list, count);
		unit += 4 + length;
	}
	free(list);
}

/* Single bytes: the section is a stream of LEB128 numbers. */
static void add_bytes(struct places *places, const struct target *target, const char *name)
{
	const struct section section = find_section(name);

	for (size_t i = 0; i < section.size; i += 1) {
		if (is_touched(target, section.data + i)) {
			place_add(places, section.data + i, 1, ALWAYS, name + 1);
		}
	}
}

void collect_dwarf_abbrev(struct places *places, const struct target *target)
{
	add_bytes(places, target, ".debug_abbrev");
}

void collect_dwarf_lists(struct places *places, const struct target *target)
{
	static const char *const names[] = {".debug_loclists", ".debug_loc", ".debug_rnglists", ".debug_ranges",
	                                    ".debug_addr"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		add_bytes(places, target, names[i]);
	}
}

void collect_dwarf_line(struct places *places, const struct target *target)
{
	add_bytes(places, target, ".debug_line");
	add_bytes(places, target, ".debug_str");
	add_bytes(places, target, ".debug_line_str");
}
