/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testprogram.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static void add_compressed(struct elf_builder *b)
{
	uint8_t plain[5000], packed[6000];
	Elf64_Chdr header = {.ch_type = ELFCOMPRESS_ZLIB, .ch_size = sizeof plain, .ch_addralign = 1};
	struct elf_bytes bytes = {NULL, 0, 0};

	for (size_t i = 0; i < sizeof plain; i++) {
		plain[i] = (uint8_t)(i / 100);
	}
	uLongf size = sizeof packed;
	if (compress(packed, &size, plain, sizeof plain) != Z_OK) {
		abort();
	}
	elf_bytes_add(&bytes, &header, sizeof header);
	elf_bytes_add(&bytes, packed, size);
	elf_builder_section(b, ".debug_info", SHT_PROGBITS, SHF_COMPRESSED, 0, bytes.data, bytes.size);
	elf_bytes_free(&bytes);

	elf_bytes_add(&bytes, "ZLIB\0\0\0\0\0\0\x13\x88", 12);
	elf_bytes_add(&bytes, packed, size);
	elf_builder_section(b, ".zdebug_line", SHT_PROGBITS, 0, 0, bytes.data, bytes.size);
	elf_bytes_free(&bytes);

	header.ch_type = 2;
	elf_bytes_add(&bytes, &header, sizeof header);
	elf_bytes_add(&bytes, packed, ZSTD_compress(packed, sizeof packed, plain, sizeof plain, 1));
	elf_builder_section(b, ".debug_abbrev", SHT_PROGBITS, SHF_COMPRESSED, 0, bytes.data, bytes.size);
	/* Notes with a length that is too small or too large, and one of a wrong kind. */
	header.ch_size = (uint64_t)1 << 40;
	memcpy(bytes.data, &header, sizeof header);
	elf_builder_section(b, ".debug_huge", SHT_PROGBITS, SHF_COMPRESSED, 0, bytes.data, bytes.size);
	header.ch_size = 4999;
	memcpy(bytes.data, &header, sizeof header);
	elf_builder_section(b, ".debug_short", SHT_PROGBITS, SHF_COMPRESSED, 0, bytes.data, bytes.size);
	header.ch_type = 77;
	memcpy(bytes.data, &header, sizeof header);
	elf_builder_section(b, ".debug_odd", SHT_PROGBITS, SHF_COMPRESSED, 0, bytes.data, bytes.size);
	elf_builder_section(b, ".debug_tiny", SHT_PROGBITS, SHF_COMPRESSED, 0, "abc", 3);
	elf_bytes_free(&bytes);
}

/* `shift`: difference of the addresses in the file to the constants above. */
static void add_symbols(struct elf_builder *b, uint64_t shift)
{
	static const char names[] = "\0runtime.allgs\0runtime.main\0_rt0\0runtime.main\0nowhere";
	const Elf64_Sym symbols[] = {
	    {.st_name = 0},
	    {.st_name = 1,
	     .st_info = ELF64_ST_INFO(STB_LOCAL, STT_OBJECT),
	     .st_shndx = 1,
	     .st_value = PROGRAM_DATA + 8 - shift,
	     .st_size = 24},
	    {.st_name = 15,
	     .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
	     .st_shndx = 1,
	     .st_value = PROGRAM_TEXT + 32 - shift},
	    {.st_name = 28,
	     .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
	     .st_shndx = 1,
	     .st_value = PROGRAM_ENTRY - shift},
	    {.st_name = 33,
	     .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
	     .st_shndx = 1,
	     .st_value = PROGRAM_TEXT + 64 - shift},
	    {.st_name = 46, .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC), .st_shndx = SHN_UNDEF, .st_value = 5},
	    {.st_name = 100000, .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC), .st_shndx = 1, .st_value = 5},
	};

	size_t strings = b->section_count + 1;
	elf_builder_section(b, ".strtab", SHT_STRTAB, 0, 0, names, sizeof names);
	struct elf_builder_section *s = elf_builder_section(b, ".symtab", SHT_SYMTAB, 0, 0, symbols, sizeof symbols);
	s->header.sh_link = (Elf64_Word)strings;
	s->header.sh_entsize = sizeof(Elf64_Sym);
}

void test_section_in_segment(uint8_t *program, size_t section, size_t segment)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)(void *)program;
	const Elf64_Phdr *from = (const Elf64_Phdr *)(void *)(program + header->e_phoff) + segment;
	Elf64_Shdr *to = (Elf64_Shdr *)(void *)(program + header->e_shoff) + section;

	to->sh_offset = from->p_offset;
	to->sh_size = from->p_filesz;
}

uint8_t *test_program_make(const struct test_program *p, size_t *size)
{
	struct elf_builder b;
	uint64_t base = p->pie ? 0 : PROGRAM_BASE;
	struct elf_bytes notes = {NULL, 0, 0};
	uint8_t bytes[256];

	elf_builder_init(&b, p->pie ? ET_DYN : ET_EXEC);
	b.header.e_entry = base + (PROGRAM_ENTRY - PROGRAM_BASE);
	b.header_in_first = true;
	if (p->go_id != NULL) {
		elf_bytes_u32(&notes, 4);
		elf_bytes_u32(&notes, (uint32_t)strlen(p->go_id));
		elf_bytes_u32(&notes, 4);
		elf_bytes_add(&notes, "Go\0\0", 4);
		elf_bytes_add(&notes, p->go_id, strlen(p->go_id));
		elf_bytes_zero(&notes, (4 - notes.size % 4) % 4);
	}
	size_t in_segment = notes.size;
	if (p->build_id != NULL) {
		elf_bytes_note(&notes, "GNU", NT_GNU_BUILD_ID, p->build_id, 20);
		in_segment = p->id_outside_segment ? in_segment : notes.size;
	}
	/* Five program headers; the notes come after them. */
	size_t headers = sizeof(Elf64_Ehdr) + 5 * sizeof(Elf64_Phdr);
	elf_bytes_zero(&notes, 0x1000 - headers - notes.size);
	elf_builder_load(&b, base, notes.data, notes.size, 0x1000, PF_R);
	memset(bytes, 0xcc, sizeof bytes);
	elf_builder_load(&b, base + (PROGRAM_TEXT - PROGRAM_BASE), bytes, sizeof bytes - p->less_text,
	                 sizeof bytes - p->less_text, PF_R | PF_X);
	memset(bytes, 0xdd, sizeof bytes);
	elf_builder_load(&b, base + (PROGRAM_DATA - PROGRAM_BASE), bytes, 64, 4096, PF_R | PF_W);
	struct elf_builder_segment *s = elf_builder_segment(&b, PT_PHDR);
	s->header.p_vaddr = base + sizeof(Elf64_Ehdr);
	s = elf_builder_segment(&b, PT_NOTE);
	s->header.p_vaddr = base + headers;
	s->header.p_offset = headers;
	s->header.p_filesz = in_segment;
	s->header.p_align = 4;
	if (!p->no_sections) {
		elf_builder_section(&b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
		                    base + (PROGRAM_TEXT - PROGRAM_BASE), "\xcc", 1);
		elf_builder_section(&b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE,
		                    base + (PROGRAM_DATA - PROGRAM_BASE) + 64, NULL, 64);
		if (!p->stripped) {
			add_compressed(&b);
			add_symbols(&b, PROGRAM_BASE - base);
		}
		if (p->debuglink != NULL) {
			struct elf_bytes link = {NULL, 0, 0};
			elf_bytes_add(&link, p->debuglink, strlen(p->debuglink) + 1);
			elf_bytes_zero(&link, (4 - link.size % 4) % 4);
			elf_bytes_u32(&link, p->checksum);
			elf_builder_section(&b, ".gnu_debuglink", SHT_PROGBITS, 0, 0, link.data, link.size);
			elf_bytes_free(&link);
		}
	}
	uint8_t *data = elf_builder_finish(&b, size);
	if (!p->no_sections) {
		test_section_in_segment(data, 1, 1);
	}
	elf_builder_free(&b);
	elf_bytes_free(&notes);
	return data;
}

uint8_t *test_process_core(const struct test_process *p, const uint8_t *program, size_t program_size, size_t *size)
{
	struct elf_builder b;
	uint8_t page[4096] = {0}, data[128];
	uint64_t base = PROGRAM_BASE + p->bias;
	const struct elf_builder_mapping file = {base, base + 0x1000, 0, p->path};

	memcpy(page, program, program_size < sizeof page ? program_size : sizeof page);
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 1, 0, PROGRAM_ENTRY + p->bias, 0, 0);
	if (!p->no_auxv) {
		elf_builder_auxv(&b, PROGRAM_ENTRY + p->bias, base + sizeof(Elf64_Ehdr));
	}
	if (p->path != NULL) {
		elf_builder_files(&b, &file, 1);
	}
	memset(data, 0xee, sizeof data);
	elf_builder_load(&b, base, page, p->no_header ? 0 : sizeof page, sizeof page, PF_R);
	memset(page, p->same_text ? 0xcc : 0xab, sizeof page);
	elf_builder_load(&b, PROGRAM_TEXT + p->bias, page, p->with_text || p->same_text ? sizeof page : 0, sizeof page,
	                 PF_R | PF_X);
	elf_builder_load(&b, PROGRAM_DATA + p->bias, data, p->data_size, 4096, PF_R | PF_W);
	elf_builder_load(&b, 0xc000000000, data, 8, 4096, PF_R | PF_W);
	uint8_t *core = elf_builder_finish(&b, size);
	elf_builder_free(&b);
	return core;
}
