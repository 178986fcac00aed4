/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the headers and the notes of the virtual core. Its layout: ELF header, program headers, section header 0 if
 * there are 65 535 program headers or more, notes, and from FIRST_OFFSET on the memory. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "core/live/live_private.h"
#include "util/allocate.h"

/* A lazy source reads blocks of this size. No block has parts of two mappings: if one cannot be read, the other can. */
#define RANGE_ALIGN ((uint64_t)64 * 1024)

#if defined(__aarch64__)
enum { MACHINE = EM_AARCH64 };
#else
enum { MACHINE = EM_X86_64 };
#endif

static uint64_t align_up(uint64_t value)
{
	return (value + RANGE_ALIGN - 1) / RANGE_ALIGN * RANGE_ALIGN;
}

/* Adds NT_FILE: a count, the page size, `count` triples (start, end, offset in pages), and then `count` file names. */
static void add_file_note(const struct gopm__live *live, struct gopm__text *notes)
{
	struct gopm__text note = {.size = 0};
	uint64_t head[2] = {0, live->page_size};

	for (size_t i = 0; i < live->maps.count; i++) {
		head[0] += live->maps.maps[i].inode != 0;
	}
	if (head[0] != 0) {
		gopm__text_add(&note, (const char *)head, sizeof head);
	}
	for (size_t i = 0; i < live->maps.count; i++) {
		const struct gopm__live_map *map = &live->maps.maps[i];
		uint64_t row[3] = {map->start, map->end, map->offset / live->page_size};
		if (map->inode != 0) {
			gopm__text_add(&note, (const char *)row, sizeof row);
		}
	}
	for (size_t i = 0; i < live->maps.count; i++) {
		const struct gopm__live_map *map = &live->maps.maps[i];
		if (map->inode != 0) {
			gopm__text_add(&note, live->maps.paths.data + map->path, map->path_size);
			gopm__text_add(&note, "", 1);
		}
	}
	if (head[0] != 0) {
		gopm__live_note(notes, "CORE", NT_FILE, note.data, note.size);
	}
	notes->failed = notes->failed || note.failed;
	gopm__text_free(&note);
}

static void add_notes(const struct gopm__live *live, struct gopm__text *notes)
{
	gopm__live_note(notes, "CORE", NT_PRPSINFO, live->prpsinfo, sizeof live->prpsinfo);
	gopm__text_add(notes, live->thread_notes.data, live->thread_notes.size);
	if (live->auxv.size != 0) {
		gopm__live_note(notes, "CORE", NT_AUXV, live->auxv.data, live->auxv.size);
	}
	add_file_note(live, notes);
}

/* Memory starts here, so that its offsets do not change when notes of threads are added. */
#define FIRST_OFFSET ((uint64_t)16 << 20)

/* Adds a program header and a range for each mapping. */
static void add_loads(struct gopm__live *live, struct gopm__text *head, uint64_t offset)
{
	live->range_count = 0;
	live->size = offset;
	for (size_t i = 0; i < live->maps.count; i++) {
		const struct gopm__live_map *map = &live->maps.maps[i];
		Elf64_Phdr load = {
		    .p_type = PT_LOAD,
		    .p_flags = map->flags,
		    .p_offset = offset,
		    .p_vaddr = map->start,
		    .p_filesz = gopm__live_map_size(live, map),
		    .p_memsz = map->end - map->start,
		    .p_align = live->page_size,
		};
		gopm__text_add(head, (const char *)&load, sizeof load);
		if (load.p_filesz != 0) {
			live->ranges[live->range_count++] = (struct gopm__live_range){
			    offset, load.p_filesz, map->start, gopm__live_map_is_anonymous(live, map)};
			live->size = offset + load.p_filesz;
			offset = align_up(live->size);
		}
	}
}

gopm_status gopm__live_image(struct gopm__live *live, gopm_error **err)
{
	struct gopm__text head = {.size = 0}, notes = {.size = 0};

	gopm_status status = gopm__live_maps_read(live, &live->maps, err);
	if (status != GOPM_OK) {
		return status;
	}
	uint64_t segments = live->maps.count + 1;
	bool many = segments >= PN_XNUM;
	struct gopm__live_range *ranges = gopm__realloc(live->ranges, (size_t)segments * sizeof *ranges);
	if (ranges == NULL) {
		return gopm__fail_memory(err);
	}
	live->ranges = ranges;
	add_notes(live, &notes);
	Elf64_Ehdr header = {
	    .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
	    .e_type = ET_CORE,
	    .e_machine = MACHINE,
	    .e_version = EV_CURRENT,
	    .e_phoff = sizeof header,
	    .e_shoff = many ? sizeof header + segments * sizeof(Elf64_Phdr) : 0,
	    .e_ehsize = sizeof header,
	    .e_phentsize = sizeof(Elf64_Phdr),
	    .e_phnum = (Elf64_Half)(many ? PN_XNUM : segments),
	    .e_shentsize = many ? sizeof(Elf64_Shdr) : 0,
	    .e_shnum = many,
	};
	/* A number of program headers that does not fit the ELF header is in section header 0. */
	Elf64_Shdr zero = {.sh_size = 1, .sh_info = (Elf64_Word)segments};
	uint64_t notes_at = sizeof header + segments * sizeof(Elf64_Phdr) + (many ? sizeof zero : 0);
	Elf64_Phdr note = {.p_type = PT_NOTE, .p_offset = notes_at, .p_filesz = notes.size, .p_align = 4};
	gopm__text_add(&head, (const char *)&header, sizeof header);
	gopm__text_add(&head, (const char *)&note, sizeof note);
	uint64_t first = align_up(notes_at + notes.size);
	add_loads(live, &head, first > FIRST_OFFSET ? first : FIRST_OFFSET);
	if (many) {
		gopm__text_add(&head, (const char *)&zero, sizeof zero);
	}
	gopm__text_add(&head, notes.data, notes.size);
	bool failed = head.failed || notes.failed;
	gopm__text_free(&notes);
	gopm__text_free(&live->head);
	live->head = head;
	if (failed) {
		live->size = 0;
		return gopm__fail_memory(err);
	}
	return GOPM_OK;
}
