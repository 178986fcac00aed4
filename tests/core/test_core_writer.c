/* SPDX-License-Identifier: Apache-2.0 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/core_writer.h"
#include "core/note.h"
#include "core/slim_note.h"
#include "support/elfbuilder.h"
#include "support/testcore.h"

#define TEXT ((uint64_t)0x401000)
#define STACK ((uint64_t)0xc000010000)
#define PAGE ((uint64_t)4096)

static int32_t collect(void *user_data, const char *data, size_t size)
{
	elf_bytes_add(user_data, data, size);
	return 0;
}

/* The layout reads as the file that was written, in pieces of any size. */
static void expect_layout(struct gopm__core_layout *layout, const struct elf_bytes *file)
{
	uint8_t piece[3000];

	assert_int_equal(layout->size, file->size);
	for (size_t at = 0, want = 1; at < file->size; want = want * 7 % 2999 + 1) {
		int64_t got = gopm__core_layout_read(layout, at, piece, want);
		assert_true(got > 0 && (size_t)got <= want);
		assert_memory_equal(piece, file->data + at, (size_t)got);
		at += (size_t)got;
	}
	assert_int_equal(gopm__core_layout_read(layout, file->size, piece, 1), 0);
}

/* Writes `core` with the memory in `kept`. */
static struct elf_bytes write_kept(struct test_core *core, const struct gopm__kept *kept, uint64_t page,
                                   uint64_t *segments)
{
	struct elf_bytes out = {0};
	struct gopm__sink_request request = {.write = collect, .user_data = &out};
	struct gopm__core_layout layout;
	struct gopm__text note = {0};
	struct gopm__sink *sink;
	uint64_t size, carried;

	gopm__slim_note_make(&note, GOPM_SLIM_DEFAULT, 4711, &core->findings, &carried);
	struct gopm__core_plan plan = {.core = &core->file, .kept = kept, .note = &note, .page = page};
	assert_int_equal(gopm__sink_open(&sink, &request, NULL), GOPM_OK);
	assert_int_equal(gopm__core_layout_make(&layout, &plan, NULL), GOPM_OK);
	*segments = layout.segments;
	assert_int_equal(gopm__core_write(&layout, sink, NULL), GOPM_OK);
	assert_int_equal(gopm__sink_finish(sink, &size, NULL), GOPM_OK);
	assert_int_equal(size, out.size);
	expect_layout(&layout, &out);
	gopm__core_layout_free(&layout);
	gopm__sink_close(sink);
	gopm__text_free(&note);
	return out;
}

/* A piece of the core's own memory. */
static struct gopm__kept_piece piece_of(const struct test_core *core, uint64_t address, uint64_t size)
{
	const struct gopm__segment *s = gopm__memory_find(&core->file.memory, address);

	assert_non_null(s);
	return (struct gopm__kept_piece){address, size, s->source, s->offset + (address - s->address)};
}

static struct elf_bytes write_pieces(struct test_core *core, struct gopm__kept_piece *pieces, size_t count)
{
	struct gopm__kept kept = {.pieces = pieces, .count = count};
	uint64_t segments;

	return write_kept(core, &kept, PAGE, &segments);
}

static const struct elf_builder_mapping files[] = {
    {0x600000, 0x601000, 2, "/srv/server"},
    {0x401000, 0x403000, 1, "/srv/server"},
    {0x7f0000000000, 0x7f0000001000, 0, "/lib/libc.so.6"},
};

static void add_notes(struct elf_builder *b)
{
	elf_builder_prpsinfo(b, 4711, "/srv/server -listen :80 ");
	elf_builder_thread(b, 4711, 11, TEXT + 1, STACK + 8, 0xc000000180);
	elf_builder_siginfo(b, 11, 1, 0xdeadbeef);
	elf_builder_thread(b, 4712, 0, TEXT + 2, STACK + 16, 0xc000000380);
	elf_builder_auxv(b, TEXT, 0x400040);
	elf_builder_files(b, files, 3);
	elf_bytes_note(&b->notes, "VENDOR", 77, "what nobody knows", 17);
}

static void expect_notes(const struct gopm__corefile *small, const struct gopm__corefile *core)
{
	assert_int_equal(small->thread_count, core->thread_count);
	for (size_t i = 0; i < core->thread_count; i++) {
		const struct gopm__thread *a = &small->threads[i], *b = &core->threads[i];
		assert_int_equal(a->id, b->id);
		assert_int_equal(a->signal, b->signal);
		assert_int_equal(a->signal_code, b->signal_code);
		assert_int_equal(a->fault_address, b->fault_address);
		assert_memory_equal(&a->registers, &b->registers, sizeof a->registers);
	}
	assert_int_equal(small->file_count, core->file_count);
	for (size_t i = 0; i < core->file_count; i++) {
		assert_int_equal(small->files[i].start, core->files[i].start);
		assert_int_equal(small->files[i].end, core->files[i].end);
		assert_int_equal(small->files[i].offset, core->files[i].offset);
		assert_int_equal(small->files[i].path.size, core->files[i].path.size);
		assert_memory_equal(small->files[i].path.data, core->files[i].path.data, core->files[i].path.size);
	}
	assert_int_equal(small->pid, core->pid);
	assert_int_equal(small->command_line.size, core->command_line.size);
	assert_memory_equal(small->command_line.data, core->command_line.data, core->command_line.size);
	assert_int_equal(small->entry, core->entry);
	assert_int_equal(small->phdr, core->phdr);
	assert_int_equal(small->execfn, core->execfn);
	assert_int_equal(small->vdso, core->vdso);
	assert_ptr_equal(small->arch, core->arch);
}

static void notes_stay(void **state)
{
	uint8_t bytes[256];
	struct elf_builder b;
	struct test_core core, small;
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++) {
		bytes[i] = (uint8_t)i;
	}
	elf_builder_init(&b, ET_CORE);
	add_notes(&b);
	elf_builder_load(&b, STACK, bytes, sizeof bytes, sizeof bytes, PF_R | PF_W);
	elf_builder_load(&b, TEXT, "\xcc\xcc\xcc\xcc", 4, 0x2000, PF_R | PF_X);
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	struct gopm__kept_piece piece = piece_of(&core, STACK, sizeof bytes);
	struct gopm__reader reader;
	struct elf_bytes out = write_pieces(&core, &piece, 1);
	test_core_open(&small, out.data, out.size);
	assert_int_equal(small.status, GOPM_OK);
	expect_notes(&small.file, &core.file);
	assert_int_equal(small.findings.count, core.findings.count);
	assert_true(small.file.slim);
	assert_int_equal(small.file.original_size, 4711);
	/* Unknown notes are copied byte by byte. */
	assert_non_null(memmem(out.data, out.size, "VENDOR\0\0what nobody knows", 25));
	reader = gopm__reader(&small.file.memory);
	assert_memory_equal(gopm__read_span(&reader, STACK, sizeof bytes), bytes, sizeof bytes);
	/* The code had bytes; now it is a mapping without bytes. */
	assert_int_equal(small.file.load_count, 2);
	assert_int_equal(small.file.loads[0].address, TEXT);
	assert_int_equal(small.file.loads[0].memory_size, 0x2000);
	assert_int_equal(small.file.loads[0].file_size, 0);
	assert_int_equal(small.file.loads[0].flags, PF_R | PF_X);
	test_core_close(&small);
	test_core_close(&core);
	elf_bytes_free(&out);
	elf_builder_free(&b);
	free(data);
}

/* A small core of a small core has one gopm note, not two. */
static void one_note_of_ours(void **state)
{
	struct elf_builder b;
	struct test_core core, small;
	size_t size;

	(void)state;
	elf_builder_init(&b, ET_CORE);
	add_notes(&b);
	elf_bytes_note(&b.notes, GOPM__SLIM_NOTE_OWNER, GOPM__SLIM_NOTE_TYPE, "original-size 1\nprofile heap\n", 29);
	/* Of the same type, but of another owner. */
	elf_bytes_note(&b.notes, "gopmX", GOPM__SLIM_NOTE_TYPE, "stays", 5);
	elf_builder_load(&b, STACK, "abcdefgh", 8, 8, PF_R);
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	assert_int_equal(core.file.original_size, 1);
	assert_int_equal(core.file.slim_profile, GOPM_SLIM_HEAP);
	struct gopm__kept_piece piece = piece_of(&core, STACK, 8);
	struct elf_bytes out = write_pieces(&core, &piece, 1);
	test_core_open(&small, out.data, out.size);
	assert_int_equal(small.status, GOPM_OK);
	assert_int_equal(small.file.original_size, 4711);
	assert_int_equal(small.file.slim_profile, GOPM_SLIM_DEFAULT);
	assert_null(memmem(out.data, out.size, "profile heap", 12));
	assert_non_null(memmem(out.data, out.size, "stays", 5));
	test_core_close(&small);
	test_core_close(&core);
	elf_bytes_free(&out);
	elf_builder_free(&b);
	free(data);
}

/* Notes padded to 8 bytes are padded to 4, in one segment, with the same contents. */
static void notes_of_any_padding(void **state)
{
	struct elf_builder b;
	struct test_core core, small;
	uint8_t prstatus[336] = {0};
	uint32_t id = 99, head[3] = {5, sizeof prstatus, NT_PRSTATUS};
	size_t size;

	(void)state;
	memcpy(prstatus + 32, &id, sizeof id);
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 98, 0, TEXT, STACK, 0);
	struct elf_builder_segment *notes = elf_builder_segment(&b, PT_NOTE);
	notes->header.p_align = 8;
	for (int i = 0; i < 2; i++) {
		elf_bytes_add(&notes->data, head, sizeof head);
		elf_bytes_add(&notes->data, "CORE\0\0\0\0\0\0\0", 12);
		elf_bytes_add(&notes->data, prstatus, sizeof prstatus);
	}
	notes->header.p_filesz = notes->data.size;
	elf_builder_load(&b, STACK, "abcdefgh", 8, 8, PF_R);
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	struct elf_bytes out = write_pieces(&core, NULL, 0);
	/* A core without a byte of memory still has its threads. */
	test_core_open(&small, out.data, out.size);
	assert_int_equal(small.status, GOPM_OK);
	assert_true(small.file.bare);
	expect_notes(&small.file, &core.file);
	test_core_close(&small);
	elf_bytes_free(&out);
	struct gopm__kept_piece piece = piece_of(&core, STACK, 8);
	out = write_pieces(&core, &piece, 1);
	test_core_open(&small, out.data, out.size);
	assert_int_equal(small.status, GOPM_OK);
	expect_notes(&small.file, &core.file);
	test_core_close(&small);
	test_core_close(&core);
	elf_bytes_free(&out);
	elf_builder_free(&b);
	free(data);
}

#define LOW ((uint64_t)0x100000)
#define MANY_PAGES ((uint64_t)8)

/* Pieces in every position of a mapping of eight pages, the last two of which have no bytes, and of the mapping that
 * follows it. */
static void pieces_anywhere(void **state)
{
	uint8_t *bytes = malloc(MANY_PAGES * PAGE), copy[PAGE];
	struct elf_builder b;
	struct test_core core;
	size_t size;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < MANY_PAGES * PAGE; i++) {
		bytes[i] = (uint8_t)(i * 7 + i / PAGE);
	}
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 1, 0, LOW, LOW, 0);
	elf_builder_load(&b, LOW, bytes, 6 * PAGE, MANY_PAGES * PAGE, PF_R | PF_W);
	elf_builder_load(&b, LOW + MANY_PAGES * PAGE, bytes, 2 * PAGE, 2 * PAGE, PF_R);
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	struct gopm__reader reader = gopm__reader(&core.file.memory);
	for (unsigned set = 1; set < 256; set++) {
		struct gopm__kept_piece pieces[8];
		struct test_core small;
		size_t count = 0;
		/* Bits 0 to 5: pages of the first mapping; 6 and 7: of the second. */
		for (unsigned i = 0; i < 8; i++) {
			uint64_t address = LOW + (i < 6 ? i : i + 2) * PAGE;
			if ((set >> i & 1) == 0) {
				continue;
			}
			pieces[count++] = piece_of(&core, address, PAGE);
		}
		struct elf_bytes out = write_pieces(&core, pieces, count);
		test_core_open(&small, out.data, out.size);
		assert_int_equal(small.status, GOPM_OK);
		assert_int_equal(small.findings.count, core.findings.count);
		struct gopm__reader again = gopm__reader(&small.file.memory);
		for (unsigned i = 0; i < 8; i++) {
			uint64_t address = LOW + (i < 6 ? i : i + 2) * PAGE;
			if ((set >> i & 1) != 0) {
				assert_int_equal(gopm__read_copy(&again, address, copy, PAGE), PAGE);
				assert_memory_equal(copy, gopm__read_span(&reader, address, PAGE), PAGE);
			} else {
				assert_null(gopm__memory_find(&small.file.memory, address));
			}
		}
		/* The mappings are the same as before, byte for byte, with their permissions. */
		uint64_t at = LOW;
		for (size_t i = 0; i < small.file.load_count; i++) {
			const struct gopm__load *load = &small.file.loads[i];
			assert_int_equal(load->address, at);
			at += load->memory_size;
			bool second = load->address >= LOW + MANY_PAGES * PAGE;
			assert_int_equal(load->flags, second ? PF_R : PF_R | PF_W);
			assert_true(load->file_size == 0 || load->offset % PAGE == 0);
		}
		assert_int_equal(at, LOW + (MANY_PAGES + 2) * PAGE);
		test_core_close(&small);
		elf_bytes_free(&out);
	}
	test_core_close(&core);
	elf_builder_free(&b);
	free(data);
	free(bytes);
}

/* Pieces of files that the core did not list: before, between, across the end of, and after its mappings. */
static void pieces_without_a_mapping(void **state)
{
	uint8_t *bytes = malloc(16 * PAGE), copy[4 * PAGE];
	struct test_core core, small;
	struct elf_builder b;
	size_t size;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 16 * PAGE; i++) {
		bytes[i] = (uint8_t)(i * 11 + i / PAGE);
	}
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 1, 0, LOW, LOW, 0);
	elf_builder_load(&b, LOW, bytes, PAGE, 2 * PAGE, PF_R | PF_W);
	elf_builder_load(&b, LOW + 8 * PAGE, bytes, PAGE, PAGE, PF_R | PF_X);
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	const struct gopm__source source = {.base = bytes, .size = 16 * PAGE, .compression = ""};
	struct gopm__kept_piece pieces[] = {
	    {LOW - 5 * PAGE, PAGE, &source, 0},
	    {LOW - PAGE, 2 * PAGE, &source, PAGE},                /* into the first mapping */
	    {LOW + PAGE, 3 * PAGE, &source, 4 * PAGE},            /* out of it */
	    {LOW + 7 * PAGE, 3 * PAGE, &source, 8 * PAGE},        /* across all of the second */
	    {UINT64_MAX - 2 * PAGE + 1, PAGE, &source, 12 * PAGE} /* near the end of the address space */
	};
	struct elf_bytes out = write_pieces(&core, pieces, sizeof pieces / sizeof pieces[0]);
	test_core_open(&small, out.data, out.size);
	assert_int_equal(small.status, GOPM_OK);
	assert_int_equal(small.findings.count, core.findings.count);
	struct gopm__reader reader = gopm__reader(&small.file.memory);
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		assert_int_equal(gopm__read_copy(&reader, pieces[i].address, copy, pieces[i].size), pieces[i].size);
		assert_memory_equal(copy, bytes + pieces[i].offset, pieces[i].size);
	}
	for (size_t i = 1; i < small.file.load_count; i++) {
		const struct gopm__load *load = &small.file.loads[i];
		assert_true(load->address >= load[-1].address + load[-1].memory_size);
	}
	test_core_close(&small);
	test_core_close(&core);
	elf_bytes_free(&out);
	elf_builder_free(&b);
	free(data);
	free(bytes);
}

/* More segments than e_phnum can count. */
static void very_many_segments(void **state)
{
	const uint64_t count = 70000, step = 64, piece_size = 16;
	uint8_t *bytes = malloc(count * step);
	struct gopm__kept_piece *pieces = calloc(count, sizeof *pieces);
	struct test_core core, small;
	struct elf_builder b;
	uint64_t segments;
	size_t size;

	(void)state;
	assert_non_null(bytes);
	assert_non_null(pieces);
	for (uint64_t i = 0; i < count * step; i++) {
		bytes[i] = (uint8_t)(i % 251);
	}
	elf_builder_init(&b, ET_CORE);
	add_notes(&b);
	elf_builder_load(&b, LOW, bytes, count * step, count * step, PF_R | PF_W);
	uint8_t *data = elf_builder_finish(&b, &size);
	elf_builder_free(&b);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	for (uint64_t i = 0; i < count; i++) {
		pieces[i] = piece_of(&core, LOW + i * step, piece_size);
	}
	/* Also the counts around that limit. */
	static const uint64_t counts[] = {PN_XNUM - 3, PN_XNUM - 2, PN_XNUM - 1, PN_XNUM, 70000};
	for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
		struct gopm__kept kept = {.pieces = pieces, .count = counts[k]};
		struct elf_bytes out = write_kept(&core, &kept, 1, &segments);
		assert_int_equal(segments, counts[k] + 1);
		const Elf64_Ehdr *header = (const Elf64_Ehdr *)(const void *)out.data;
		assert_int_equal(header->e_phnum, segments < PN_XNUM ? segments : PN_XNUM);
		test_core_open(&small, out.data, out.size);
		assert_int_equal(small.status, GOPM_OK);
		assert_int_equal(small.file.load_count, counts[k]);
		expect_notes(&small.file, &core.file);
		struct gopm__reader reader = gopm__reader(&small.file.memory);
		for (uint64_t i = 0; i < counts[k]; i++) {
			const uint8_t *p = gopm__read_span(&reader, LOW + i * step, piece_size);
			assert_non_null(p);
			assert_memory_equal(p, bytes + i * step, piece_size);
		}
		test_core_close(&small);
		elf_bytes_free(&out);
	}
	test_core_close(&core);
	free(data);
	free(pieces);
	free(bytes);
}

/* Random program headers: a core that opens is written, and has the same memory after it. */
static void hostile_headers(void **state)
{
	static const uint64_t interesting[] = {0,    1,        8,          PAGE - 1,       PAGE,      PAGE + 1,
	                                       LOW,  LOW + 8,  LOW + PAGE, 4 * PAGE,       64 * PAGE, UINT64_MAX,
	                                       1000, 1U << 31, INT64_MAX,  UINT64_MAX - 8, LOW - PAGE};
	const size_t kinds = sizeof interesting / sizeof interesting[0];
	uint8_t bytes[2 * PAGE], copy[2 * PAGE];
	uint32_t seed = 3;
	size_t opened = 0;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++) {
		bytes[i] = (uint8_t)(i * 13 + i / 256);
	}
	for (int round = 0; round < 3000; round++) {
		struct test_core core, small;
		struct elf_builder b;
		size_t size;
		elf_builder_init(&b, ET_CORE);
		add_notes(&b);
		for (int i = 0; i < 5; i++) {
			struct elf_builder_segment *s =
			    elf_builder_load(&b, LOW + (uint64_t)i * PAGE, bytes, sizeof bytes, PAGE, PF_R);
			uint64_t *fields[] = {&s->header.p_vaddr, &s->header.p_memsz, &s->header.p_filesz};
			for (size_t k = 0; k < 3; k++) {
				seed = seed * 1103515245 + 12345;
				if ((seed >> 16) % 3 == 0) {
					*fields[k] = interesting[(seed >> 20) % kinds];
				}
			}
		}
		b.notes_last = round % 2 == 0;
		uint8_t *data = elf_builder_finish(&b, &size);
		elf_builder_free(&b);
		test_core_open(&core, data, size);
		if (core.status == GOPM_OK) {
			struct gopm__kept kept;
			uint64_t segments;
			opened++;
			assert_int_equal(gopm__source_track(&core.file.source, 4), GOPM_OK);
			/* Keep some of it, or all. */
			for (size_t i = 0; i < core.file.memory.count; i++) {
				const struct gopm__segment *s = &core.file.memory.segments[i];
				seed = seed * 1103515245 + 12345;
				uint64_t part = (seed >> 16) % 2 == 0 ? s->size : s->size / 2 + 1;
				assert_non_null(gopm__source_span(s->source, s->offset, part));
			}
			uint64_t page = round % 3 == 0 ? 1 : PAGE;
			assert_int_equal(gopm__kept_collect(&kept, &core.file, page, false, SIZE_MAX), GOPM_OK);
			struct elf_bytes out = write_kept(&core, &kept, page, &segments);
			test_core_open(&small, out.data, out.size);
			assert_int_equal(small.status, GOPM_OK);
			expect_notes(&small.file, &core.file);
			struct gopm__reader reader = gopm__reader(&small.file.memory);
			for (size_t i = 0; i < kept.count; i++) {
				for (uint64_t at = 0; at < kept.pieces[i].size; at += sizeof copy) {
					uint64_t left = kept.pieces[i].size - at;
					left = left < sizeof copy ? left : sizeof copy;
					assert_int_equal(
					    gopm__read_copy(&reader, kept.pieces[i].address + at, copy, left), left);
					assert_memory_equal(
					    copy,
					    gopm__source_span(kept.pieces[i].source, kept.pieces[i].offset + at, left),
					    left);
				}
			}
			assert_int_equal(small.file.memory_size, kept.bytes);
			test_core_close(&small);
			elf_bytes_free(&out);
			gopm__kept_free(&kept);
		}
		test_core_close(&core);
		free(data);
	}
	assert_true(opened > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(notes_stay),
	    cmocka_unit_test(one_note_of_ours),
	    cmocka_unit_test(notes_of_any_padding),
	    cmocka_unit_test(pieces_anywhere),
	    cmocka_unit_test(pieces_without_a_mapping),
	    cmocka_unit_test(very_many_segments),
	    cmocka_unit_test(hostile_headers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
