/* SPDX-License-Identifier: Apache-2.0 */
/* Go libraries: other files in NT_FILE than the main program. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "exe/executable.h"
#include "support/testcore.h"
#include "support/testprogram.h"

#define LIBRARY ((uint64_t)0x7f0000000000)
#define TEXT (LIBRARY + 0x1000)
#define RODATA (LIBRARY + 0x2000)
#define DATA (LIBRARY + 0x4000) /* at 0x3000 in the file */
#define PAGE ((size_t)4096)

static const char id_a[] = "aaaaaaaaaaaaaaaaaaaa", id_b[] = "bbbbbbbbbbbbbbbbbbbb", id_c[] = "cccccccccccccccccccc";
static const char hex_b[] = "6262626262626262626262626262626262626262";

struct library {
	const char *build_id;
	bool go;
	uint8_t text;
};

static const struct library good = {id_b, true, 0x11};
static const struct test_program go_host = {.build_id = id_a, .go_id = "go/a"}, c_host = {.build_id = id_a};

/* Headers, text, read-only data and data, a page each. */
static uint8_t *make_library(const struct library *l, size_t *size)
{
	struct elf_builder b;
	struct elf_bytes notes = {NULL, 0, 0};
	uint8_t page[PAGE];
	const size_t headers = sizeof(Elf64_Ehdr) + 5 * sizeof(Elf64_Phdr);

	elf_builder_init(&b, ET_DYN);
	b.header_in_first = true;
	if (l->build_id != NULL) {
		elf_bytes_note(&notes, "GNU", NT_GNU_BUILD_ID, l->build_id, 20);
	}
	if (l->go) {
		elf_bytes_note(&notes, "Go", 4, "go/lib", 6);
	}
	size_t note_size = notes.size;
	elf_bytes_zero(&notes, PAGE - headers - notes.size);
	elf_builder_load(&b, 0, notes.data, notes.size, PAGE, PF_R);
	memset(page, l->text, sizeof page);
	elf_builder_load(&b, 0x1000, page, PAGE, PAGE, PF_R | PF_X);
	memset(page, 0x22, sizeof page);
	elf_builder_load(&b, 0x2000, page, PAGE, PAGE, PF_R);
	memset(page, 0x33, sizeof page);
	elf_builder_load(&b, 0x4000, page, PAGE, PAGE, PF_R | PF_W);
	struct elf_builder_segment *s = elf_builder_segment(&b, PT_NOTE);
	s->header.p_vaddr = s->header.p_offset = headers;
	s->header.p_filesz = note_size;
	s->header.p_align = 4;
	elf_builder_section(&b, l->go ? ".gopclntab" : ".rodata", SHT_PROGBITS, SHF_ALLOC, 0x2000, "x", 1);
	uint8_t *data = elf_builder_finish(&b, size);
	test_section_in_segment(data, 1, 2);
	elf_builder_free(&b);
	elf_bytes_free(&notes);
	return data;
}

struct process {
	const struct library *loaded;
	bool no_header; /* the core has no page of the library's headers */
	bool with_text; /* but a page of its code */
};

static uint8_t *make_core(const struct process *p, const uint8_t *host, size_t host_size, size_t *size)
{
	static const struct elf_builder_mapping files[] = {
	    {PROGRAM_BASE, PROGRAM_BASE + PAGE, 0, "/srv/server"},
	    {LIBRARY, LIBRARY + PAGE, 0, "/srv/plug.so"},
	    {TEXT, TEXT + PAGE, 1, "/srv/plug.so"},
	    {RODATA, RODATA + PAGE, 2, "/srv/plug.so"},
	    {DATA, DATA + PAGE, 3, "/srv/plug.so"},
	    /* Mappings of data files, and of no file. */
	    {LIBRARY + 0x10000, LIBRARY + 0x11000, 0, "/srv/fifo"},
	    {LIBRARY + 0x20000, LIBRARY + 0x21000, 0, "/srv"},
	    {LIBRARY + 0x30000, LIBRARY + 0x31000, 0, "/srv/none"},
	    {LIBRARY + 0x40000, LIBRARY + 0x41000, 0, "/srv/../srv/plug.so"},
	    {LIBRARY + 0x50000, LIBRARY + 0x51000, UINT64_MAX / PAGE, "/srv/plug.so"},
	};
	struct elf_builder b;
	uint8_t page[PAGE] = {0};
	size_t library_size;
	uint8_t *library = make_library(p->loaded, &library_size);

	memcpy(page, host, host_size < PAGE ? host_size : PAGE);
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 1, 0, PROGRAM_ENTRY, 0, 0);
	elf_builder_auxv(&b, PROGRAM_ENTRY, PROGRAM_BASE + sizeof(Elf64_Ehdr));
	elf_builder_files(&b, files, sizeof files / sizeof files[0]);
	elf_builder_load(&b, PROGRAM_BASE, page, PAGE, PAGE, PF_R);
	elf_builder_load(&b, LIBRARY, library, p->no_header ? 0 : PAGE, PAGE, PF_R);
	elf_builder_load(&b, TEXT, library + PAGE, p->with_text ? PAGE : 0, PAGE, PF_R | PF_X);
	memset(page, 0xee, sizeof page);
	elf_builder_load(&b, DATA, page, PAGE / 2, PAGE, PF_R | PF_W);
	uint8_t *core = elf_builder_finish(&b, size);
	elf_builder_free(&b);
	free(library);
	return core;
}

struct opened {
	struct test_core core;
	struct gopm__executable exe;
	gopm_status status;
	gopm_error *err;
	uint8_t *core_data, *named;
};

/* `root` has the files on disk. `named` is the executable that the caller names, or NULL. */
static void open_it(struct opened *o, const struct process *p, const struct test_program *host, const char *root,
                    uint8_t *named, size_t named_size)
{
	size_t host_size, core_size;
	uint8_t *program = test_program_make(host, &host_size);
	const struct gopm__executable_request request = {
	    .source = {.fd = -1, .data = named, .data_size = named_size, .what = "executable"},
	    .search = root != NULL,
	    .sysroot = root};

	*o = (struct opened){.named = named};
	o->core_data = make_core(p, program, host_size, &core_size);
	free(program);
	test_core_open(&o->core, o->core_data, core_size);
	assert_int_equal(o->core.status, GOPM_OK);
	o->status = gopm__executable_open(&o->exe, &o->core.file, &request, &o->err);
}

static void open_host(struct opened *o, const struct process *p, const struct test_program *host, const char *root)
{
	size_t size;
	uint8_t *named = test_program_make(host, &size);

	open_it(o, p, host, root, named, size);
	assert_int_equal(o->status, GOPM_OK);
}

static void close_it(struct opened *o)
{
	gopm__executable_close(&o->exe);
	test_core_close(&o->core);
	gopm_error_free(o->err);
	free(o->core_data);
	free(o->named);
}

static uint64_t byte_at(const struct opened *o, uint64_t address)
{
	struct gopm__reader reader = gopm__reader(&o->core.file.memory);
	uint64_t word;
	return gopm__read_word(&reader, address, 1, &word) ? word : UINT64_MAX;
}

static void put_file(const char *root, const char *name, const uint8_t *data, size_t size)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/srv/%s", root, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static void put_library(const char *root, const struct library *l)
{
	size_t size;
	uint8_t *data = make_library(l, &size);

	put_file(root, "plug.so", data, size);
	free(data);
}

static void remove_file(const char *root, const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof path, "%s/srv/%s", root, name);
	assert_int_equal(unlink(path), 0);
}

static int make_root(void **state)
{
	static char root[64];
	char path[128];

	(void)snprintf(root, sizeof root, "/tmp/gopm-root-XXXXXX");
	assert_non_null(mkdtemp(root));
	(void)snprintf(path, sizeof path, "%s/srv", root);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof path, "%s/srv/fifo", root);
	assert_int_equal(mkfifo(path, 0600), 0);
	*state = root;
	return 0;
}

static int remove_root(void **state)
{
	char path[128];

	(void)snprintf(path, sizeof path, "%s/srv/fifo", (char *)*state);
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof path, "%s/srv", (char *)*state);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(*state), 0);
	return 0;
}

static void expect_pages(const struct opened *o, bool there)
{
	assert_int_equal(byte_at(o, TEXT), there ? 0x11 : UINT64_MAX);
	assert_int_equal(byte_at(o, RODATA + PAGE - 1), there ? 0x22 : UINT64_MAX);
	assert_int_equal(byte_at(o, RODATA + PAGE), UINT64_MAX);
	/* Written pages come from the core, pages that it left out from the file. */
	assert_int_equal(byte_at(o, DATA), 0xee);
	assert_int_equal(byte_at(o, DATA + PAGE / 2), there ? 0x33 : UINT64_MAX);
	assert_int_equal(byte_at(o, PROGRAM_TEXT), 0xcc);
}

static void a_plugin_is_read_from_its_file(void **state)
{
	const struct process p = {.loaded = &good};
	struct opened o;

	put_library(*state, &good);
	open_host(&o, &p, &go_host, *state);
	expect_pages(&o, true);
	assert_int_equal(o.exe.bias, 0);
	assert_int_equal(o.core.findings.total, 0);
	close_it(&o);
	/* Not if the search is off. */
	open_host(&o, &p, &go_host, NULL);
	expect_pages(&o, false);
	close_it(&o);
	remove_file(*state, "plug.so");
}

static void another_file_is_not_used(void **state)
{
	const struct library other = {id_c, true, 0x99}, plain = {NULL, false, 0x11};
	const struct process p = {.loaded = &good};
	struct opened o;

	put_library(*state, &other);
	open_host(&o, &p, &go_host, *state);
	expect_pages(&o, false);
	assert_true(test_core_found(&o.core, GOPM_FINDING_EXE_MISMATCH));
	assert_true(test_core_says(&o.core, hex_b));
	assert_false(o.exe.mismatch);
	close_it(&o);
	/* It is not Go: no finding. */
	const struct process c = {.loaded = &plain};
	put_library(*state, &plain);
	open_host(&o, &c, &go_host, *state);
	assert_int_equal(byte_at(&o, TEXT), UINT64_MAX);
	assert_int_equal(o.core.findings.total, 0);
	close_it(&o);
	/* The file was deleted, and the core's copy of its headers shows that it was Go. */
	remove_file(*state, "plug.so");
	open_host(&o, &p, &go_host, *state);
	expect_pages(&o, false);
	assert_true(test_core_says(&o.core, "cannot open this Go library"));
	close_it(&o);
}

static void pages_tell_where_no_id_does(void **state)
{
	struct process p = {.loaded = &good, .no_header = true};
	const struct library other = {id_b, true, 0x99};
	struct opened o;

	put_library(*state, &good);
	open_host(&o, &p, &go_host, *state);
	expect_pages(&o, false);
	assert_true(test_core_says(&o.core, "cannot be compared"));
	close_it(&o);
	p.with_text = true;
	open_host(&o, &p, &go_host, *state);
	expect_pages(&o, true);
	assert_int_equal(o.core.findings.total, 0);
	close_it(&o);
	put_library(*state, &other);
	open_host(&o, &p, &go_host, *state);
	assert_int_equal(byte_at(&o, RODATA), UINT64_MAX);
	assert_true(test_core_says(&o.core, "its pages differ"));
	close_it(&o);
	remove_file(*state, "plug.so");
}

static void expect_library(const struct opened *o)
{
	if (o->status != GOPM_OK) {
		fail_msg("%s", gopm_error_message(o->err));
	}
	assert_int_equal(o->exe.bias, LIBRARY);
	assert_string_equal(o->exe.build_id.data, hex_b);
	assert_string_equal(o->exe.core_build_id.data, hex_b);
	assert_false(o->exe.mismatch);
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(&o->exe, &count);
	assert_int_equal(count, 4);
	assert_int_equal(loads[1].address, TEXT);
	assert_int_equal(byte_at(o, TEXT), 0x11);
	struct gopm__section section;
	assert_int_equal(
	    gopm__executable_section((struct gopm__executable *)(uintptr_t)&o->exe, ".gopclntab", &section), GOPM_OK);
	assert_int_equal(section.address, RODATA);
}

static void a_library_stands_for_a_program_that_is_not_go(void **state)
{
	const struct process p = {.loaded = &good};
	size_t size, library_size;
	uint8_t *host = test_program_make(&c_host, &size);
	struct opened o;

	put_library(*state, &good);
	open_host(&o, &p, &c_host, *state);
	expect_library(&o);
	expect_pages(&o, true);
	assert_non_null(strstr(o.exe.source.name, "/srv/plug.so"));
	assert_int_equal(o.core.findings.total, 0);
	close_it(&o);
	/* No executable is named, and the program is missing. */
	open_it(&o, &p, &c_host, *state, NULL, 0);
	expect_library(&o);
	assert_true(test_core_says(&o.core, "without the program"));
	close_it(&o);
	/* No executable is named, and the program exists. */
	put_file(*state, "server", host, size);
	open_it(&o, &p, &c_host, *state, NULL, 0);
	expect_library(&o);
	expect_pages(&o, true);
	assert_int_equal(o.core.findings.total, 0);
	close_it(&o);
	/* The library is named. */
	uint8_t *library = make_library(&good, &library_size);
	open_it(&o, &p, &c_host, *state, library, library_size);
	expect_library(&o);
	expect_pages(&o, true);
	assert_int_equal(o.core.findings.total, 0);
	close_it(&o);
	library = make_library(&good, &library_size);
	open_it(&o, &p, &c_host, NULL, library, library_size);
	expect_library(&o);
	assert_int_equal(byte_at(&o, PROGRAM_TEXT), UINT64_MAX);
	close_it(&o);
	/* Another build of it is named. */
	const struct library other = {id_c, true, 0x99};
	library = make_library(&other, &library_size);
	open_it(&o, &p, &c_host, *state, library, library_size);
	assert_int_equal(o.status, GOPM_OK);
	assert_true(o.exe.mismatch);
	assert_string_equal(o.exe.build_id.data, hex_b);
	expect_pages(&o, true);
	close_it(&o);
	remove_file(*state, "server");
	remove_file(*state, "plug.so");
	free(host);
}

/* If a Go program is missing, its plugin is not used instead. */
static void a_plugin_is_no_program(void **state)
{
	const struct process p = {.loaded = &good};
	struct opened o;

	put_library(*state, &good);
	open_it(&o, &p, &go_host, *state, NULL, 0);
	assert_int_equal(o.status, GOPM_ERR_NO_EXECUTABLE);
	close_it(&o);
	remove_file(*state, "plug.so");
}

static void open_damaged(const uint8_t *data, size_t size, const char *root)
{
	const struct process p = {.loaded = &good, .with_text = true};
	struct opened o;
	uint8_t *named = malloc(size);

	assert_non_null(named);
	memcpy(named, data, size);
	if (root != NULL) {
		put_file(root, "plug.so", data, size);
		open_it(&o, &p, &c_host, root, NULL, 0);
		free(named);
	} else {
		open_it(&o, &p, &c_host, NULL, named, size);
	}
	if (o.status == GOPM_OK) {
		(void)byte_at(&o, TEXT);
		(void)byte_at(&o, DATA + PAGE - 1);
	}
	close_it(&o);
}

static void every_byte_of_its_headers(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x80, 0xff};
	size_t size;
	uint8_t *data = make_library(&good, &size);

	for (size_t at = 0; at < size; at = at == 511 ? 4 * PAGE : at + 1) {
		uint8_t old = data[at];
		for (size_t v = 0; v < sizeof values; v++) {
			data[at] = values[v];
			open_damaged(data, size, v == 3 ? *state : NULL);
		}
		data[at] = old;
	}
	for (size_t cut = 1; cut < size; cut = cut < 600 || cut > 4 * PAGE - 100 ? cut + 1 : cut + 500) {
		open_damaged(data, cut, cut % 2 != 0 ? *state : NULL);
	}
	free(data);
	remove_file(*state, "plug.so");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_plugin_is_read_from_its_file, make_root, remove_root),
	    cmocka_unit_test_setup_teardown(another_file_is_not_used, make_root, remove_root),
	    cmocka_unit_test_setup_teardown(pages_tell_where_no_id_does, make_root, remove_root),
	    cmocka_unit_test_setup_teardown(a_library_stands_for_a_program_that_is_not_go, make_root, remove_root),
	    cmocka_unit_test_setup_teardown(a_plugin_is_no_program, make_root, remove_root),
	    cmocka_unit_test_setup_teardown(every_byte_of_its_headers, make_root, remove_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
