/* SPDX-License-Identifier: Apache-2.0 */
/* The ELF header, program headers and notes of the core. */
#include <string.h>

#include "hostile/places.h"

struct field {
	const char *name;
	size_t offset, size;
};

#define EHDR(member)                                                                                                   \
	{                                                                                                              \
		"header." #member, offsetof(Elf64_Ehdr, member), sizeof(((Elf64_Ehdr *)NULL)->member)                  \
	}
#define PHDR(member)                                                                                                   \
	{                                                                                                              \
#member, offsetof(Elf64_Phdr, member), sizeof(((Elf64_Phdr *)NULL)->member)                            \
	}

static const struct field header_fields[] = {
    {"header.magic", 0, 4}, {"header.class", 4, 1}, {"header.data", 5, 1}, {"header.version", 6, 1},
    {"header.osabi", 7, 1}, {"header.pad", 8, 8},   EHDR(e_type),          EHDR(e_machine),
    EHDR(e_version),        EHDR(e_entry),          EHDR(e_phoff),         EHDR(e_shoff),
    EHDR(e_flags),          EHDR(e_ehsize),         EHDR(e_phentsize),     EHDR(e_phnum),
    EHDR(e_shentsize),      EHDR(e_shnum),          EHDR(e_shstrndx),
};
#define SHDR(member)                                                                                                   \
	{                                                                                                              \
#member, offsetof(Elf64_Shdr, member), sizeof(((Elf64_Shdr *)NULL)->member)                            \
	}
static const struct field section_fields[] = {SHDR(sh_name),      SHDR(sh_type),   SHDR(sh_flags), SHDR(sh_addr),
                                              SHDR(sh_offset),    SHDR(sh_size),   SHDR(sh_link),  SHDR(sh_info),
                                              SHDR(sh_addralign), SHDR(sh_entsize)};
static const struct field segment_fields[] = {PHDR(p_type),  PHDR(p_flags),  PHDR(p_offset), PHDR(p_vaddr),
                                              PHDR(p_paddr), PHDR(p_filesz), PHDR(p_memsz),  PHDR(p_align)};

static const char *segment_name(uint32_t type)
{
	return type == PT_LOAD      ? "PT_LOAD"
	       : type == PT_NOTE    ? "PT_NOTE"
	       : type == PT_DYNAMIC ? "PT_DYNAMIC"
	                            : "segment";
}

void place_add_elf(struct places *places, uint8_t *file, size_t size, const char *prefix)
{
	Elf64_Ehdr header;

	memcpy(&header, file, sizeof header);
	for (size_t i = 0; i < sizeof header_fields / sizeof header_fields[0]; i++) {
		const struct field *f = &header_fields[i];
		place_add(places, file + f->offset, f->size, ALWAYS, keep_text("%s%s", prefix, f->name));
	}
	for (size_t i = 0; i < header.e_phnum; i++) {
		const uint64_t offset = header.e_phoff + i * sizeof(Elf64_Phdr);
		if (offset > size || size - offset < sizeof(Elf64_Phdr)) {
			break;
		}
		uint8_t *at = file + offset;
		const char *name = segment_name((uint32_t)word_at(at, 4));
		for (size_t k = 0; k < sizeof segment_fields / sizeof segment_fields[0]; k++) {
			const struct field *f = &segment_fields[k];
			place_add(places, at + f->offset, f->size, ALWAYS, keep_text("%s%s.%s", prefix, name, f->name));
		}
	}
}

void collect_elf(struct places *places, const struct target *target)
{
	(void)target;
	place_add_elf(places, core_file.data, core_file.size, "");
}

static void add_sections(struct places *places)
{
	const Elf64_Ehdr *h = &exe_file.header;

	for (size_t i = 0; h->e_shoff != 0 && i < h->e_shnum; i++) {
		const uint64_t offset = h->e_shoff + i * sizeof(Elf64_Shdr);
		if (offset > exe_file.size || exe_file.size - offset < sizeof(Elf64_Shdr)) {
			break;
		}
		for (size_t k = 0; k < sizeof section_fields / sizeof section_fields[0]; k++) {
			const struct field *f = &section_fields[k];
			place_add(places, exe_file.data + offset + f->offset, f->size, ALWAYS,
			          keep_text("exe section.%s", f->name));
		}
	}
}

/* The headers of the executable: in its file, or in the first page of its copy in the core. */
void collect_executable(struct places *places, const struct target *target)
{
	(void)target;
	if (exe_file.data != NULL) {
		place_add_elf(places, exe_file.data, exe_file.size, "exe ");
		add_sections(places);
		return;
	}
	for (size_t i = 0; i < core_file.segment_count; i++) {
		const Elf64_Phdr *p = &core_file.segments[i];
		if (p->p_type == PT_LOAD && p->p_filesz >= PAGE_BYTES && p->p_offset + p->p_filesz <= core_file.size &&
		    memcmp(core_file.data + p->p_offset, ELFMAG, SELFMAG) == 0) {
			place_add_elf(places, core_file.data + p->p_offset, PAGE_BYTES, "exe ");
		}
	}
}

static const char *note_name(const uint8_t *note, const Elf64_Nhdr *header)
{
	if (header->n_namesz != 0 && memcmp(note + sizeof *header, "CORE", 4) != 0 &&
	    memcmp(note + sizeof *header, "LINUX", 5) != 0) {
		return "own note"; /* of a small core */
	}
	switch (header->n_type) {
	case NT_PRSTATUS:
		return "NT_PRSTATUS";
	case NT_PRPSINFO:
		return "NT_PRPSINFO";
	case NT_AUXV:
		return "NT_AUXV";
	case NT_FILE:
		return "NT_FILE";
	case NT_SIGINFO:
		return "NT_SIGINFO";
	default:
		return "other note";
	}
}

/* The part of a note's descriptor: offsets are those of elf_prstatus and of NT_FILE on 64-bit Linux. */
static const char *part_of(const uint8_t *descriptor, const Elf64_Nhdr *header, size_t offset)
{
	if (header->n_type == NT_PRSTATUS) {
		return offset < 16                                      ? ".signal"
		       : offset == 32                                   ? ".pid"
		       : offset >= 112 && offset < header->n_descsz - 8 ? ".register"
		                                                        : ".rest";
	}
	if (header->n_type == NT_FILE && header->n_descsz >= 16) {
		const uint64_t count = word_at(descriptor, 8);
		if (offset < 16) {
			return offset == 0 ? ".count" : ".page_size";
		}
		if (offset < 16 + count * 24) {
			return (offset - 16) % 24 == 16 ? ".offset" : ".range";
		}
		return ".path";
	}
	if (header->n_type == NT_AUXV) {
		return offset % 16 == 0 ? ".type" : ".value";
	}
	return "";
}

static void collect_note(struct places *places, uint8_t *note, const Elf64_Nhdr *header, size_t name_size)
{
	const char *name = note_name(note, header);
	uint8_t *descriptor = note + sizeof *header + name_size;

	place_add(places, note, 4, ALWAYS, keep_text("%s.n_namesz", name));
	place_add(places, note + 4, 4, ALWAYS, keep_text("%s.n_descsz", name));
	place_add(places, note + 8, 4, ALWAYS, keep_text("%s.n_type", name));
	place_add(places, note + sizeof *header, header->n_namesz, ALWAYS, keep_text("%s.name", name));
	/* A long list of files must not hide the registers. */
	for (size_t i = 0; i < header->n_descsz && i < 2048; i += 8) {
		const size_t left = header->n_descsz - i;
		place_add(places, descriptor + i, left, ALWAYS,
		          keep_text("%s%s", name, part_of(descriptor, header, i)));
	}
}

void collect_notes(struct places *places, const struct target *target)
{
	(void)target;
	for (size_t i = 0; i < core_file.segment_count; i++) {
		const Elf64_Phdr *p = &core_file.segments[i];
		if (p->p_type != PT_NOTE || p->p_offset > core_file.size ||
		    p->p_filesz > core_file.size - p->p_offset) {
			continue;
		}
		for (size_t at = 0; at + sizeof(Elf64_Nhdr) <= p->p_filesz;) {
			Elf64_Nhdr header;
			uint8_t *note = core_file.data + p->p_offset + at;
			memcpy(&header, note, sizeof header);
			const size_t name_size = (header.n_namesz + 3u) & ~(size_t)3;
			const size_t size = sizeof header + name_size + (((size_t)header.n_descsz + 3) & ~(size_t)3);
			if (size > p->p_filesz - at) {
				break;
			}
			collect_note(places, note, &header, name_size);
			at += size;
		}
	}
}
