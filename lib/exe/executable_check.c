/* SPDX-License-Identifier: Apache-2.0 */
/* Checks the headers of an executable against what ELF guarantees, and against their copy in the core. */
#include <stdlib.h>
#include <string.h>

#include "exe/executable_private.h"
#include "util/allocate.h"

/* Bytes of the file that a header or a section has, or the end of a loaded segment. */
struct file_range {
	uint64_t begin, end;
	uint64_t align; /* bytes before it that belong to none, at most */
	size_t group;   /* ranges of a group follow each other: GROUP_NONE, GROUP_DEBUG, or of a segment */
};

enum { GROUP_NONE, GROUP_DEBUG /* DWARF and symbols */, GROUP_SEGMENTS };

/* Linkers align sections that do not say more at most so. */
#define USUAL_ALIGN 64u
/* More gaps between loaded sections are the way of a writer. */
#define MOST_GAPS 2
#define MAX_GAP 65536u /* bytes between two segments in the file: the greatest page */
#define DEBUG_FLAGS ((uint64_t)(SHF_COMPRESSED | SHF_MERGE | SHF_STRINGS))

static const GElf_Phdr *next_load(const struct gopm__elf *elf, size_t *index)
{
	while (*index < elf->segment_count) {
		const GElf_Phdr *p = &elf->segments[(*index)++];
		if (p->p_type == PT_LOAD && p->p_memsz != 0) {
			return p;
		}
	}
	return NULL;
}

/* True if the bytes that the file has for `part` are among those of a loaded segment, at its place in the file. */
static bool is_loaded(const struct gopm__elf *elf, const GElf_Phdr *part)
{
	const GElf_Phdr *p;

	for (size_t i = 0; (p = next_load(elf, &i)) != NULL;) {
		if (part->p_vaddr >= p->p_vaddr && part->p_vaddr - p->p_vaddr <= p->p_filesz &&
		    part->p_filesz <= p->p_filesz - (part->p_vaddr - p->p_vaddr) &&
		    part->p_offset == p->p_offset + (part->p_vaddr - p->p_vaddr)) {
			return true;
		}
	}
	return false;
}

/* What the dynamic linker needs is loaded (gABI, "Program Header"). Go's linker gives a position independent program a
 * TLS segment at address 0, without bytes. */
static bool lacks_part(const struct gopm__elf *elf)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		const GElf_Phdr *p = &elf->segments[i];
		const bool needed = p->p_type == PT_DYNAMIC || p->p_type == PT_INTERP || p->p_type == PT_TLS;
		if (needed && p->p_filesz != 0 && !is_loaded(elf, p)) {
			return true;
		}
	}
	return false;
}

/* ELF orders loaded segments by address, and a page of the file is a page of memory. */
static const char *segments_fault(const struct gopm__elf *elf)
{
	const GElf_Phdr *p;
	uint64_t end = 0, file_end = 0;
	bool writable = false, data = false;

	for (size_t i = 0; (p = next_load(elf, &i)) != NULL;) {
		const uint64_t align = p->p_align > 1 ? p->p_align : 1;
		if ((p->p_vaddr - p->p_offset) % align != 0) {
			return "the address and the offset of a segment are not aligned in the same way";
		}
		if (p->p_vaddr < end || p->p_memsz > UINT64_MAX - p->p_vaddr) {
			return "its segments overlap, or are not in the order of addresses";
		}
		if (p->p_filesz > p->p_memsz) {
			return "a segment is larger in the file than in memory";
		}
		if (p->p_filesz < p->p_memsz && (p->p_flags & PF_W) == 0) {
			return "a segment that is not written has bytes that are not in the file";
		}
		if ((p->p_flags & ~(GElf_Word)(PF_R | PF_W | PF_X)) != 0 || (p->p_flags & PF_R) == 0) {
			return "a segment has impossible permissions";
		}
		if (file_end != 0 && p->p_offset > file_end && p->p_offset - file_end >= MAX_GAP &&
		    p->p_offset - file_end >= p->p_align) {
			return "bytes between two segments belong to none";
		}
		file_end = p->p_offset + p->p_filesz;
		end = p->p_vaddr + p->p_memsz;
		writable = writable || (p->p_flags & PF_W) != 0;
		data = data || ((p->p_flags & PF_W) != 0 && p->p_filesz != 0);
	}
	if (writable && !data) {
		return "its variables have no initial values";
	}
	return lacks_part(elf) ? "a part of a loaded segment is outside of it" : NULL;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct file_range *x = a, *y = b;

	if (x->begin != y->begin) {
		return x->begin < y->begin ? -1 : 1;
	}
	return (x->end > y->end) - (x->end < y->end);
}

static bool is_debug(const struct gopm__executable *exe, const GElf_Shdr *section)
{
	const GElf_Shdr *table = &exe->private_->elf.sections[exe->private_->elf.names];
	const uint8_t *name = gopm__source_span(&exe->source, table->sh_offset + section->sh_name, 7);

	return name != NULL && (section->sh_flags & SHF_ALLOC) == 0 &&
	       (memcmp(name, ".debug_", 7) == 0 || memcmp(name, ".zdebug", 7) == 0);
}

/* The group of the sections in the same loaded segment. */
static size_t segment_group(const struct gopm__elf *elf, uint64_t address)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		const GElf_Phdr *p = &elf->segments[i];
		if (p->p_type == PT_LOAD && address >= p->p_vaddr && address - p->p_vaddr < p->p_filesz) {
			return GROUP_SEGMENTS + i;
		}
	}
	return GROUP_NONE;
}

static struct file_range section_range(const struct gopm__executable *exe, const GElf_Shdr *s)
{
	const bool loaded = (s->sh_flags & SHF_ALLOC) != 0;
	const bool symbols = (s->sh_type == SHT_SYMTAB || s->sh_type == SHT_STRTAB) && !loaded;
	const size_t group = symbols || is_debug(exe, s) ? GROUP_DEBUG : GROUP_NONE;

	return (struct file_range){s->sh_offset, s->sh_offset + s->sh_size,
	                           s->sh_addralign > USUAL_ALIGN ? s->sh_addralign : USUAL_ALIGN,
	                           loaded ? segment_group(&exe->private_->elf, s->sh_addr) : group};
}

/* The ranges in the order of the file; NULL: out of memory. A segment with the headers has bytes that no section says
 * (Go's linker leaves most of a page), so that only its sections are in a group. */
static struct file_range *file_ranges(const struct gopm__executable *exe, size_t *count)
{
	const struct gopm__elf *elf = &exe->private_->elf;
	struct file_range *ranges = gopm__calloc(elf->section_count + elf->segment_count + 1, sizeof *ranges);

	if (ranges == NULL) {
		return NULL;
	}
	*count = 0;
	ranges[(*count)++] = (struct file_range){0, sizeof(Elf64_Ehdr), 0, GROUP_NONE};
	for (size_t i = 1; i < elf->section_count; i++) {
		const GElf_Shdr *s = &elf->sections[i];
		if (s->sh_type != SHT_NOBITS && s->sh_type != SHT_NULL && s->sh_size != 0) {
			ranges[(*count)++] = section_range(exe, s);
		}
	}
	for (size_t i = 0; i < elf->segment_count; i++) {
		const GElf_Phdr *p = &elf->segments[i];
		if (p->p_type == PT_LOAD && p->p_filesz != 0) {
			const uint64_t end = p->p_offset + p->p_filesz;
			ranges[(*count)++] = (struct file_range){end, end, USUAL_ALIGN, GROUP_SEGMENTS + i};
		}
	}
	qsort(ranges, *count, sizeof *ranges, compare_ranges);
	return ranges;
}

/* No byte of a file is in two sections, or in a section and a header (gABI, "Sections"). Linkers leave none out. */
static const char *overlap_fault(const struct gopm__executable *exe)
{
	static const char gap[] = "bytes between two sections belong to none";
	const char *fault = NULL;
	size_t count, gaps = 0;
	struct file_range *ranges = file_ranges(exe, &count);

	for (size_t i = 1; ranges != NULL && i < count && fault == NULL; i++) {
		const struct file_range *before = &ranges[i - 1], *range = &ranges[i];
		if (range->begin < before->end || range->end < range->begin) {
			fault = "two sections share bytes of the file";
		} else if (before->group == range->group && range->group != GROUP_NONE &&
		           range->begin - before->end > range->align) {
			fault = range->group == GROUP_DEBUG ? gap : fault;
			gaps++;
		}
	}
	free(ranges);
	return fault == NULL && gaps != 0 && gaps <= MOST_GAPS ? gap : fault;
}

/* Sections that are found by name have the type of that name (gABI, "Special Sections"), or are left out of a debug
 * file. What the segments say of call frame information, the sections have. */
static const char *names_fault(const struct gopm__executable *exe)
{
	static const struct {
		const char *name;
		GElf_Word type;
		bool only; /* no section with another name has the type */
	} named[] = {{".symtab", SHT_SYMTAB, true},
	             {".dynsym", SHT_DYNSYM, true},
	             {".strtab", SHT_STRTAB, false},
	             {".dynstr", SHT_STRTAB, false}};
	enum { SYMTAB, DYNSYM, STRTAB, DYNSTR };
	const struct gopm__elf *elf = &exe->private_->elf;
	bool left_out[sizeof named / sizeof named[0]];

	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		const size_t index = gopm__section_index(exe, named[i].name);
		const GElf_Word type = index != 0 ? elf->sections[index].sh_type : SHT_NOBITS;
		if (type != named[i].type && type != SHT_NOBITS) {
			return "a section has another type than its name says";
		}
		for (size_t k = 1; named[i].only && k < elf->section_count; k++) {
			if (elf->sections[k].sh_type == named[i].type && k != index) {
				return "a table of symbols has another name";
			}
		}
		left_out[i] = type == SHT_NOBITS;
	}
	if ((left_out[STRTAB] && !left_out[SYMTAB]) || (left_out[DYNSTR] && !left_out[DYNSYM])) {
		return "it has symbols without names";
	}
	const size_t frames = gopm__section_index(exe, ".eh_frame");
	for (size_t i = 1; i < elf->section_count && frames != 0; i++) {
		if (i != frames && elf->sections[i].sh_name == elf->sections[frames].sh_name) {
			return "two sections have the same name";
		}
	}
	for (size_t i = 0; i < elf->segment_count; i++) {
		if (elf->segments[i].p_type == PT_GNU_EH_FRAME && elf->segments[i].p_filesz != 0 &&
		    (frames == 0 || elf->sections[frames].sh_size == 0)) {
			return "it has an index of call frame information, but not the information";
		}
	}
	return NULL;
}

/* What the flags, the address and the link of a section say agrees with the rest (gABI, "Sections"). A section that is
 * loaded without bytes may be at address 0: Go's .tbss is. */
static const char *section_fault(const struct gopm__elf *elf, const GElf_Shdr *s)
{
	const bool has_bytes = s->sh_type != SHT_NOBITS && s->sh_type != SHT_NULL && s->sh_size != 0;
	const GElf_Phdr part = {.p_vaddr = s->sh_addr, .p_offset = s->sh_offset, .p_filesz = s->sh_size};

	if (s->sh_addr != 0 && (s->sh_flags & SHF_ALLOC) == 0) {
		return "a section has an address, but is not loaded";
	}
	if (has_bytes && (s->sh_flags & SHF_ALLOC) != 0 && !is_loaded(elf, &part)) {
		return "a section is outside of the loaded segments";
	}
	if ((s->sh_type == SHT_SYMTAB || s->sh_type == SHT_DYNSYM) &&
	    (s->sh_link >= elf->section_count ||
	     (elf->sections[s->sh_link].sh_type != SHT_STRTAB && elf->sections[s->sh_link].sh_type != SHT_NOBITS))) {
		return "the names of symbols are not strings";
	}
	return NULL;
}

static const char *sections_fault(struct gopm__executable *exe)
{
	static const char *const parts[][2] = {
	    {".debug_abbrev", ".zdebug_abbrev"}, {".debug_info", ".zdebug_info"}, {".debug_line", ".zdebug_line"}};
	const struct gopm__elf *elf = &exe->private_->elf;
	size_t found = 0;

	if (elf->section_count == 0) {
		return NULL;
	}
	for (size_t i = 1; i < elf->section_count; i++) {
		const GElf_Shdr *s = &elf->sections[i];
		const char *fault = section_fault(elf, s);
		if (fault != NULL) {
			return fault;
		}
		if (s->sh_name >= elf->sections[elf->names].sh_size) {
			return "a section has no name";
		}
		if (s->sh_type != SHT_NOBITS && s->sh_type != SHT_NULL &&
		    (s->sh_offset > exe->source.size || s->sh_size > exe->source.size - s->sh_offset)) {
			return "a section is past the end of the file";
		}
		if ((s->sh_type == SHT_NULL) != (s->sh_name == 0)) {
			return "a section has only one of name and type";
		}
		if ((s->sh_type == SHT_SYMTAB || s->sh_type == SHT_STRTAB) && s->sh_size == 0) {
			return "a table of symbols or strings is empty";
		}
		if (is_debug(exe, s) && (s->sh_type != SHT_PROGBITS || (s->sh_flags & ~DEBUG_FLAGS) != 0)) {
			return "a section of DWARF has an impossible type or flags";
		}
	}
	if (elf->sections[elf->names].sh_type != SHT_STRTAB || elf->sections[elf->names].sh_flags != 0) {
		return "the names of sections are not strings";
	}
	/* LLVM may keep them with the names of symbols. */
	const size_t names = gopm__section_index(exe, ".shstrtab");
	if (names != elf->names && gopm__section_index(exe, ".strtab") != elf->names) {
		return "the section of names has another name";
	}
	const char *const fault = names_fault(exe);
	if (fault != NULL) {
		return fault;
	}
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		found += gopm__section_index(exe, parts[i][0]) != 0 || gopm__section_index(exe, parts[i][1]) != 0;
	}
	if (found != 0 && found != sizeof parts / sizeof parts[0]) {
		return "it has only some of the sections of DWARF";
	}
	return overlap_fault(exe);
}

/* Compares the loaded segments with those in the first page of the program in memory. strip changes the bytes that the
 * file has for the last one. */
static bool loads_differ(const struct gopm__elf *a, const struct gopm__elf *b)
{
	const GElf_Phdr *x, *y;
	size_t i = 0, k = 0;

	do {
		x = next_load(a, &i);
		y = next_load(b, &k);
		if ((x == NULL) != (y == NULL) ||
		    (x != NULL && (x->p_vaddr != y->p_vaddr || x->p_memsz != y->p_memsz || x->p_flags != y->p_flags))) {
			return true;
		}
	} while (x != NULL);
	return false;
}

static const char *image_fault(const struct gopm__executable *exe, const struct gopm__core_image *image)
{
	if (image == NULL || exe->from_core || exe->mismatch) {
		return NULL;
	}
	if (!image->found) {
		return image->damaged ? "their copy in the core is another one, or damaged" : NULL;
	}
	if (image->has_notes && exe->build_id.size != 0 && image->build_id.size == 0) {
		return "it has a build ID, but its copy in the core has none";
	}
	if (exe->private_->elf.header.e_type != image->elf.header.e_type ||
	    exe->private_->elf.header.e_entry != image->elf.header.e_entry) {
		return "its type or its entry point is not that in the core";
	}
	return loads_differ(&exe->private_->elf, &image->elf) ? "its program headers are not those in the core" : NULL;
}

void gopm__executable_check(struct gopm__executable *exe, const struct gopm__core_image *image)
{
	const char *const faults[] = {segments_fault(&exe->private_->elf), sections_fault(exe),
	                              image_fault(exe, image)};

	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		if (faults[i] != NULL) {
			gopm__finding_add(exe->private_->findings, GOPM_FINDING_BAD_SYMBOLS,
			                  GOPM__AT_FILE(exe->source.name),
			                  "the headers of the executable are damaged: %s", faults[i]);
		}
	}
}
