/* SPDX-License-Identifier: Apache-2.0 */
#include "support/elfbuilder.h"

#include <stdlib.h>
#include <string.h>

static void *grow(void *old, size_t count, size_t *capacity, size_t unit)
{
	if (count < *capacity) {
		return old;
	}
	*capacity = *capacity != 0 ? *capacity * 2 : 16;
	while (*capacity <= count) {
		*capacity *= 2;
	}
	void *new = realloc(old, *capacity * unit);
	if (new == NULL) {
		abort();
	}
	return new;
}

void elf_bytes_add(struct elf_bytes *bytes, const void *data, size_t size)
{
	bytes->data = grow(bytes->data, bytes->size + size, &bytes->capacity, 1);
	if (size != 0) {
		memcpy(bytes->data + bytes->size, data, size);
	}
	bytes->size += size;
}

void elf_bytes_zero(struct elf_bytes *bytes, size_t size)
{
	bytes->data = grow(bytes->data, bytes->size + size, &bytes->capacity, 1);
	memset(bytes->data + bytes->size, 0, size);
	bytes->size += size;
}

void elf_bytes_u32(struct elf_bytes *bytes, uint32_t value)
{
	elf_bytes_add(bytes, &value, sizeof value);
}

void elf_bytes_u64(struct elf_bytes *bytes, uint64_t value)
{
	elf_bytes_add(bytes, &value, sizeof value);
}

void elf_bytes_free(struct elf_bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct elf_bytes){NULL, 0, 0};
}

static void pad(struct elf_bytes *bytes, size_t unit)
{
	elf_bytes_zero(bytes, (unit - bytes->size % unit) % unit);
}

void elf_bytes_note(struct elf_bytes *bytes, const char *name, uint32_t type, const void *data, size_t size)
{
	elf_bytes_u32(bytes, (uint32_t)strlen(name) + 1);
	elf_bytes_u32(bytes, (uint32_t)size);
	elf_bytes_u32(bytes, type);
	elf_bytes_add(bytes, name, strlen(name) + 1);
	pad(bytes, 4);
	elf_bytes_add(bytes, data, size);
	pad(bytes, 4);
}

void elf_builder_init(struct elf_builder *b, uint16_t type)
{
	*b = (struct elf_builder){.notes_last = false};
	memcpy(b->header.e_ident, ELFMAG, SELFMAG);
	b->header.e_ident[EI_CLASS] = ELFCLASS64;
	b->header.e_ident[EI_DATA] = ELFDATA2LSB;
	b->header.e_ident[EI_VERSION] = EV_CURRENT;
	b->header.e_type = type;
	b->header.e_machine = EM_X86_64;
	b->header.e_version = EV_CURRENT;
	b->header.e_ehsize = sizeof(Elf64_Ehdr);
}

void elf_builder_free(struct elf_builder *b)
{
	for (size_t i = 0; i < b->segment_count; i++) {
		elf_bytes_free(&b->segments[i].data);
	}
	for (size_t i = 0; i < b->section_count; i++) {
		elf_bytes_free(&b->sections[i].data);
	}
	free(b->segments);
	free(b->sections);
	elf_bytes_free(&b->notes);
	*b = (struct elf_builder){.notes_last = false};
}

struct elf_builder_segment *elf_builder_segment(struct elf_builder *b, uint32_t type)
{
	b->segments = grow(b->segments, b->segment_count, &b->segment_capacity, sizeof *b->segments);
	struct elf_builder_segment *s = &b->segments[b->segment_count++];
	*s = (struct elf_builder_segment){.header = {.p_type = type, .p_align = 1}};
	return s;
}

struct elf_builder_segment *elf_builder_load(struct elf_builder *b, uint64_t address, const void *data, size_t size,
                                             uint64_t memory_size, uint32_t flags)
{
	struct elf_builder_segment *s = elf_builder_segment(b, PT_LOAD);
	s->header.p_vaddr = s->header.p_paddr = address;
	s->header.p_filesz = size;
	s->header.p_memsz = memory_size;
	s->header.p_flags = flags;
	elf_bytes_add(&s->data, data, size);
	return s;
}

struct elf_builder_section *elf_builder_section(struct elf_builder *b, const char *name, uint32_t type, uint64_t flags,
                                                uint64_t address, const void *data, size_t size)
{
	b->sections = grow(b->sections, b->section_count, &b->section_capacity, sizeof *b->sections);
	struct elf_builder_section *s = &b->sections[b->section_count++];
	*s = (struct elf_builder_section){
	    .header = {.sh_type = type, .sh_flags = flags, .sh_addr = address, .sh_size = size, .sh_addralign = 1}};
	if (strlen(name) >= sizeof s->name) {
		abort();
	}
	memcpy(s->name, name, strlen(name) + 1);
	if (type != SHT_NOBITS) {
		elf_bytes_add(&s->data, data, size);
	}
	return s;
}

static void put32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof value);
}

static void put64(uint8_t *at, uint64_t value)
{
	memcpy(at, &value, sizeof value);
}

void elf_builder_thread(struct elf_builder *b, uint32_t id, uint16_t signal, uint64_t pc, uint64_t sp, uint64_t r14)
{
	uint8_t prstatus[336] = {0};

	memcpy(prstatus + 12, &signal, sizeof signal);
	put32(prstatus + 32, id);
	put64(prstatus + 112 + 8 * 16, pc);
	put64(prstatus + 112 + 8 * 19, sp);
	put64(prstatus + 112 + 8 * 1, r14);
	elf_bytes_note(&b->notes, "CORE", NT_PRSTATUS, prstatus, sizeof prstatus);
}

void elf_builder_siginfo(struct elf_builder *b, int32_t signal, int32_t code, uint64_t address)
{
	uint8_t siginfo[128] = {0};

	put32(siginfo, (uint32_t)signal);
	put32(siginfo + 8, (uint32_t)code);
	put64(siginfo + 16, address);
	elf_bytes_note(&b->notes, "CORE", NT_SIGINFO, siginfo, sizeof siginfo);
}

void elf_builder_auxv(struct elf_builder *b, uint64_t entry, uint64_t phdr)
{
	uint64_t auxv[] = {AT_PAGESZ, 4096, AT_PHDR, phdr, AT_ENTRY, entry, AT_NULL, 0};
	elf_bytes_note(&b->notes, "CORE", NT_AUXV, auxv, sizeof auxv);
}

void elf_builder_prpsinfo(struct elf_builder *b, uint32_t pid, const char *arguments)
{
	uint8_t prpsinfo[136] = {0};
	size_t size = strlen(arguments);

	put32(prpsinfo + 24, pid);
	memcpy(prpsinfo + 56, arguments, size < 80 ? size : 80);
	elf_bytes_note(&b->notes, "CORE", NT_PRPSINFO, prpsinfo, sizeof prpsinfo);
}

void elf_builder_files(struct elf_builder *b, const struct elf_builder_mapping *mappings, size_t count)
{
	struct elf_bytes note = {NULL, 0, 0};

	elf_bytes_u64(&note, count);
	elf_bytes_u64(&note, 4096);
	for (size_t i = 0; i < count; i++) {
		elf_bytes_u64(&note, mappings[i].start);
		elf_bytes_u64(&note, mappings[i].end);
		elf_bytes_u64(&note, mappings[i].page);
	}
	for (size_t i = 0; i < count; i++) {
		elf_bytes_add(&note, mappings[i].path, strlen(mappings[i].path) + 1);
	}
	elf_bytes_note(&b->notes, "CORE", NT_FILE, note.data, note.size);
	elf_bytes_free(&note);
}

struct layout {
	struct elf_bytes out;
	Elf64_Ehdr header;
	Elf64_Phdr *program;
	size_t program_count;
};

static void put_notes(const struct elf_builder *b, struct layout *l)
{
	pad(&l->out, 4);
	l->program[0].p_offset = l->out.size;
	elf_bytes_add(&l->out, b->notes.data, b->notes.size);
}

static void put_segments(const struct elf_builder *b, struct layout *l, size_t first)
{
	for (size_t i = 0; i < b->segment_count; i++) {
		Elf64_Phdr *p = &l->program[first + i];
		if (b->header_in_first && i == 0) {
			/* The segment includes the headers; its bytes follow them. */
			p->p_offset = 0;
			elf_bytes_add(&l->out, b->segments[i].data.data, b->segments[i].data.size);
			p->p_filesz = l->out.size;
			if (p->p_memsz < p->p_filesz) {
				p->p_memsz = p->p_filesz;
			}
		} else if (b->segments[i].data.size != 0) {
			pad(&l->out, 16);
			p->p_offset = l->out.size;
			elf_bytes_add(&l->out, b->segments[i].data.data, b->segments[i].data.size);
		}
	}
}

static void put_sections(const struct elf_builder *b, struct layout *l)
{
	size_t count = b->section_count != 0 ? b->section_count + 2 : 1;
	Elf64_Shdr *table = calloc(count, sizeof *table);
	struct elf_bytes names = {NULL, 0, 0};

	if (table == NULL) {
		abort();
	}
	elf_bytes_add(&names, "", 1);
	for (size_t i = 0; i < b->section_count; i++) {
		Elf64_Shdr *s = &table[i + 1];
		*s = b->sections[i].header;
		s->sh_name = (Elf64_Word)names.size;
		elf_bytes_add(&names, b->sections[i].name, strlen(b->sections[i].name) + 1);
		pad(&l->out, 16);
		s->sh_offset = l->out.size;
		elf_bytes_add(&l->out, b->sections[i].data.data, b->sections[i].data.size);
	}
	if (b->section_count != 0) {
		Elf64_Shdr *s = &table[count - 1];
		*s = (Elf64_Shdr){.sh_name = (Elf64_Word)names.size, .sh_type = SHT_STRTAB};
		elf_bytes_add(&names, ".shstrtab", 10);
		s->sh_offset = l->out.size;
		s->sh_size = names.size;
		elf_bytes_add(&l->out, names.data, names.size);
	}
	if (l->program_count >= PN_XNUM) {
		table[0].sh_info = (Elf64_Word)l->program_count;
	}
	pad(&l->out, 8);
	l->header.e_shoff = l->out.size;
	l->header.e_shentsize = sizeof *table;
	l->header.e_shnum = (Elf64_Half)count;
	l->header.e_shstrndx = (Elf64_Half)(b->section_count != 0 ? count - 1 : 0);
	elf_bytes_add(&l->out, table, count * sizeof *table);
	elf_bytes_free(&names);
	free(table);
}

uint8_t *elf_builder_finish(struct elf_builder *b, size_t *size)
{
	struct layout l = {.header = b->header};
	size_t first = b->notes.size != 0;

	l.program_count = b->segment_count + first;
	l.program = calloc(l.program_count + 1, sizeof *l.program);
	if (l.program == NULL) {
		abort();
	}
	if (first != 0) {
		l.program[0] = (Elf64_Phdr){.p_type = PT_NOTE, .p_filesz = b->notes.size, .p_align = 4};
	}
	for (size_t i = 0; i < b->segment_count; i++) {
		l.program[first + i] = b->segments[i].header;
	}
	elf_bytes_zero(&l.out, sizeof l.header + l.program_count * sizeof *l.program);
	if (first != 0 && !b->notes_last) {
		put_notes(b, &l);
	}
	put_segments(b, &l, first);
	if (first != 0 && b->notes_last) {
		put_notes(b, &l);
	}
	if (b->section_count != 0 || l.program_count >= PN_XNUM) {
		put_sections(b, &l);
	}
	if (l.program_count != 0) {
		l.header.e_phoff = sizeof l.header;
		l.header.e_phentsize = sizeof *l.program;
		l.header.e_phnum = (Elf64_Half)(l.program_count < PN_XNUM ? l.program_count : PN_XNUM);
	}
	memcpy(l.out.data, &l.header, sizeof l.header);
	memcpy(l.out.data + sizeof l.header, l.program, l.program_count * sizeof *l.program);
	free(l.program);
	*size = l.out.size;
	return l.out.data;
}
