/* SPDX-License-Identifier: Apache-2.0 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "support/elfbuilder.h"
#include "support/testcore.h"

#define STACK ((uint64_t)0xc000010000)
#define TEXT ((uint64_t)0x401000)

static void add_memory(struct elf_builder *b)
{
	uint8_t stack[256];

	for (size_t i = 0; i < sizeof stack; i++) {
		stack[i] = (uint8_t)i;
	}
	/* Not sorted, as some writers leave them. */
	elf_builder_load(b, STACK, stack, sizeof stack, sizeof stack, PF_R | PF_W);
	elf_builder_load(b, TEXT, "\xcc\xcc\xcc\xcc", 4, 0x2000, PF_R | PF_X);
}

static void add_notes(struct elf_builder *b)
{
	static const struct elf_builder_mapping files[] = {
	    {0x600000, 0x601000, 2, "/srv/server"},
	    {0x401000, 0x403000, 1, "/srv/server"},
	    {0x7f0000000000, 0x7f0000001000, 0, "/lib/libc.so.6"},
	};

	elf_builder_prpsinfo(b, 4711, "/srv/server -listen :80 ");
	elf_builder_thread(b, 4711, 11, TEXT + 1, STACK + 8, 0xc000000180);
	elf_builder_siginfo(b, 11, 1, 0xdeadbeef);
	elf_builder_thread(b, 4712, 0, TEXT + 2, STACK + 16, 0xc000000380);
	elf_builder_auxv(b, TEXT, 0x400040);
	elf_builder_files(b, files, 3);
}

static uint8_t *make_core(size_t *size)
{
	struct elf_builder b;

	elf_builder_init(&b, ET_CORE);
	add_notes(&b);
	add_memory(&b);
	uint8_t *data = elf_builder_finish(&b, size);
	elf_builder_free(&b);
	return data;
}

static void reads_a_core(void **state)
{
	size_t size;
	uint8_t *data = make_core(&size);
	struct test_core core;

	(void)state;
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	assert_string_equal(core.file.arch->name, "amd64");
	assert_int_equal(core.file.thread_count, 2);
	const struct gopm__thread *t = core.file.threads;
	const struct gopm__arch *arch = core.file.arch;
	assert_int_equal(t[0].id, 4711);
	assert_int_equal(t[0].signal, 11);
	assert_int_equal(t[0].signal_code, 1);
	assert_int_equal(t[0].fault_address, 0xdeadbeef);
	assert_int_equal(t[0].registers.value[arch->pc], TEXT + 1);
	assert_int_equal(t[0].registers.value[arch->sp], STACK + 8);
	assert_int_equal(t[0].registers.value[arch->g], 0xc000000180);
	assert_int_equal(t[1].id, 4712);
	assert_int_equal(t[1].signal, 0);
	assert_int_equal(t[1].fault_address, 0);
	assert_int_equal(core.file.pid, 4711);
	assert_string_equal(core.file.command_line.data, "/srv/server -listen :80");
	assert_int_equal(core.file.entry, TEXT);
	assert_int_equal(core.file.phdr, 0x400040);
	assert_int_equal(core.file.file_count, 3);
	assert_int_equal(core.file.files[0].start, 0x401000);
	assert_int_equal(core.file.files[0].offset, 4096);
	assert_string_equal(core.file.files[1].path.data, "/srv/server");
	assert_string_equal(core.file.files[2].path.data, "/lib/libc.so.6");
	assert_int_equal(core.file.load_count, 2);
	assert_int_equal(core.file.loads[0].address, TEXT);
	assert_int_equal(core.file.loads[0].memory_size, 0x2000);
	assert_int_equal(core.file.memory_size, 260);
	assert_false(core.file.truncated);
	assert_int_equal(core.findings.total, 0);
	test_core_close(&core);
	free(data);
}

/* Memory that the core left out is missing, not zero. */
static void left_out_is_missing(void **state)
{
	size_t size;
	uint8_t *data = make_core(&size);
	struct test_core core;
	uint64_t word;

	(void)state;
	test_core_open(&core, data, size);
	struct gopm__reader reader = gopm__reader(&core.file.memory);
	assert_true(gopm__read_word(&reader, TEXT, 4, &word));
	assert_int_equal(word, 0xcccccccc);
	assert_false(gopm__read_word(&reader, TEXT + 4, 1, &word));
	assert_false(gopm__read_word(&reader, TEXT + 2, 4, &word));
	test_core_close(&core);
	free(data);
}

static void registers_have_dwarf_numbers(void **state)
{
	const struct gopm__arch *arch = gopm__arch_by_machine(EM_X86_64);

	(void)state;
	assert_non_null(arch);
	assert_null(gopm__arch_by_machine(EM_S390));
	assert_int_equal(gopm__arch_register(arch, 7), arch->sp);
	assert_int_equal(gopm__arch_register(arch, 6), arch->fp);
	assert_int_equal(gopm__arch_register(arch, 16), arch->pc);
	assert_int_equal(gopm__arch_register(arch, 14), arch->g);
	assert_int_equal(gopm__arch_register(arch, 1000), -1);
	assert_string_equal(arch->registers[arch->g].name, "r14");
	for (size_t i = 0; i < arch->register_count; i++) {
		assert_true(arch->registers[i].prstatus_offset >= 112);
		assert_true(arch->registers[i].prstatus_offset + 8U <= 328);
		for (size_t k = 0; k < i; k++) {
			assert_true(arch->registers[i].prstatus_offset != arch->registers[k].prstatus_offset);
		}
	}
}

/* The kernel writes one NT_SIGINFO for the first thread: after it, or before it in old versions. */
static void signal_before_thread(void **state)
{
	struct elf_builder b;
	struct test_core core;
	size_t size;

	(void)state;
	elf_builder_init(&b, ET_CORE);
	elf_builder_siginfo(&b, 6, -6, 0x1111);
	elf_builder_thread(&b, 1, 6, 1, 2, 3);
	add_memory(&b);
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	assert_int_equal(core.file.threads[0].signal, 6);
	assert_int_equal(core.file.threads[0].signal_code, -6);
	assert_int_equal(core.file.threads[0].fault_address, 0);
	assert_int_equal(core.file.threads[0].signal_sender, 0x1111);
	assert_int_equal(core.file.pid, 1);
	test_core_close(&core);
	free(data);
	elf_builder_free(&b);
}

static void expect_failure(const void *data, size_t size, gopm_status status, const char *text)
{
	struct test_core core;

	test_core_open(&core, data, size);
	if (core.status != status || !test_core_says(&core, text)) {
		print_error("status %d: %s\n", core.status, gopm_error_message(core.err));
	}
	assert_int_equal(core.status, status);
	assert_true(test_core_says(&core, text));
	assert_int_equal(gopm_error_status(core.err), status);
	test_core_close(&core);
}

static void refuses_what_is_no_core(void **state)
{
	size_t size;
	uint8_t *data = make_core(&size);
	Elf64_Ehdr *h = (Elf64_Ehdr *)(void *)data, good = *h;

	(void)state;
	expect_failure("", 0, GOPM_ERR_FORMAT, "is empty");
	expect_failure("x", 1, GOPM_ERR_FORMAT, "not an ELF file");
	expect_failure("The quick brown fox jumps over the lazy dog.", 44, GOPM_ERR_FORMAT, "not an ELF file");
	expect_failure("\x7f"
	               "ELF",
	               4, GOPM_ERR_TRUNCATED, "ends inside the ELF header");
	expect_failure("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10, GOPM_ERR_TRUNCATED,
	               "compressed stream is truncated");
	expect_failure("MDMP\x93\xa7\x00\x00", 8, GOPM_ERR_UNSUPPORTED, "a minidump, as Breakpad");
	expect_failure("PK\x03\x04", 4, GOPM_ERR_UNSUPPORTED, "a zip archive, not a core; decompress it first");
	h->e_type = ET_EXEC;
	expect_failure(data, size, GOPM_ERR_FORMAT, "is an executable, not a core");
	h->e_type = ET_DYN;
	expect_failure(data, size, GOPM_ERR_FORMAT, "is an executable, not a core");
	h->e_type = ET_REL;
	expect_failure(data, size, GOPM_ERR_FORMAT, "ELF file of type 1");
	*h = good;
	h->e_machine = EM_S390;
	expect_failure(data, size, GOPM_ERR_UNSUPPORTED, "ELF machine 22");
	*h = good;
	h->e_ident[EI_CLASS] = ELFCLASS32;
	expect_failure(data, size, GOPM_ERR_UNSUPPORTED, "32-bit");
	h->e_ident[EI_CLASS] = 9;
	expect_failure(data, size, GOPM_ERR_FORMAT, "ELF class 9");
	*h = good;
	h->e_ident[EI_DATA] = ELFDATA2MSB;
	expect_failure(data, size, GOPM_ERR_UNSUPPORTED, "big endian");
	*h = good;
	h->e_phentsize = 32;
	expect_failure(data, size, GOPM_ERR_FORMAT, "program headers of 32 bytes");
	*h = good;
	h->e_phoff = UINT64_MAX - 10;
	expect_failure(data, size, GOPM_ERR_TRUNCATED, "ends inside its 3 program headers");
	*h = good;
	h->e_phnum = PN_XNUM;
	expect_failure(data, size, GOPM_ERR_TRUNCATED, "section header 0");
	*h = good;
	h->e_phnum = 0;
	expect_failure(data, size, GOPM_ERR_FORMAT, "has no memory");
	free(data);
}

/* A core cut at any byte: more bytes never give less, no cut core crashes, and none is accepted as complete. */
static void cut_at_every_byte(void **state)
{
	size_t size;
	uint8_t *data = make_core(&size);
	uint64_t memory_before = 0;

	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		struct test_core core;
		/* In an allocation of its own, so that a sanitizer sees a read past its end. */
		uint8_t *copy = malloc(cut != 0 ? cut : 1);
		assert_non_null(copy);
		memcpy(copy, data, cut);
		test_core_open(&core, copy, cut);
		if (core.status == GOPM_OK) {
			assert_true(core.file.truncated);
			assert_true(test_core_found(&core, GOPM_FINDING_TRUNCATED));
			assert_true(core.file.memory_size >= memory_before);
			memory_before = core.file.memory_size;
			assert_int_equal(core.file.thread_count, 2);
		} else {
			assert_true(memory_before == 0);
			assert_true(core.status == GOPM_ERR_TRUNCATED || core.status == GOPM_ERR_FORMAT);
			assert_true(strlen(gopm_error_message(core.err)) > 0);
		}
		test_core_close(&core);
		free(copy);
	}
	assert_int_equal(memory_before, 259);
	free(data);
}

/* gdb writes the notes after the memory: a truncated core has memory and no threads. */
static void cut_before_notes(void **state)
{
	struct elf_builder b;
	struct test_core core;
	size_t size;

	(void)state;
	elf_builder_init(&b, ET_CORE);
	add_notes(&b);
	add_memory(&b);
	b.notes_last = true;
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	assert_int_equal(core.file.thread_count, 2);
	test_core_close(&core);
	for (size_t cut = size - b.notes.size; cut < size; cut++) {
		uint8_t *copy = malloc(cut);
		assert_non_null(copy);
		memcpy(copy, data, cut);
		test_core_open(&core, copy, cut);
		assert_int_equal(core.status, GOPM_OK);
		assert_true(core.file.truncated);
		assert_int_equal(core.file.memory_size, 260);
		assert_true(test_core_says(&core, "ends inside its notes"));
		test_core_close(&core);
		free(copy);
	}
	free(data);
	elf_builder_free(&b);
}

/* Every byte of headers and notes is set to harmful values. The result must be a defined status. */
static void every_byte_wrong(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	size_t size;
	uint8_t *data = make_core(&size);

	(void)state;
	for (size_t at = 0; at < size - 256; at++) {
		uint8_t old = data[at];
		for (size_t v = 0; v < sizeof values; v++) {
			struct test_core core;
			data[at] = values[v];
			test_core_open(&core, data, size);
			assert_true(core.status <= GOPM_OK);
			test_core_close(&core);
		}
		data[at] = old;
	}
	free(data);
}

static void absurd_segments(void **state)
{
	struct elf_builder b;
	struct test_core core;
	size_t size;
	uint64_t word;

	(void)state;
	elf_builder_init(&b, ET_CORE);
	add_memory(&b);
	/* Segments past the end of the address space, past the end of the file, overlapping, and empty. */
	elf_builder_load(&b, UINT64_MAX - 3, "abcdefgh", 8, 8, PF_R);
	elf_builder_load(&b, STACK + 128, "overlapping", 11, 4096, PF_R);
	struct elf_builder_segment *s = elf_builder_load(&b, 0x700000, "far", 3, 3, PF_R);
	s->header.p_filesz = UINT64_MAX;
	s = elf_builder_load(&b, 0x800000, "", 0, 0x1000, PF_R);
	s->header.p_filesz = 0x1000;
	s->header.p_offset = UINT64_MAX - 5;
	elf_builder_load(&b, 0x900000, "", 0, 0, PF_R);
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	assert_true(core.file.truncated);
	assert_true(test_core_says(&core, "overlap"));
	assert_true(test_core_says(&core, "end of the address space"));
	assert_true(test_core_says(&core, "has no threads"));
	struct gopm__reader reader = gopm__reader(&core.file.memory);
	assert_true(gopm__read_word(&reader, STACK + 128, 1, &word));
	assert_int_equal(word, 128);
	assert_false(gopm__read_word(&reader, 0x800000, 1, &word));
	assert_false(gopm__read_word(&reader, 0x900000, 1, &word));
	assert_true(gopm__read_word(&reader, 0x700000, 2, &word));
	assert_int_equal(word, 'f' | 'a' << 8);
	test_core_close(&core);
	free(data);
	elf_builder_free(&b);
}

static void damaged_notes(void **state)
{
	struct elf_builder b;
	struct test_core core;
	size_t size;
	uint64_t huge[] = {UINT64_MAX / 2, 4096, 1, 2, 3};
	uint64_t no_page[] = {1, 0, 1, 2, 3};
	uint64_t torn[] = {1, 4096, 0x1000, 0x2000, 0, 0x4141414141414141};
	const struct {
		uint32_t type;
		const void *data;
		size_t size;
		const char *says;
	} cases[] = {
	    {NT_FILE, huge, sizeof huge, "more mappings than its size allows"},
	    {NT_FILE, no_page, sizeof no_page, "an invalid header"},
	    {NT_FILE, torn, sizeof torn, "ends inside its file names"},
	    {NT_FILE, "", 0, "an invalid header"},
	    {NT_PRSTATUS, "short", 5, "NT_PRSTATUS is too short"},
	    {NT_SIGINFO, "short", 5, "NT_SIGINFO is too short"},
	    {NT_PRPSINFO, "short", 5, "NT_PRPSINFO is too short"},
	    {NT_AUXV, "short", 5, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		elf_builder_init(&b, ET_CORE);
		elf_bytes_note(&b.notes, "CORE", cases[i].type, cases[i].data, cases[i].size);
		elf_builder_thread(&b, 7, 0, 0, 0, 0);
		add_memory(&b);
		uint8_t *data = elf_builder_finish(&b, &size);
		test_core_open(&core, data, size);
		assert_int_equal(core.status, GOPM_OK);
		assert_true(test_core_says(&core, cases[i].says));
		assert_int_equal(core.file.thread_count, 1);
		test_core_close(&core);
		free(data);
		elf_builder_free(&b);
	}
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 7, 0, 0, 0, 0);
	/* Lengths past the end of the notes. */
	elf_bytes_u32(&b.notes, 5);
	elf_bytes_u32(&b.notes, UINT32_MAX);
	elf_bytes_u32(&b.notes, NT_FILE);
	elf_bytes_add(&b.notes, "CORE\0\0\0", 8);
	add_memory(&b);
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	assert_true(test_core_says(&core, "past the end of the notes"));
	assert_int_equal(core.file.thread_count, 1);
	test_core_close(&core);
	free(data);
	elf_builder_free(&b);
}

static void many_threads(void **state)
{
	struct elf_builder b;
	struct test_core core;
	size_t size;

	(void)state;
	elf_builder_init(&b, ET_CORE);
	for (uint32_t i = 0; i < 70000; i++) {
		elf_builder_thread(&b, i + 1, 0, i, 0, 0);
	}
	add_memory(&b);
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	assert_int_equal(core.file.thread_count, 70000);
	assert_int_equal(core.file.threads[69999].id, 70000);
	test_core_close(&core);
	free(data);
	elf_builder_free(&b);
}

/* A header that is unlike all others is said to be damaged. */
static void odd_segment(void **state)
{
	static const struct {
		size_t field, size;
		uint64_t value;
		const char *text; /* of the finding */
	} changes[] = {
	    {offsetof(Elf64_Phdr, p_filesz), 8, 1, "ends inside a page"},
	    {offsetof(Elf64_Phdr, p_type), 4, PT_LOPROC + 17, "its bytes are not used as memory"},
	    {offsetof(Elf64_Phdr, p_type), 4, PT_LOOS, "its bytes are not used as memory"},
	    {offsetof(Elf64_Phdr, p_vaddr), 8, 8, "begins inside a page"},
	};
	struct elf_builder b;
	struct test_core core;
	uint8_t page[4096];
	size_t size;

	(void)state;
	memset(page, 7, sizeof page);
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 7, 0, 0, 0, 0);
	for (uint64_t i = 0; i < 12; i++) {
		elf_builder_load(&b, 0x400000 + i * 0x10000, page, sizeof page, sizeof page,
		                 i % 2 == 0 ? PF_R : PF_R | PF_W);
	}
	/* A writer may cut the last page of a file. */
	elf_builder_load(&b, 0x800000, page, 100, sizeof page, PF_R);
	uint8_t *data = elf_builder_finish(&b, &size);
	elf_builder_free(&b);
	test_core_open(&core, data, size);
	assert_false(test_core_says(&core, "unlike the others"));
	test_core_close(&core);
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		uint8_t *at = data + sizeof(Elf64_Ehdr) + 5 * sizeof(Elf64_Phdr) + changes[i].field, old[8];
		memcpy(old, at, sizeof old);
		memcpy(at, &changes[i].value, changes[i].size);
		test_core_open(&core, data, size);
		if (!test_core_says(&core, changes[i].text)) {
			fail_msg("no finding says: %s", changes[i].text);
		}
		test_core_close(&core);
		memcpy(at, old, sizeof old);
	}
	free(data);
}

/* More mappings than e_phnum can count, in descending order. */
static void many_segments(void **state)
{
	enum { COUNT = 70000 };
	struct elf_builder b;
	struct test_core core;
	size_t size;
	uint64_t word;

	(void)state;
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 7, 0, 0, 0, 0);
	for (uint32_t i = 0; i < COUNT; i++) {
		elf_builder_load(&b, (uint64_t)(COUNT - i) * 0x1000, &i, sizeof i, 0x1000, PF_R);
	}
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	assert_int_equal(core.file.load_count, COUNT);
	assert_int_equal(core.file.memory.count, COUNT);
	struct gopm__reader reader = gopm__reader(&core.file.memory);
	for (uint32_t i = 0; i < COUNT; i += 999) {
		assert_true(gopm__read_word(&reader, (uint64_t)(COUNT - i) * 0x1000, 4, &word));
		assert_int_equal(word, i);
	}
	test_core_close(&core);
	/* The count is wrong. */
	Elf64_Ehdr h;
	memcpy(&h, data, sizeof h);
	uint32_t lie = (1U << 20) + 1;
	memcpy(data + h.e_shoff + offsetof(Elf64_Shdr, sh_info), &lie, sizeof lie);
	expect_failure(data, size, GOPM_ERR_LIMIT, "1048577 program headers");
	lie = 1U << 19;
	memcpy(data + h.e_shoff + offsetof(Elf64_Shdr, sh_info), &lie, sizeof lie);
	expect_failure(data, size, GOPM_ERR_TRUNCATED, "524288 program headers");
	free(data);
	elf_builder_free(&b);
}

/* Small inputs that a naive reader takes quadratic time for: many segments that all overlap, and many segments that are
 * the same notes. */
static void no_quadratic_work(void **state)
{
	enum { COUNT = 200000 };
	struct elf_builder b;
	struct test_core core;
	size_t size;
	uint64_t word;

	(void)state;
	elf_builder_init(&b, ET_CORE);
	elf_builder_thread(&b, 7, 0, 0, 0, 0);
	for (uint32_t i = 0; i < COUNT; i++) {
		struct elf_builder_segment *s = elf_builder_load(&b, 0x1000 + i, "", 0, 0x1000, PF_R);
		s->header.p_filesz = COUNT + 16 + 2 * (uint64_t)i;
		s->header.p_memsz = s->header.p_filesz;
		s->header.p_offset = i % 8;
	}
	uint8_t *data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	struct gopm__reader reader = gopm__reader(&core.file.memory);
	assert_true(gopm__read_word(&reader, 0x1000, 4, &word));
	assert_int_equal(word, 0x464c457f);
	assert_int_equal(core.file.memory_size, 4 * (uint64_t)COUNT + 13);
	test_core_close(&core);
	free(data);
	elf_builder_free(&b);

	elf_builder_init(&b, ET_CORE);
	elf_builder_load(&b, 0x1000, "abcd", 4, 4, PF_R);
	for (uint32_t i = 0; i < 60000; i++) {
		struct elf_builder_segment *s = elf_builder_segment(&b, PT_NOTE);
		s->header.p_offset = 64;
		s->header.p_filesz = 60000 * sizeof(Elf64_Phdr);
	}
	data = elf_builder_finish(&b, &size);
	test_core_open(&core, data, size);
	assert_int_equal(core.status, GOPM_OK);
	assert_true(test_core_says(&core, "bytes of notes; the rest is ignored"));
	test_core_close(&core);
	free(data);
	elf_builder_free(&b);
}

/* Opens a core that has one segment of `bytes` bytes, a hole in the file. Returns the page faults of opening it. */
static long open_hole(struct test_core *core, uint64_t bytes)
{
	struct elf_builder b;
	struct rusage before, after;
	char path[64];
	size_t size;

	elf_builder_init(&b, ET_CORE);
	add_notes(&b);
	struct elf_builder_segment *s = elf_builder_load(&b, STACK, "", 0, bytes, PF_R | PF_W);
	s->header.p_filesz = bytes;
	s->header.p_offset = 65536;
	uint8_t *data = elf_builder_finish(&b, &size);
	test_file(path, data, size);
	assert_int_equal(truncate(path, (off_t)(65536 + bytes)), 0);
	struct gopm__source_request request = {.fd = -1, .path = path, .what = "core", .unpack = true};
	assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
	test_core_open_request(core, &request);
	assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
	assert_int_equal(unlink(path), 0);
	free(data);
	elf_builder_free(&b);
	return after.ru_minflt + after.ru_majflt - before.ru_minflt - before.ru_majflt;
}

/* Opening must not touch the bytes of a segment: 4 GB cost no more page faults than 64 KiB. */
static void big_core_opens_at_once(void **state)
{
	const uint64_t big = (uint64_t)4 << 30;
	struct test_core core;
	uint64_t word;

	(void)state;
	long small_faults = open_hole(&core, 65536);
	test_core_close(&core);
	long faults = open_hole(&core, big);
	assert_int_equal(core.status, GOPM_OK);
	assert_false(core.file.truncated);
	assert_int_equal(core.file.memory_size, big);
	assert_true(faults < small_faults + 50);
	struct gopm__reader reader = gopm__reader(&core.file.memory);
	assert_true(gopm__read_u64(&reader, STACK + big - 8, &word));
	assert_false(gopm__read_u64(&reader, STACK + big - 7, &word));
	test_core_close(&core);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_a_core),
	    cmocka_unit_test(left_out_is_missing),
	    cmocka_unit_test(registers_have_dwarf_numbers),
	    cmocka_unit_test(signal_before_thread),
	    cmocka_unit_test(refuses_what_is_no_core),
	    cmocka_unit_test(cut_at_every_byte),
	    cmocka_unit_test(cut_before_notes),
	    cmocka_unit_test(every_byte_wrong),
	    cmocka_unit_test(absurd_segments),
	    cmocka_unit_test(damaged_notes),
	    cmocka_unit_test(many_threads),
	    cmocka_unit_test(odd_segment),
	    cmocka_unit_test(many_segments),
	    cmocka_unit_test(no_quadratic_work),
	    cmocka_unit_test(big_core_opens_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
