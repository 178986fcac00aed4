/* SPDX-License-Identifier: Apache-2.0 */
#include "exe/executable.h"

#include <elf.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "cmocka_all.h"
#include "support/testcore.h"
#include "support/testprogram.h"

static const char id_a[20] = "aaaaaaaaaaaaaaaaaaaa", id_b[20] = "bbbbbbbbbbbbbbbbbbbb";
static const char hex_a[] = "6161616161616161616161616161616161616161";

struct opened {
	struct test_core core;
	struct gopm__executable exe;
	gopm_status status;
	gopm_error *err;
	uint8_t *core_data, *program_data;
	size_t program_size;
};

static void open_it(struct opened *o, const struct test_program *mapped, const struct test_process *process,
                    const struct gopm__executable_request *request)
{
	size_t size, core_size;
	uint8_t *program = test_program_make(mapped, &size);

	*o = (struct opened){.status = GOPM_OK};
	o->core_data = test_process_core(process, program, size, &core_size);
	free(program);
	test_core_open(&o->core, o->core_data, core_size);
	assert_int_equal(o->core.status, GOPM_OK);
	o->status = gopm__executable_open(&o->exe, &o->core.file, request, &o->err);
}

/* Opens the program `named`, from memory, with a core of the program `mapped`. */
static void open_named(struct opened *o, const struct test_program *mapped, const struct test_program *named,
                       const struct test_process *process)
{
	size_t size;
	uint8_t *program = test_program_make(named, &size);
	const struct gopm__executable_request request = {
	    .source = {.fd = -1, .data = program, .data_size = size, .what = "executable"}};

	open_it(o, mapped, process, &request);
	o->program_data = program;
	o->program_size = size;
	if (o->status != GOPM_OK) {
		fail_msg("%s", gopm_error_message(o->err));
	}
}

static void close_it(struct opened *o)
{
	gopm__executable_close(&o->exe);
	test_core_close(&o->core);
	gopm_error_free(o->err);
	free(o->core_data);
	free(o->program_data);
}

/* A wrong program is not used: its code and its names would be wrong. */
static void expect_refused(const struct test_program *mapped, const struct test_program *named,
                           const struct test_process *process, const char *text)
{
	size_t size;
	uint8_t *program = test_program_make(named, &size);
	const struct gopm__executable_request request = {
	    .source = {.fd = -1, .data = program, .data_size = size, .what = "executable"}};
	struct opened o;

	open_it(&o, mapped, process, &request);
	assert_int_equal(o.status, GOPM_ERR_NO_EXECUTABLE);
	assert_non_null(strstr(gopm_error_message(o.err), "is not the executable of this core"));
	if (strstr(gopm_error_message(o.err), text) == NULL) {
		fail_msg("%s", gopm_error_message(o.err));
	}
	assert_true(test_core_found(&o.core, GOPM_FINDING_EXE_MISMATCH));
	close_it(&o);
	free(program);
}

static uint64_t byte_at(const struct opened *o, uint64_t address)
{
	struct gopm__reader reader = gopm__reader(&o->core.file.memory);
	uint64_t word;
	return gopm__read_word(&reader, address, 1, &word) ? word : UINT64_MAX;
}

static const struct test_program plain = {.build_id = id_a, .go_id = "go/a"};
static const struct test_process normal = {.path = "/srv/server"};

static void fills_what_the_core_left_out(void **state)
{
	struct opened o;

	(void)state;
	open_named(&o, &plain, &plain, &normal);
	assert_false(o.exe.mismatch);
	assert_false(o.exe.pie);
	assert_false(o.exe.from_core);
	assert_int_equal(o.exe.bias, 0);
	assert_string_equal(o.exe.build_id.data, hex_a);
	assert_string_equal(o.exe.core_build_id.data, hex_a);
	assert_int_equal(byte_at(&o, PROGRAM_TEXT), 0xcc);
	/* Data that was never written comes from the file; memory past it is unknown. */
	assert_int_equal(byte_at(&o, PROGRAM_DATA), 0xdd);
	assert_int_equal(byte_at(&o, PROGRAM_DATA + 63), 0xdd);
	assert_int_equal(byte_at(&o, PROGRAM_DATA + 64), UINT64_MAX);
	assert_int_equal(o.core.findings.total, 0);
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(&o.exe, &count);
	assert_int_equal(count, 3);
	assert_int_equal(loads[1].address, PROGRAM_TEXT);
	close_it(&o);
}

static void what_the_core_holds_wins(void **state)
{
	struct opened o;
	struct test_process process = {.data_size = 32, .with_text = true};

	(void)state;
	open_named(&o, &plain, &plain, &process);
	assert_int_equal(byte_at(&o, PROGRAM_TEXT), 0xab);
	assert_int_equal(byte_at(&o, PROGRAM_DATA + 31), 0xee);
	assert_int_equal(byte_at(&o, PROGRAM_DATA + 32), 0xdd);
	close_it(&o);
}

/* A page that the process wrote, and that the truncated core lacks, must not come from the file. */
static void cut_data_stays_lost(void **state)
{
	struct test_process process = {.data_size = 128};
	struct opened o = {.status = GOPM_OK};
	size_t size, core_size;
	uint8_t *program = test_program_make(&plain, &size),
	        *data = test_process_core(&process, program, size, &core_size);
	const struct gopm__executable_request request = {
	    .source = {.fd = -1, .data = program, .data_size = size, .what = "executable"}};

	(void)state;
	/* The heap's 8 bytes, the padding before them, and half of the data. */
	test_core_open(&o.core, data, core_size - 8 - 64);
	assert_int_equal(o.core.status, GOPM_OK);
	assert_true(o.core.file.truncated);
	assert_int_equal(gopm__executable_open(&o.exe, &o.core.file, &request, NULL), GOPM_OK);
	assert_int_equal(byte_at(&o, PROGRAM_DATA), 0xee);
	assert_int_equal(byte_at(&o, PROGRAM_DATA + 63), 0xee);
	assert_int_equal(byte_at(&o, PROGRAM_DATA + 64), UINT64_MAX);
	assert_int_equal(byte_at(&o, PROGRAM_TEXT), 0xcc);
	close_it(&o);
	free(program);
	free(data);
}

static void finds_the_bias(void **state)
{
	const struct test_program pie = {.build_id = id_a, .pie = true};
	struct test_process process = {.bias = 0x555555000000, .path = "/srv/server"};
	const uint64_t bias = PROGRAM_BASE + 0x555555000000;
	struct opened o;

	(void)state;
	for (int i = 0; i < 3; i++) {
		/* From the auxiliary vector, from the core's copy of the header, from the mapping. */
		process.no_auxv = i != 0;
		process.no_header = i == 2;
		open_named(&o, &pie, &pie, &process);
		assert_true(o.exe.pie);
		assert_int_equal(o.exe.bias, bias);
		assert_false(o.exe.mismatch);
		assert_int_equal(byte_at(&o, PROGRAM_TEXT + process.bias), 0xcc);
		const char *names[] = {"runtime.allgs"};
		uint64_t address;
		assert_int_equal(gopm__executable_symbols(&o.exe, names, 1, &address, NULL), 1);
		assert_int_equal(address, PROGRAM_DATA + 8 + process.bias);
		struct gopm__section section;
		assert_int_equal(gopm__executable_section(&o.exe, ".text", &section), GOPM_OK);
		assert_int_equal(section.address, PROGRAM_TEXT + process.bias);
		close_it(&o);
	}
}

static void compares_build_ids(void **state)
{
	const struct test_program other = {.build_id = id_b, .go_id = "go/a", .less_text = 1};
	const struct test_program go_a = {.go_id = "go/a"}, none = {.go_id = NULL};
	const struct test_program go_b = {.go_id = "go/b", .less_text = 1};
	const struct test_program outside = {.build_id = id_a, .go_id = "go/a", .id_outside_segment = true};
	const struct test_program moved = {.build_id = id_a, .go_id = "go/a", .no_sections = true};
	struct opened o;

	(void)state;
	expect_refused(&plain, &other, &normal, hex_a);
	expect_refused(&go_a, &go_b, &normal, "go/b");
	open_named(&o, &go_a, &go_a, &normal);
	assert_false(o.exe.mismatch);
	close_it(&o);
	/* If there is nothing to compare, there is no mismatch. */
	open_named(&o, &none, &plain, &normal);
	assert_false(o.exe.mismatch);
	assert_int_equal(o.exe.core_build_id.size, 0);
	close_it(&o);
	/* Go's linker puts the GNU note outside of PT_NOTE. */
	open_named(&o, &outside, &outside, &normal);
	assert_string_equal(o.exe.build_id.data, hex_a);
	assert_string_equal(o.exe.core_build_id.data, hex_a);
	close_it(&o);
	expect_refused(&outside, &other, &normal, hex_a);
	open_named(&o, &plain, &moved, &normal);
	assert_false(o.exe.mismatch);
	assert_int_equal(byte_at(&o, PROGRAM_TEXT), 0xcc);
	close_it(&o);
	/* Without build IDs the entry points are compared. */
	struct test_process elsewhere = {.bias = 0x1000, .no_header = true};
	expect_refused(&none, &none, &elsewhere, "entry points differ");
}

/* Built again from the same source: another build ID, the same code. */
static void same_code_is_used(void **state)
{
	const struct test_program again = {.build_id = id_b, .go_id = "go/a"};
	struct test_process process = {.path = "/srv/server", .same_text = true};
	struct opened o;

	(void)state;
	open_named(&o, &plain, &again, &process);
	assert_true(o.exe.mismatch);
	assert_true(test_core_says(&o.core, "the code is the same"));
	assert_int_equal(byte_at(&o, PROGRAM_DATA), 0xdd);
	close_it(&o);
	/* The core has no code; the sizes agree. */
	process.same_text = false;
	open_named(&o, &plain, &again, &process);
	assert_true(o.exe.mismatch);
	assert_int_equal(byte_at(&o, PROGRAM_TEXT), 0xcc);
	close_it(&o);
	process.with_text = true;
	open_named(&o, &plain, &again, &process);
	assert_true(o.exe.mismatch);
	/* The code differs; the core has all that is needed. */
	assert_true(o.exe.from_core);
	assert_int_equal(byte_at(&o, PROGRAM_DATA), UINT64_MAX);
	close_it(&o);
}

static void unpacks_sections(void **state)
{
	static const char *const good[] = {".debug_info", ".debug_abbrev", ".debug_line"};
	struct gopm__section section, again;
	struct opened o;

	(void)state;
	open_named(&o, &plain, &plain, &normal);
	for (size_t i = 0; i < 3; i++) {
		assert_true(gopm__executable_has_section(&o.exe, good[i]));
		assert_int_equal(gopm__executable_section(&o.exe, good[i], &section), GOPM_OK);
		assert_int_equal(section.size, 5000);
		assert_int_equal(section.address, 0);
		for (size_t k = 0; k < 5000; k++) {
			assert_int_equal(section.data[k], k / 100);
		}
		for (size_t k = 5000; k < 5016; k++) {
			assert_int_equal(section.data[k], 0);
		}
		assert_int_equal(gopm__executable_section(&o.exe, good[i], &again), GOPM_OK);
		assert_ptr_equal(again.data, section.data);
	}
	assert_int_equal(gopm__executable_section(&o.exe, ".debug_huge", &section), GOPM_ERR_LIMIT);
	assert_null(section.data);
	assert_int_equal(gopm__executable_section(&o.exe, ".debug_short", &section), GOPM_ERR_FORMAT);
	assert_int_equal(gopm__executable_section(&o.exe, ".debug_odd", &section), GOPM_ERR_FORMAT);
	assert_int_equal(gopm__executable_section(&o.exe, ".debug_tiny", &section), GOPM_ERR_FORMAT);
	assert_int_equal(gopm__executable_section(&o.exe, ".debug_tiny", &section), GOPM_ERR_FORMAT);
	assert_int_equal(gopm__executable_section(&o.exe, ".debug_none", &section), GOPM_NOT_FOUND);
	assert_int_equal(gopm__executable_section(&o.exe, "", &section), GOPM_NOT_FOUND);
	assert_false(gopm__executable_has_section(&o.exe, ".debug_none"));
	assert_int_equal(gopm__executable_section(&o.exe, ".bss", &section), GOPM_OK);
	assert_int_equal(section.size, 0);
	assert_int_equal(section.address, PROGRAM_DATA + 64);
	assert_true(test_core_found(&o.core, GOPM_FINDING_LIMIT));
	assert_true(test_core_found(&o.core, GOPM_FINDING_BAD_SYMBOLS));
	close_it(&o);
}

static void finds_symbols(void **state)
{
	const char *names[] = {"runtime.main", "no.such", "runtime.allgs", "nowhere", "_rt0"};
	uint64_t addresses[5], sizes[5];
	struct opened o;

	(void)state;
	open_named(&o, &plain, &plain, &normal);
	assert_int_equal(gopm__executable_symbols(&o.exe, names, 5, addresses, sizes), 3);
	assert_int_equal(addresses[0], PROGRAM_TEXT + 32);
	assert_int_equal(addresses[1], 0);
	assert_int_equal(addresses[2], PROGRAM_DATA + 8);
	assert_int_equal(sizes[2], 24);
	assert_int_equal(addresses[3], 0);
	assert_int_equal(addresses[4], PROGRAM_ENTRY);
	gopm_str name = gopm__executable_symbol_at(&o.exe, PROGRAM_ENTRY);
	assert_int_equal(name.size, 4);
	assert_string_equal(name.data, "_rt0");
	assert_int_equal(gopm__executable_symbol_at(&o.exe, PROGRAM_ENTRY + 1).size, 0);
	assert_int_equal(gopm__executable_symbol_at(&o.exe, 5).size, 0);
	close_it(&o);
}

static void *ask_from_thread(void *argument)
{
	struct opened *o = argument;
	static const char *const names[] = {".debug_info", ".debug_line", ".debug_abbrev"};

	for (size_t i = 0; i < 300; i++) {
		struct gopm__section section;
		if (gopm__executable_section(&o->exe, names[i % 3], &section) != GOPM_OK || section.size != 5000 ||
		    section.data[4999] != 49 || gopm__executable_symbol_at(&o->exe, PROGRAM_ENTRY).size != 4) {
			return o;
		}
	}
	return NULL;
}

static void many_threads_ask(void **state)
{
	pthread_t threads[4];
	struct opened o;

	(void)state;
	open_named(&o, &plain, &plain, &normal);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_create(&threads[i], NULL, ask_from_thread, &o), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		void *wrong;
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	close_it(&o);
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static void make_folders(char *path)
{
	for (char *p = strchr(path + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
}

static void put_in(const char *root, const char *path, const struct test_program *program)
{
	char full[256];
	size_t size;
	uint8_t *data = test_program_make(program, &size);

	(void)snprintf(full, sizeof full, "%s%s", root, path);
	make_folders(full);
	write_file(full, data, size);
	free(data);
}

static void remove_from(const char *root, const char *path)
{
	char full[256];

	(void)snprintf(full, sizeof full, "%s%s", root, path);
	assert_int_equal(unlink(full), 0);
}

static void searches(void **state)
{
	static const char id_path[] = "/usr/lib/debug/.build-id/61/61616161616161616161616161616161616161";
	const struct test_program other = {.build_id = id_b, .go_id = "go/b", .less_text = 1};
	struct test_process process = {.path = "/srv/server (deleted)"};
	char root[] = "/tmp/gopm-root-XXXXXX";
	struct opened o;

	(void)state;
	assert_non_null(mkdtemp(root));
	const struct gopm__executable_request request = {
	    .source = {.fd = -1, .what = "executable"}, .search = true, .sysroot = root};
	/* There is no file. */
	open_it(&o, &plain, &process, &request);
	assert_int_equal(o.status, GOPM_ERR_NO_EXECUTABLE);
	assert_non_null(strstr(gopm_error_message(o.err), hex_a));
	close_it(&o);
	/* There is no file, but the core contains the code. */
	process.with_text = true;
	open_it(&o, &plain, &process, &request);
	assert_int_equal(o.status, GOPM_OK);
	assert_true(o.exe.from_core);
	assert_false(o.exe.mismatch);
	assert_string_equal(o.exe.build_id.data, hex_a);
	assert_int_equal(byte_at(&o, PROGRAM_TEXT), 0xab);
	struct gopm__section section;
	assert_int_equal(gopm__executable_section(&o.exe, ".text", &section), GOPM_NOT_FOUND);
	const char *names[] = {"runtime.allgs"};
	uint64_t address;
	assert_int_equal(gopm__executable_symbols(&o.exe, names, 1, &address, NULL), 0);
	size_t count;
	assert_non_null(gopm__executable_loads(&o.exe, &count));
	assert_int_equal(count, 3);
	close_it(&o);
	process.with_text = false;
	/* By path; it does not match. */
	put_in(root, "/srv/server", &other);
	open_it(&o, &plain, &process, &request);
	assert_int_equal(o.status, GOPM_ERR_NO_EXECUTABLE);
	assert_non_null(strstr(gopm_error_message(o.err), "/srv/server: is not the executable of this core"));
	close_it(&o);
	/* By build ID, not the wrong one by path. */
	put_in(root, id_path, &plain);
	open_it(&o, &plain, &process, &request);
	assert_int_equal(o.status, GOPM_OK);
	assert_false(o.exe.mismatch);
	assert_non_null(strstr(o.exe.source.name, ".build-id/61/"));
	assert_int_equal(byte_at(&o, PROGRAM_TEXT), 0xcc);
	close_it(&o);
	/* By path. */
	remove_from(root, "/srv/server");
	put_in(root, "/srv/server", &plain);
	open_it(&o, &plain, &process, &request);
	assert_int_equal(o.status, GOPM_OK);
	assert_non_null(strstr(o.exe.source.name, "/srv/server"));
	close_it(&o);
	/* A wrong file is named: the right one is found instead, unless the search is off. */
	size_t size;
	uint8_t *wrong = test_program_make(&other, &size);
	struct gopm__executable_request named = request;
	named.source.data = wrong;
	named.source.data_size = size;
	open_it(&o, &plain, &process, &named);
	assert_int_equal(o.status, GOPM_OK);
	assert_true(o.exe.mismatch);
	assert_string_equal(o.exe.build_id.data, hex_a);
	assert_true(test_core_says(&o.core, "/srv/server: is the executable of this core"));
	assert_int_equal(byte_at(&o, PROGRAM_TEXT), 0xcc);
	close_it(&o);
	named.search = false;
	open_it(&o, &plain, &process, &named);
	assert_int_equal(o.status, GOPM_ERR_NO_EXECUTABLE);
	assert_non_null(strstr(gopm_error_message(o.err), "the search is off"));
	close_it(&o);
	free(wrong);
	/* Never outside of the sysroot. */
	process.path = "/../srv/server";
	remove_from(root, id_path);
	open_it(&o, &plain, &process, &request);
	assert_int_equal(o.status, GOPM_ERR_NO_EXECUTABLE);
	close_it(&o);
	/* Not if the search is off. */
	process.path = "/srv/server";
	struct gopm__executable_request no = request;
	no.search = false;
	open_it(&o, &plain, &process, &no);
	assert_int_equal(o.status, GOPM_ERR_NO_EXECUTABLE);
	close_it(&o);
	remove_from(root, "/srv/server");
	static const char *const folders[] = {"/usr/lib/debug/.build-id/61",
	                                      "/usr/lib/debug/.build-id",
	                                      "/usr/lib/debug",
	                                      "/usr/lib",
	                                      "/usr",
	                                      "/srv",
	                                      ""};
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		char full[256];
		(void)snprintf(full, sizeof full, "%s%s", root, folders[i]);
		assert_int_equal(rmdir(full), 0);
	}
}

static void expect_debug(struct opened *o, bool there)
{
	static const char *const names[] = {"runtime.allgs"};
	struct gopm__section section;
	uint64_t address;

	assert_int_equal(o->status, GOPM_OK);
	assert_int_equal(gopm__executable_has_section(&o->exe, ".debug_info"), there);
	assert_int_equal(gopm__executable_section(&o->exe, ".debug_info", &section), there ? GOPM_OK : GOPM_NOT_FOUND);
	assert_int_equal(section.size, there ? 5000 : 0);
	assert_int_equal(gopm__executable_symbols(&o->exe, names, 1, &address, NULL), there);
	assert_int_equal(gopm__executable_symbol_at(&o->exe, PROGRAM_ENTRY).size, there ? 4 : 0);
	assert_int_equal(gopm__executable_section(&o->exe, ".debug_none", &section), GOPM_NOT_FOUND);
	close_it(o);
}

static void finds_a_debug_file(void **state)
{
	static const char id_path[] = "/usr/lib/debug/.build-id/61/61616161616161616161616161616161616161.debug";
	static const char *const beside[] = {"/srv/server.debug", "/srv/.debug/server.debug",
	                                     "/usr/lib/debug/srv/server.debug"};
	const struct program_set {
		struct test_program full, stripped;
	} with_id = {plain, {.build_id = id_a, .go_id = "go/a", .stripped = true}};
	struct program_set linked = {{.go_id = "go/a"},
	                             {.go_id = "go/a", .stripped = true, .debuglink = "server.debug"}};
	const struct test_program other = {.build_id = id_b};
	char root[] = "/tmp/gopm-root-XXXXXX";
	struct opened o;

	(void)state;
	assert_non_null(mkdtemp(root));
	struct gopm__executable_request request = {
	    .source = {.fd = -1, .what = "executable"}, .search = true, .sysroot = root};
	put_in(root, "/srv/server", &with_id.stripped);
	open_it(&o, &plain, &normal, &request);
	expect_debug(&o, false);
	put_in(root, id_path, &other);
	open_it(&o, &plain, &normal, &request);
	expect_debug(&o, false);
	remove_from(root, id_path);
	put_in(root, id_path, &with_id.full);
	open_it(&o, &plain, &normal, &request);
	expect_debug(&o, true);
	remove_from(root, id_path);

	size_t size;
	uint8_t *full = test_program_make(&linked.full, &size);
	linked.stripped.checksum = (uint32_t)crc32(crc32(0, NULL, 0), full, (uInt)size);
	free(full);
	put_in(root, "/srv/server", &linked.stripped);
	for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
		put_in(root, beside[i], &linked.full);
		open_it(&o, &linked.full, &normal, &request);
		expect_debug(&o, true);
		put_in(root, beside[i], &other);
		open_it(&o, &linked.full, &normal, &request);
		expect_debug(&o, false);
		remove_from(root, beside[i]);
	}
	/* A debug link with a folder in its name is not followed. */
	put_in(root, "/etc/server.debug", &linked.full);
	linked.stripped.debuglink = "../etc/server.debug";
	put_in(root, "/srv/server", &linked.stripped);
	open_it(&o, &linked.full, &normal, &request);
	expect_debug(&o, false);
	remove_from(root, "/etc/server.debug");
	remove_from(root, "/srv/server");
	static const char *const folders[] = {"/usr/lib/debug/.build-id/61",
	                                      "/usr/lib/debug/.build-id",
	                                      "/usr/lib/debug/srv",
	                                      "/usr/lib/debug",
	                                      "/usr/lib",
	                                      "/usr",
	                                      "/srv/.debug",
	                                      "/srv",
	                                      "/etc",
	                                      ""};
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		char path[256];
		(void)snprintf(path, sizeof path, "%s%s", root, folders[i]);
		assert_int_equal(rmdir(path), 0);
	}
}

static void refuses_what_is_no_executable(void **state)
{
	size_t size, core_size;
	uint8_t *program = test_program_make(&plain, &size),
	        *data = test_process_core(&normal, program, size, &core_size);
	struct gopm__executable_request request = {
	    .source = {.fd = -1, .data = data, .data_size = core_size, .what = "executable"}};
	struct test_core core;
	struct gopm__executable exe;
	gopm_error *err = NULL;

	(void)state;
	test_core_open(&core, data, core_size);
	assert_int_equal(gopm__executable_open(&exe, &core.file, &request, &err), GOPM_ERR_FORMAT);
	assert_non_null(strstr(gopm_error_message(err), "is a core, not an executable"));
	gopm_error_free(err);
	request.source.data = "#!/bin/sh\nexec true\n";
	request.source.data_size = 20;
	assert_int_equal(gopm__executable_open(&exe, &core.file, &request, &err), GOPM_ERR_FORMAT);
	assert_non_null(strstr(gopm_error_message(err), "not an ELF file; expected an executable"));
	gopm_error_free(err);
	test_core_close(&core);
	free(program);
	free(data);
}

static void ask_everything(struct gopm__executable *exe)
{
	static const char *const sections[] = {".text",       ".bss",         ".debug_info",  ".debug_line",
	                                       ".debug_huge", ".debug_short", ".debug_abbrev"};
	const char *names[] = {"runtime.main", "no.such"};
	uint64_t addresses[2], sizes[2];
	struct gopm__section section;

	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		if (gopm__executable_section(exe, sections[i], &section) == GOPM_OK) {
			volatile uint8_t byte = 0;
			for (uint64_t k = 0; k < section.size; k++) {
				byte = section.data[k];
			}
			(void)byte;
		}
	}
	(void)gopm__executable_symbols(exe, names, 2, addresses, sizes);
	(void)gopm__executable_symbol_at(exe, PROGRAM_ENTRY);
}

static void open_damaged(struct test_core *core, const uint8_t *program, size_t size)
{
	const struct gopm__executable_request request = {
	    .source = {.fd = -1, .data = program, .data_size = size, .what = "executable"},
	    .max_section_size = 1 << 20};
	struct gopm__executable exe;
	size_t segments = core->file.memory.count;

	if (gopm__executable_open(&exe, &core->file, &request, NULL) == GOPM_OK) {
		ask_everything(&exe);
		gopm__executable_close(&exe);
	}
	/* The next file is tried, so nothing of the closed one may stay in use. */
	size_t kept = 0;
	for (size_t i = 0; i < core->file.memory.count; i++) {
		if (core->file.memory.segments[i].source == &core->file.source) {
			core->file.memory.segments[kept++] = core->file.memory.segments[i];
		}
	}
	core->file.memory.count = kept;
	assert_int_equal(kept, segments);
}

static void every_cut_and_every_byte(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x80, 0xff};
	size_t size, core_size;
	uint8_t *program = test_program_make(&plain, &size),
	        *data = test_process_core(&normal, program, size, &core_size);
	struct test_core core;

	(void)state;
	test_core_open(&core, data, core_size);
	assert_int_equal(core.status, GOPM_OK);
	for (size_t cut = 1; cut < size; cut++) {
		uint8_t *copy = malloc(cut);
		assert_non_null(copy);
		memcpy(copy, program, cut);
		open_damaged(&core, copy, cut);
		free(copy);
	}
	for (size_t at = 0; at < size; at++) {
		uint8_t old = program[at];
		for (size_t v = 0; v < sizeof values; v++) {
			program[at] = values[v];
			open_damaged(&core, program, size);
		}
		program[at] = old;
	}
	test_core_close(&core);
	free(program);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fills_what_the_core_left_out),
	    cmocka_unit_test(what_the_core_holds_wins),
	    cmocka_unit_test(cut_data_stays_lost),
	    cmocka_unit_test(finds_the_bias),
	    cmocka_unit_test(compares_build_ids),
	    cmocka_unit_test(same_code_is_used),
	    cmocka_unit_test(unpacks_sections),
	    cmocka_unit_test(finds_symbols),
	    cmocka_unit_test(many_threads_ask),
	    cmocka_unit_test(searches),
	    cmocka_unit_test(finds_a_debug_file),
	    cmocka_unit_test(refuses_what_is_no_executable),
	    cmocka_unit_test(every_cut_and_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
