/* SPDX-License-Identifier: Apache-2.0 */
/* The file has, in this order: ELF header, program headers, one PT_NOTE segment, and the memory. If there are 65 535
 * program headers or more, section header 0 with their number follows them. First all headers are planned in memory,
 * then the file is written from start to end, so that it may go through a pipe. */
#include "core/core_writer.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "core/elf.h"
#include "core/note.h"
#include "core/slim_note.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/vector.h"

struct headers {
	Elf64_Phdr *list; /* the first one is for the notes */
	size_t count, capacity;
	bool failed;
};

static void add_load(struct headers *headers, uint64_t address, uint64_t file_size, uint64_t memory_size,
                     uint32_t flags, uint64_t page)
{
	if (!GOPM__VECTOR_RESERVE(headers->list, headers->count, headers->capacity, 1)) {
		headers->failed = true;
		return;
	}
	headers->list[headers->count++] = (Elf64_Phdr){.p_type = PT_LOAD,
	                                               .p_flags = flags,
	                                               .p_vaddr = address,
	                                               .p_filesz = file_size,
	                                               .p_memsz = memory_size,
	                                               .p_align = page};
}

/* Finds the part of `piece` within [from, to). Returns false if there is none. */
static bool piece_part(const struct gopm__kept_piece *piece, uint64_t from, uint64_t to, uint64_t *begin, uint64_t *end)
{
	*begin = piece->address > from ? piece->address : from;
	*end = piece->address + piece->size < to ? piece->address + piece->size : to;
	return *begin < *end;
}

/* Adds one segment for each piece in the mapping [from, to). A segment reaches up to the next piece. As in the kernel's
 * own cores, memory that is left out has no bytes in the file. Piece *next is the first to look at. */
static void split_load(struct headers *headers, const struct gopm__core_plan *plan, size_t *next, uint64_t from,
                       uint64_t to, uint32_t flags)
{
	const struct gopm__kept *kept = plan->kept;
	uint64_t begin, end;
	size_t mine = headers->count;

	for (; *next < kept->count && kept->pieces[*next].address < to; ++*next) {
		if (!piece_part(&kept->pieces[*next], from, to, &begin, &end)) {
			continue;
		}
		if (headers->count == mine && begin > from) {
			add_load(headers, from, 0, begin - from, flags, plan->page);
		} else if (headers->count > mine && !headers->failed) {
			Elf64_Phdr *last = &headers->list[headers->count - 1];
			last->p_memsz = begin - last->p_vaddr;
		}
		add_load(headers, begin, end - begin, to - begin, flags, plan->page);
		if (kept->pieces[*next].address + kept->pieces[*next].size > to) {
			break; /* the rest of it is in the next mapping */
		}
	}
	if (headers->count == mine) {
		add_load(headers, from, 0, to - from, flags, plan->page);
	}
}

/* Adds segments for the pieces in [from, to), where the old core has no mapping: pages of files that it did not
 * list. */
static void add_unmapped_pieces(struct headers *headers, const struct gopm__core_plan *plan, size_t *next,
                                uint64_t from, uint64_t to)
{
	const struct gopm__kept *kept = plan->kept;
	uint64_t begin, end;

	for (; *next < kept->count && kept->pieces[*next].address < to; ++*next) {
		if (piece_part(&kept->pieces[*next], from, to, &begin, &end)) {
			add_load(headers, begin, end - begin, end - begin, PF_R, plan->page);
		}
		if (kept->pieces[*next].address + kept->pieces[*next].size > to) {
			break;
		}
	}
}

static void plan_headers(struct headers *headers, const struct gopm__core_plan *plan)
{
	const struct gopm__corefile *core = plan->core;
	uint64_t at = 0; /* addresses below are planned */
	size_t next = 0;

	add_load(headers, 0, 0, 0, 0, plan->page);
	for (size_t i = 0; i < core->load_count && !headers->failed; i++) {
		const struct gopm__load *load = &core->loads[i];
		uint64_t end = load->address + load->memory_size;
		if (end <= at) {
			continue;
		}
		uint64_t from = load->address > at ? load->address : at;
		add_unmapped_pieces(headers, plan, &next, at, from);
		split_load(headers, plan, &next, from, end, load->flags);
		at = end;
	}
	add_unmapped_pieces(headers, plan, &next, at, UINT64_MAX);
}

static void add_note(struct gopm__text *notes, const void *name, size_t name_size, uint32_t type, const void *data,
                     size_t size)
{
	uint32_t head[3] = {(uint32_t)name_size, (uint32_t)size, type};

	gopm__text_add(notes, (const char *)head, sizeof head);
	gopm__text_add(notes, name, name_size);
	gopm__text_add(notes, "\0\0\0", (4 - name_size % 4) % 4);
	gopm__text_add(notes, data, size);
	gopm__text_add(notes, "\0\0\0", (4 - size % 4) % 4);
}

/* Copies the notes of the old core into one segment, padded to 4 bytes, which all readers accept. */
static void copy_notes(struct gopm__text *notes, const struct gopm__core_plan *plan, const struct gopm__elf *elf)
{
	const struct gopm__source *source = &plan->core->source;
	uint64_t left = source->size;

	for (size_t i = 0; i < elf->segment_count; i++) {
		const GElf_Phdr *p = &elf->segments[i];
		if (p->p_type != PT_NOTE || p->p_offset >= source->size) {
			continue;
		}
		uint64_t size = p->p_filesz < source->size - p->p_offset ? p->p_filesz : source->size - p->p_offset;
		size = size < left ? size : left;
		left -= size;
		struct gopm__cursor c = gopm__cursor(gopm__source_span(source, p->p_offset, size), (size_t)size);
		struct gopm__note note;
		while (gopm__note_next(&c, p->p_align, &note) == GOPM__NOTE_OK) {
			if (!gopm__note_is(&note, GOPM__SLIM_NOTE_OWNER, GOPM__SLIM_NOTE_TYPE)) {
				add_note(notes, note.name, note.name_size, note.type, note.data, note.size);
			}
		}
	}
	add_note(notes, GOPM__SLIM_NOTE_OWNER, sizeof GOPM__SLIM_NOTE_OWNER, GOPM__SLIM_NOTE_TYPE, plan->note->data,
	         plan->note->size);
}

static uint64_t align_up(uint64_t value, uint64_t unit)
{
	return (value + (unit - 1)) / unit * unit;
}

static void add_headers(struct gopm__text *front, const struct headers *headers, const GElf_Ehdr *old)
{
	bool many = headers->count >= PN_XNUM;
	Elf64_Ehdr header = {.e_type = ET_CORE,
	                     .e_machine = old->e_machine,
	                     .e_version = EV_CURRENT,
	                     .e_flags = old->e_flags,
	                     .e_ehsize = sizeof header,
	                     .e_phentsize = sizeof(Elf64_Phdr),
	                     .e_phoff = sizeof header,
	                     .e_phnum = (Elf64_Half)(many ? PN_XNUM : headers->count),
	                     .e_shentsize = sizeof(Elf64_Shdr),
	                     .e_shoff = many ? sizeof header + headers->count * sizeof(Elf64_Phdr) : 0,
	                     .e_shnum = many ? 1 : 0};
	Elf64_Shdr zero = {.sh_size = 1, .sh_info = (Elf64_Word)headers->count};

	memcpy(header.e_ident, old->e_ident, EI_NIDENT);
	gopm__text_add(front, (const char *)&header, sizeof header);
	gopm__text_add(front, (const char *)headers->list, headers->count * sizeof *headers->list);
	gopm__text_add(front, (const char *)&zero, many ? sizeof zero : 0);
}

/* Sets the offsets of the segments, and collects those with bytes. Each is within one piece. False: out of memory. */
static bool place_parts(struct gopm__core_layout *layout, struct headers *headers, const struct gopm__core_plan *plan,
                        uint64_t at)
{
	const struct gopm__kept *kept = plan->kept;
	size_t next = 0;

	layout->parts = gopm__calloc(headers->count, sizeof *layout->parts);
	if (layout->parts == NULL) {
		return false;
	}
	for (size_t i = 1; i < headers->count; i++) {
		Elf64_Phdr *p = &headers->list[i];
		p->p_offset = at = p->p_filesz != 0 ? align_up(at, plan->page) : at;
		at += p->p_filesz;
		while (next < kept->count && kept->pieces[next].address + kept->pieces[next].size <= p->p_vaddr) {
			next++;
		}
		if (p->p_filesz != 0) {
			const struct gopm__kept_piece *piece = &kept->pieces[next];
			layout->parts[layout->part_count++] = (struct gopm__core_part){
			    p->p_offset, p->p_filesz, piece->source, piece->offset + (p->p_vaddr - piece->address)};
		}
	}
	layout->size = at;
	return true;
}

gopm_status gopm__core_layout_make(struct gopm__core_layout *layout, const struct gopm__core_plan *plan,
                                   gopm_error **err)
{
	struct headers headers = {0};
	struct gopm__text notes = {0};
	struct gopm__elf elf;

	*layout = (struct gopm__core_layout){.part_count = 0};
	gopm_status status = gopm__elf_open(&elf, &plan->core->source, "core", err);
	if (status != GOPM_OK) {
		return status;
	}
	plan_headers(&headers, plan);
	copy_notes(&notes, plan, &elf);
	if (headers.failed || notes.failed || headers.count > UINT32_MAX) {
		status = gopm__fail_memory(err);
		goto out;
	}
	uint64_t at = sizeof(Elf64_Ehdr) + headers.count * sizeof(Elf64_Phdr);
	at += headers.count >= PN_XNUM ? sizeof(Elf64_Shdr) : 0;
	headers.list[0] =
	    (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = at, .p_filesz = notes.size, .p_align = sizeof(uint32_t)};
	layout->segments = headers.count;
	bool placed = place_parts(layout, &headers, plan, at + notes.size);
	add_headers(&layout->front, &headers, &elf.header);
	gopm__text_add(&layout->front, notes.data, notes.size);
	if (!placed || layout->front.failed) {
		gopm__core_layout_free(layout);
		status = gopm__fail_memory(err);
	}
out:
	gopm__elf_close(&elf);
	gopm__text_free(&notes);
	free(headers.list);
	return status;
}

void gopm__core_layout_free(struct gopm__core_layout *layout)
{
	gopm__text_free(&layout->front);
	free(layout->parts);
	*layout = (struct gopm__core_layout){.part_count = 0};
}

gopm_status gopm__core_write(const struct gopm__core_layout *layout, struct gopm__sink *sink, gopm_error **err)
{
	gopm_status status = gopm__sink_write(sink, layout->front.data, layout->front.size, err);

	for (size_t i = 0; i < layout->part_count && status == GOPM_OK; i++) {
		const struct gopm__core_part *part = &layout->parts[i];
		status = gopm__sink_zeroes(sink, part->offset - gopm__sink_at(sink), err);
		if (status == GOPM_OK) {
			status = gopm__sink_copy(sink, part->source, part->from, part->size, err);
		}
	}
	return status;
}

int64_t gopm__core_layout_read(void *user_data, uint64_t offset, void *buffer, size_t size)
{
	const struct gopm__core_layout *layout = user_data;
	uint64_t left = offset < layout->size ? layout->size - offset : 0;
	size_t after;

	size = size < left ? size : (size_t)left;
	if (offset < layout->front.size) {
		size = size < layout->front.size - offset ? size : (size_t)(layout->front.size - offset);
		memcpy(buffer, layout->front.data + offset, size);
		return (int64_t)size;
	}
	GOPM__LOWER_BOUND(after, layout->part_count, layout->parts[after].offset <= offset);
	const struct gopm__core_part *part = after != 0 ? &layout->parts[after - 1] : NULL;
	if (part != NULL && offset - part->offset < part->size) {
		left = part->size - (offset - part->offset);
		size = size < left ? size : (size_t)left;
		return gopm__source_copy(part->source, part->from + (offset - part->offset), buffer, size)
		           ? (int64_t)size
		           : -1;
	}
	/* Zeroes up to the next part. */
	left = after < layout->part_count ? layout->parts[after].offset - offset : left;
	size = size < left ? size : (size_t)left;
	memset(buffer, 0, size);
	return (int64_t)size;
}
