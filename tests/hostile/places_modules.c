/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of modules that have C: what unwinds it and names its functions. Of the executable these are sections of its
 * file; of other modules, the pages that the core has, which of the vDSO are all. Entries of the functions that threads
 * are in are places of their own, since most others change no answer. */
#include <stdio.h>
#include <string.h>

#include "hostile/places.h"

#define MAX_PCS 256

struct pcs {
	uint64_t list[MAX_PCS];
	size_t count;
};

static void add_pcs(struct pcs *pcs, gopm_core *core, uint64_t thread)
{
	gopm_stack_options options;
	gopm_stack *stack;
	gopm_frame frames[64];
	size_t got;

	gopm_stack_options_init(&options, sizeof options);
	options.thread_id = thread;
	if (gopm_stack_open(core, &options, &stack, NULL) != GOPM_OK) {
		return;
	}
	if (gopm_stack_frames(stack, 0, frames, sizeof frames[0], 64, &got) == GOPM_OK) {
		for (size_t i = 0; i < got && pcs->count < MAX_PCS; i++) {
			if (frames[i].language != GOPM_LANGUAGE_GO) {
				pcs->list[pcs->count++] = frames[i].pc - 1;
			}
		}
	}
	gopm_stack_free(stack);
}

/* The pcs of frames of threads that are not Go's. */
static void collect_pcs(struct pcs *pcs, gopm_core *core)
{
	gopm_thread_iter *it;
	gopm_thread thread;
	size_t got;

	pcs->count = 0;
	if (gopm_thread_iter_open(core, &it, NULL) == GOPM_OK) {
		while (gopm_thread_iter_next(it, &thread, sizeof thread, 1, &got) == GOPM_OK) {
			add_pcs(pcs, core, thread.id);
		}
		gopm_thread_iter_free(it);
	}
}

static bool covers_pc(const struct pcs *pcs, uint64_t begin, uint64_t size)
{
	for (size_t i = 0; i < pcs->count; i++) {
		if (pcs->list[i] - begin < size) {
			return true;
		}
	}
	return false;
}

/* The bytes of an entry, after its length. Each byte of code can be changed alone. */
static void add_entry(struct places *places, uint8_t *entry, size_t size, bool cie, const char *prefix)
{
	const char *kind = cie ? "CIE" : "FDE";

	place_add(places, entry, 4, ALWAYS, keep_text("%s%s.length", prefix, kind));
	place_add(places, entry + 4, 4, ALWAYS, keep_text("%s%s.%s", prefix, kind, cie ? "id" : "cie_pointer"));
	if (!cie) {
		place_add(places, entry + 8, 4, ALWAYS, keep_text("%sFDE.pc_begin", prefix));
		place_add(places, entry + 12, 4, ALWAYS, keep_text("%sFDE.pc_range", prefix));
	}
	for (size_t i = cie ? 8 : 16; i < size; i++) {
		place_add(places, entry + i, 1, ALWAYS, keep_text("%s%s.code", prefix, kind));
	}
}

/* .eh_frame, whose first byte has this address in the process. */
static void add_frames(struct places *places, const struct pcs *pcs, uint8_t *data, size_t size, uint64_t address,
                       const char *prefix)
{
	for (size_t at = 0; at + 16 <= size;) {
		const uint64_t length = word_at(data + at, 4);
		if (length == 0 || length > size - at - 4) {
			break;
		}
		const uint64_t id = word_at(data + at + 4, 4);
		const uint64_t begin = address + at + 8 + (uint64_t)(int32_t)word_at(data + at + 8, 4);
		if (id != 0 && covers_pc(pcs, begin, word_at(data + at + 12, 4))) {
			add_entry(places, data + at, (size_t)length + 4, false, prefix);
			if (id <= at + 4) {
				uint8_t *cie = data + at + 4 - id;
				add_entry(places, cie, (size_t)word_at(cie, 4) + 4, true, prefix);
			}
		}
		at += (size_t)length + 4;
	}
}

/* .eh_frame_hdr: the header, and the rows. */
static void add_frames_header(struct places *places, uint8_t *data, size_t size, const char *prefix)
{
	for (size_t i = 0; i < 4 && i < size; i++) {
		place_add(places, data + i, 1, ALWAYS, keep_text("%seh_frame_hdr.encoding", prefix));
	}
	place_add(places, data + 4, 4, ALWAYS, keep_text("%seh_frame_hdr.eh_frame", prefix));
	place_add(places, data + 8, 4, ALWAYS, keep_text("%seh_frame_hdr.count", prefix));
	for (size_t i = 12; i + 8 <= size; i += 8) {
		place_add(places, data + i, 4, ALWAYS, keep_text("%seh_frame_hdr.row.pc", prefix));
		place_add(places, data + i + 4, 4, ALWAYS, keep_text("%seh_frame_hdr.row.entry", prefix));
	}
}

static void add_symbols(struct places *places, uint8_t *data, size_t size, const char *prefix)
{
	for (size_t i = 0; i + sizeof(Elf64_Sym) <= size; i += sizeof(Elf64_Sym)) {
		place_add(places, data + i, 4, ALWAYS, keep_text("%ssymbol.st_name", prefix));
		place_add(places, data + i + 4, 1, ALWAYS, keep_text("%ssymbol.st_info", prefix));
		place_add(places, data + i + 6, 2, ALWAYS, keep_text("%ssymbol.st_shndx", prefix));
		place_add(places, data + i + 8, 8, ALWAYS, keep_text("%ssymbol.st_value", prefix));
		place_add(places, data + i + 16, 8, ALWAYS, keep_text("%ssymbol.st_size", prefix));
	}
}

/* The sections of an ELF file of `size` bytes. `address`: of the file's address 0 in the process. */
static void add_sections(struct places *places, const struct pcs *pcs, uint8_t *file, size_t size, uint64_t address,
                         const char *prefix)
{
	Elf64_Ehdr header;
	Elf64_Shdr names, s;

	memcpy(&header, file, sizeof header);
	if (header.e_shoff > size || header.e_shnum > (size - header.e_shoff) / sizeof s ||
	    header.e_shstrndx >= header.e_shnum) {
		return;
	}
	memcpy(&names, file + header.e_shoff + header.e_shstrndx * sizeof s, sizeof names);
	for (size_t i = 0; i < header.e_shnum; i++) {
		memcpy(&s, file + header.e_shoff + i * sizeof s, sizeof s);
		if (s.sh_type == SHT_NOBITS || s.sh_offset > size || s.sh_size > size - s.sh_offset ||
		    names.sh_offset + s.sh_name >= size) {
			continue;
		}
		const char *name = (const char *)file + names.sh_offset + s.sh_name;
		uint8_t *data = file + s.sh_offset;
		if (strcmp(name, ".eh_frame") == 0) {
			add_frames(places, pcs, data, s.sh_size, address + s.sh_addr, prefix);
		} else if (strcmp(name, ".eh_frame_hdr") == 0) {
			add_frames_header(places, data, s.sh_size, prefix);
		} else if (s.sh_type == SHT_DYNSYM) {
			add_symbols(places, data, s.sh_size, prefix);
		} else if (s.sh_type == SHT_DYNAMIC) {
			place_add_region(places, data, s.sh_size, ALWAYS, keep_text("%sdynamic", prefix));
		} else if (strcmp(name, ".dynstr") == 0) {
			place_add_region(places, data, s.sh_size, ALWAYS, keep_text("%sdynamic name", prefix));
		}
		for (size_t k = 0; k < sizeof s; k += 8) {
			place_add(places, file + header.e_shoff + i * sizeof s + k, 8, ALWAYS,
			          keep_text("%ssection", prefix));
		}
	}
}

void collect_modules(struct places *places, const struct target *target)
{
	struct pcs pcs;

	collect_pcs(&pcs, target->core);
	if (exe_file.data != NULL) {
		add_sections(places, &pcs, exe_file.data, exe_file.size, exe_bias, "exe ");
	}
	for (size_t i = 0; i < core_file.segment_count; i++) {
		const Elf64_Phdr *p = &core_file.segments[i];
		uint8_t *image = core_file.data + p->p_offset;
		if (p->p_type != PT_LOAD || p->p_filesz < PAGE_BYTES || p->p_offset + p->p_filesz > core_file.size ||
		    memcmp(image, ELFMAG, SELFMAG) != 0) {
			continue;
		}
		/* Of a library the core has the first page, and no sections. */
		place_add_elf(places, image, PAGE_BYTES, "module ");
		add_sections(places, &pcs, image, p->p_filesz, p->p_vaddr, "vdso ");
	}
}
