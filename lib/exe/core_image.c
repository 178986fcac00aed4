/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the ELF header, the program headers and the build IDs of a file from the memory of the core. */
#include <stdlib.h>
#include <string.h>

#include "core/note.h"
#include "exe/executable_private.h"
#include "util/allocate.h"

/* Limit for the offset of the program headers. A core with the default filter has only the first page of a file. */
#define MAX_HEADER_BYTES ((uint64_t)64 * 1024)
#define MAX_BUILD_ID 64
/* Number of segments that are searched for an ELF header. The program is the first or among the first. */
#define MAX_SEARCHED ((size_t)256)

static gopm_str hex_text(struct gopm__arena *arena, const uint8_t *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * MAX_BUILD_ID];

	for (size_t i = 0; i < size; i++) {
		text[2 * i] = digits[data[i] >> 4];
		text[2 * i + 1] = digits[data[i] & 15];
	}
	return gopm__arena_str(arena, text, 2 * size);
}

static bool is_gnu_build_id(const struct gopm__note *note)
{
	return gopm__note_is(note, "GNU", NT_GNU_BUILD_ID) && note->size != 0 && note->size <= MAX_BUILD_ID;
}

gopm_status gopm__build_ids(struct gopm__arena *arena, const uint8_t *data, size_t size, uint64_t align, gopm_str *gnu,
                            gopm_str *go)
{
	struct gopm__cursor c = gopm__cursor(data, size);
	struct gopm__note note;

	while (gopm__note_next(&c, align, &note) == GOPM__NOTE_OK) {
		if (gnu->data == NULL && is_gnu_build_id(&note)) {
			*gnu = hex_text(arena, note.data, note.size);
			if (gnu->data == NULL) {
				return GOPM_ERR_NO_MEMORY;
			}
		}
		/* cmd/link's elf.go: ELF_NOTE_GOBUILDID_TAG is 4. */
		if (go->data == NULL && gopm__note_is(&note, "Go", 4) && note.size != 0) {
			*go = gopm__arena_str(arena, (const char *)note.data, note.size);
			if (go->data == NULL) {
				return GOPM_ERR_NO_MEMORY;
			}
		}
	}
	return GOPM_OK;
}

gopm_status gopm__build_id_scan(struct gopm__arena *arena, const uint8_t *data, size_t size, gopm_str *gnu)
{
	for (size_t at = 0; at + 16 <= size && gnu->data == NULL; at += 4) {
		struct gopm__cursor c = gopm__cursor(data + at, size - at);
		struct gopm__note note;
		if (gopm__load32(data + at) == 4 && gopm__note_next(&c, 4, &note) == GOPM__NOTE_OK &&
		    is_gnu_build_id(&note) && note.size >= 8) {
			*gnu = hex_text(arena, note.data, note.size);
			if (gnu->data == NULL) {
				return GOPM_ERR_NO_MEMORY;
			}
		}
	}
	return GOPM_OK;
}

const struct gopm__file_mapping *gopm__executable_mapping(const struct gopm__corefile *core)
{
	for (size_t i = 0; i < core->file_count; i++) {
		const struct gopm__file_mapping *m = &core->files[i];
		if ((core->phdr != 0 && core->phdr >= m->start && core->phdr < m->end) ||
		    (core->entry != 0 && core->entry >= m->start && core->entry < m->end)) {
			return m;
		}
	}
	/* No auxiliary vector: take the file at the lowest address. Linux places the program there. */
	return core->phdr == 0 && core->entry == 0 && core->file_count != 0 ? &core->files[0] : NULL;
}

/* Reads the ELF header and the program headers at `address`. If there are none, image->found stays false. */
static gopm_status read_image_headers(struct gopm__core_image *image, struct gopm__reader *reader, uint64_t address)
{
	Elf64_Ehdr header;

	if (gopm__read_copy(reader, address, &header, sizeof header) != sizeof header ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(Elf64_Phdr) ||
	    header.e_phnum == 0 || header.e_phnum == PN_XNUM || header.e_phoff < sizeof header ||
	    header.e_phoff > MAX_HEADER_BYTES) {
		return GOPM_OK;
	}
	size_t size = (size_t)header.e_phoff + (size_t)header.e_phnum * sizeof(Elf64_Phdr);
	uint8_t *bytes = gopm__calloc(1, size);
	if (bytes == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	char name[] = "executable in the core";
	struct gopm__source source = {.base = bytes, .size = size, .name = name, .compression = ""};
	if (gopm__read_copy(reader, address, bytes, size) != size ||
	    gopm__elf_open(&image->elf, &source, "executable", NULL) != GOPM_OK) {
		free(bytes);
		return GOPM_OK;
	}
	image->bytes = bytes;
	image->size = size;
	image->address = address;
	for (size_t i = 0; i < image->elf.segment_count; i++) {
		const GElf_Phdr *p = &image->elf.segments[i];
		if (p->p_type == PT_LOAD && p->p_offset == 0) {
			image->bias = address - p->p_vaddr;
			image->found = true;
			break;
		}
	}
	if (!image->found) {
		gopm__core_image_free(image);
	}
	return GOPM_OK;
}

static gopm_status read_image_notes(struct gopm__core_image *image, struct gopm__arena *arena,
                                    struct gopm__reader *reader)
{
	uint8_t buffer[4096];
	gopm_status status = GOPM_OK;

	for (size_t i = 0; i < image->elf.segment_count && status == GOPM_OK; i++) {
		const GElf_Phdr *p = &image->elf.segments[i];
		if (p->p_type != PT_NOTE) {
			continue;
		}
		size_t size = p->p_filesz < sizeof buffer ? (size_t)p->p_filesz : sizeof buffer;
		size_t got = gopm__read_copy(reader, image->bias + p->p_vaddr, buffer, size);
		image->has_notes = image->has_notes || (size != 0 && got == size);
		status = gopm__build_ids(arena, buffer, got, p->p_align, &image->build_id, &image->go_build_id);
	}
	if (status == GOPM_OK && image->build_id.data == NULL) {
		size_t got = gopm__read_copy(reader, image->address, buffer, sizeof buffer);
		status = gopm__build_id_scan(arena, buffer, got, &image->build_id);
	}
	return status;
}

gopm_status gopm__core_image_at(struct gopm__core_image *image, struct gopm__arena *arena,
                                const struct gopm__corefile *core, uint64_t address)
{
	struct gopm__reader reader = gopm__reader(&core->memory);

	*image = (struct gopm__core_image){.found = false};
	gopm_status status = read_image_headers(image, &reader, address);
	if (status == GOPM_OK && image->found) {
		status = read_image_notes(image, arena, &reader);
	}
	if (status != GOPM_OK) {
		gopm__core_image_free(image);
	}
	return status;
}

/* Finds the program without notes. It is the first mapping that begins with an ELF header and has a Go build ID. gdb
 * writes the notes at the end of a core, so a truncated one has none. */
static gopm_status search_image(struct gopm__core_image *image, struct gopm__arena *arena,
                                const struct gopm__corefile *core, struct gopm__reader *reader)
{
	gopm_status status = GOPM_OK;

	for (size_t i = 0; i < core->load_count && i < MAX_SEARCHED && status == GOPM_OK; i++) {
		status = read_image_headers(image, reader, core->loads[i].address);
		if (status == GOPM_OK && image->found) {
			status = read_image_notes(image, arena, reader);
			if (image->go_build_id.size != 0) {
				return status;
			}
			gopm__core_image_free(image);
		}
	}
	return status;
}

gopm_status gopm__core_image_read(struct gopm__core_image *image, struct gopm__arena *arena,
                                  const struct gopm__corefile *core)
{
	struct gopm__reader reader = gopm__reader(&core->memory);
	gopm_status status = GOPM_OK;

	*image = (struct gopm__core_image){.found = false};
	/* Linkers put the program headers right after the ELF header. */
	if (core->phdr > sizeof(Elf64_Ehdr)) {
		status = read_image_headers(image, &reader, core->phdr - sizeof(Elf64_Ehdr));
	}
	const struct gopm__file_mapping *m = gopm__executable_mapping(core);
	size_t tries = 0;
	for (size_t i = 0; status == GOPM_OK && !image->found && m != NULL && i < core->file_count; i++) {
		const struct gopm__file_mapping *other = &core->files[i];
		if (other->offset == 0 && gopm__str_equal(other->path, m->path) && tries++ < MAX_SEARCHED) {
			status = read_image_headers(image, &reader, other->start);
		}
	}
	uint64_t word;
	image->damaged = !image->found && m != NULL && m->offset == 0 && gopm__read_u64(&reader, m->start, &word);
	if (status == GOPM_OK && image->found) {
		status = read_image_notes(image, arena, &reader);
	} else if (status == GOPM_OK && core->phdr == 0 && core->entry == 0) {
		status = search_image(image, arena, core, &reader);
	}
	if (status != GOPM_OK) {
		gopm__core_image_free(image);
	}
	return status;
}

void gopm__core_image_free(struct gopm__core_image *image)
{
	gopm__elf_close(&image->elf);
	free(image->bytes);
	*image = (struct gopm__core_image){.found = false};
}
