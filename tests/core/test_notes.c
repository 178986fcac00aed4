/* SPDX-License-Identifier: Apache-2.0 */
/* Notes as their writers write them: the kernel, gdb and lldb with owners, `dlv dump` without. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/vector_register.h"
#include "support/elfbuilder.h"
#include "support/testcore.h"

#define STACK ((uint64_t)0xc000010000)
#define TEXT ((uint64_t)0x401000)
#define THREAD_POINTER ((uint64_t)0x7f0000001740)

enum { PR_PID = 32, PR_REG = 112, FS_BASE = PR_REG + 8 * 21, RIP = PR_REG + 8 * 16, RSP = PR_REG + 8 * 19 };

struct notes_core {
	struct elf_builder builder;
	uint8_t *data;
	struct test_core core;
};

static void start(struct notes_core *c, uint16_t machine)
{
	static const uint8_t stack[64];

	elf_builder_init(&c->builder, ET_CORE);
	c->builder.header.e_machine = machine;
	elf_builder_load(&c->builder, STACK, stack, sizeof stack, sizeof stack, PF_R | PF_W);
}

static void note(struct notes_core *c, const char *owner, uint32_t type, const void *data, size_t size)
{
	static const uint8_t padding[4];
	/* `dlv dump` writes a size of 0 for the owner, not an empty string. */
	const uint32_t head[3] = {0, (uint32_t)size, type};

	if (owner != NULL) {
		elf_bytes_note(&c->builder.notes, owner, type, data, size);
		return;
	}
	elf_bytes_add(&c->builder.notes, head, sizeof head);
	elf_bytes_add(&c->builder.notes, data, size);
	elf_bytes_add(&c->builder.notes, padding, (4 - size % 4) % 4);
}

static void open_core(struct notes_core *c)
{
	size_t size;

	c->data = elf_builder_finish(&c->builder, &size);
	test_core_open(&c->core, c->data, size);
	assert_int_equal(c->core.status, GOPM_OK);
}

static void close_core(struct notes_core *c)
{
	test_core_close(&c->core);
	free(c->data);
	elf_builder_free(&c->builder);
}

static void thread_note(struct notes_core *c, const char *owner, uint32_t id)
{
	uint8_t prstatus[336] = {0};
	const uint64_t pc = TEXT + id, sp = STACK + 8, fs_base = THREAD_POINTER;

	memcpy(prstatus + PR_PID, &id, sizeof id);
	memcpy(prstatus + RIP, &pc, sizeof pc);
	memcpy(prstatus + RSP, &sp, sizeof sp);
	memcpy(prstatus + FS_BASE, &fs_base, sizeof fs_base);
	note(c, owner, NT_PRSTATUS, prstatus, sizeof prstatus);
}

/* XMM1 of the last thread. */
static void vector_note(struct notes_core *c, const char *owner, uint32_t type, uint8_t value)
{
	uint8_t area[832] = {0};

	memset(area + 160 + 16, value, 16);
	note(c, owner, type, area, type == NT_FPREGSET ? 512 : sizeof area);
}

static void process_notes(struct notes_core *c, const char *owner)
{
	const uint64_t auxv[] = {AT_PHDR, 0x400040, AT_ENTRY, TEXT, AT_NULL, 0};
	const uint32_t pid = 4711;
	uint8_t prpsinfo[136] = {0};

	memcpy(prpsinfo + 24, &pid, sizeof pid);
	memcpy(prpsinfo + 56, "/srv/server", 11);
	note(c, owner, NT_PRPSINFO, prpsinfo, sizeof prpsinfo);
	note(c, owner, NT_AUXV, auxv, sizeof auxv);
}

static uint8_t xmm1_of(struct notes_core *c, size_t thread)
{
	struct gopm__reader reader = gopm__reader(&c->core.file.memory);
	uint8_t value[GOPM__VECTOR_SIZE];

	assert_true(gopm__vector_read(c->core.file.arch, &c->core.file.source, &reader,
	                              &c->core.file.threads[thread].registers, 1, value));
	assert_int_equal(value[0], value[GOPM__VECTOR_SIZE - 1]);
	return value[0];
}

static void expect_process(const struct notes_core *c)
{
	assert_int_equal(c->core.file.pid, 4711);
	assert_string_equal(c->core.file.command_line.data, "/srv/server");
	assert_int_equal(c->core.file.entry, TEXT);
	assert_int_equal(c->core.file.phdr, 0x400040);
}

static void expect_thread(const struct notes_core *c, size_t index, uint32_t id)
{
	const struct gopm__arch *arch = c->core.file.arch;

	assert_true(index < c->core.file.thread_count);
	const struct gopm__thread *t = &c->core.file.threads[index];
	assert_int_equal(t->id, id);
	assert_int_equal(t->registers.value[arch->pc], TEXT + id);
	assert_int_equal(t->registers.value[arch->sp], STACK + 8);
	assert_int_equal(t->thread_pointer, THREAD_POINTER);
}

/* With each owner that writers use. NULL: `dlv dump`. */
static void owners(void **state)
{
	static const char *const names[] = {"CORE", "LINUX", "", NULL};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct notes_core c;
		start(&c, EM_X86_64);
		process_notes(&c, names[i]);
		thread_note(&c, names[i], 11);
		vector_note(&c, names[i], NT_X86_XSTATE, 1);
		thread_note(&c, names[i], 12);
		vector_note(&c, names[i], NT_FPREGSET, 2);
		vector_note(&c, names[i], NT_X86_XSTATE, 3);
		open_core(&c);
		expect_process(&c);
		assert_int_equal(c.core.file.thread_count, 2);
		expect_thread(&c, 0, 11);
		expect_thread(&c, 1, 12);
		assert_int_equal(xmm1_of(&c, 0), 1);
		assert_int_equal(xmm1_of(&c, 1), 2); /* NT_FPREGSET counts */
		assert_false(test_core_found(&c.core, GOPM_FINDING_BAD_NOTE));
		close_core(&c);
	}
}

/* Without an owner, a note of another size is another note. With one, it is damaged. */
static void other_notes(void **state)
{
	static const uint8_t zeroes[64];
	struct notes_core c;

	(void)state;
	start(&c, EM_X86_64);
	thread_note(&c, "CORE", 11);
	note(&c, NULL, NT_PRSTATUS, zeroes, sizeof zeroes);
	note(&c, "GNU", NT_PRSTATUS, zeroes, sizeof zeroes);
	thread_note(&c, "FreeBSD", 12);
	open_core(&c);
	assert_int_equal(c.core.file.thread_count, 1);
	assert_false(test_core_found(&c.core, GOPM_FINDING_BAD_NOTE));
	close_core(&c);
	start(&c, EM_X86_64);
	thread_note(&c, "CORE", 11);
	note(&c, "CORE", NT_PRSTATUS, zeroes, sizeof zeroes);
	open_core(&c);
	assert_int_equal(c.core.file.thread_count, 1);
	assert_true(test_core_found(&c.core, GOPM_FINDING_BAD_NOTE));
	close_core(&c);
}

/* The notes of two threads as the kernel writes them. Which word of which note is damaged, and what is said. */
static const struct damaged_note {
	unsigned note; /* 0 and 4: NT_PRSTATUS, 1: NT_PRPSINFO, 2: NT_SIGINFO, 3 and 5: NT_FPREGSET */
	unsigned offset;
	uint32_t value;
	const char *text;
} damaged[] = {
    {0, 0, 0, "its size is 0"},
    {0, 0, 4, "the owner of a note has a wrong size"},
    {0, 0, 9, "the owner of a note has a wrong size"},
    {4, 4, 340, "a note is longer than its type allows"},
    {4, 8, 5, "a note has a type that CORE does not have"},
    {4, 8, NT_FPREGSET, "NT_FPREGSET is too short"},
    {4, 8, 0x200, "NT_FPREGSET has no NT_PRSTATUS"},
    {4, 12, 0, "the owner of a note is damaged"},
    {4, 12, 0x45524f44, "the owner of a note is damaged"},
    {1, 12, 0x45524f44, "the owner of a note is damaged"},
    {2, 12, 0x45524f44, "the owner of a note is damaged"},
    {2, 8, 7, "a note has a type that CORE does not have"},
    {2, 20, 7, "the notes of a thread have different signals"},
    {4, 20, 7, "the notes of a thread have different signals"},
    {4, 20 + 12, 7, "the notes of a thread have different signals"},
    {4, 20 + PR_PID, 0, "a thread has an id that Linux does not give"},
    {4, 20 + PR_PID, 5 << 20, "a thread has an id that Linux does not give"},
    {4, 20 + PR_PID, 11, "two threads have the same id"},
};

static void kernel_thread(struct notes_core *c, uint32_t id, size_t *at)
{
	const uint32_t signal = 6;
	uint8_t prstatus[336] = {0};

	memcpy(prstatus, &signal, sizeof signal);
	memcpy(prstatus + 12, &signal, sizeof signal);
	memcpy(prstatus + PR_PID, &id, sizeof id);
	*at = c->builder.notes.size;
	note(c, "CORE", NT_PRSTATUS, prstatus, sizeof prstatus);
}

static void open_damaged(struct notes_core *c, const struct damaged_note *d)
{
	static const uint8_t prpsinfo[136];
	uint32_t siginfo[32] = {6};
	size_t at[6];

	start(c, EM_X86_64);
	kernel_thread(c, 11, &at[0]);
	at[1] = c->builder.notes.size;
	note(c, "CORE", NT_PRPSINFO, prpsinfo, sizeof prpsinfo);
	at[2] = c->builder.notes.size;
	note(c, "CORE", NT_SIGINFO, siginfo, sizeof siginfo);
	at[3] = c->builder.notes.size;
	vector_note(c, "CORE", NT_FPREGSET, 1);
	kernel_thread(c, 12, &at[4]);
	at[5] = c->builder.notes.size;
	vector_note(c, "CORE", NT_FPREGSET, 2);
	if (d != NULL) {
		memcpy((uint8_t *)c->builder.notes.data + at[d->note] + d->offset, &d->value, sizeof d->value);
	}
	open_core(c);
}

static void damaged_notes(void **state)
{
	struct notes_core c;

	(void)state;
	open_damaged(&c, NULL);
	assert_false(test_core_found(&c.core, GOPM_FINDING_BAD_NOTE));
	assert_int_equal(c.core.file.thread_count, 2);
	close_core(&c);
	for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		open_damaged(&c, &damaged[i]);
		if (!test_core_says(&c.core, damaged[i].text)) {
			fail_msg("row %zu: nothing says: %s", i, damaged[i].text);
		}
		close_core(&c);
	}
}

/* Two mappings: start, end, offset in pages. */
static void open_files(struct notes_core *c, const uint64_t *words)
{
	struct elf_bytes b = {NULL, 0, 0};

	for (size_t i = 0; i < 8; i++) {
		elf_bytes_u64(&b, words[i]);
	}
	elf_bytes_add(&b, "/a\0/b", 6);
	start(c, EM_X86_64);
	note(c, "CORE", NT_FILE, b.data, b.size);
	elf_bytes_free(&b);
	open_core(c);
}

static void damaged_files(void **state)
{
	static const struct {
		uint64_t words[8];
		const char *text;
	} rows[] = {
	    {{2, 4096, 0x400000, 0x402000, 0, 0x402000, 0x403000, 2}, NULL},
	    {{2, 1, 0x402000, 0x403000, 0x2000, 0x400000, 0x402000, 0}, NULL}, /* gdb's unit; another order */
	    {{2, 4100, 0x400000, 0x402000, 0, 0x402000, 0x403000, 2}, "NT_FILE has an invalid header"},
	    {{2, 2048, 0x400000, 0x402000, 0, 0x402000, 0x403000, 2}, "NT_FILE has an invalid header"},
	    {{2, 4096, 0x400000, 0x402000, 0, 0x402008, 0x403000, 2}, "does not begin and end with a page"},
	    {{2, 4096, 0x400000, 0x402010, 0, 0x403000, 0x404000, 2}, "does not begin and end with a page"},
	    {{2, 4096, 0x400000, 0x409000, 0, 0x402000, 0x403000, 2}, "NT_FILE has mappings that overlap"},
	};
	struct notes_core c;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		open_files(&c, rows[i].words);
		assert_int_equal(test_core_found(&c.core, GOPM_FINDING_BAD_NOTE), rows[i].text != NULL);
		assert_true(rows[i].text == NULL || test_core_says(&c.core, rows[i].text));
		close_core(&c);
	}
}

static void arm64_thread_pointer(void **state)
{
	uint8_t prstatus[392] = {0};
	const uint32_t id = 11;
	const uint64_t pointer = THREAD_POINTER;
	struct notes_core c;

	(void)state;
	memcpy(prstatus + PR_PID, &id, sizeof id);
	start(&c, EM_AARCH64);
	note(&c, "CORE", NT_PRSTATUS, prstatus, sizeof prstatus);
	note(&c, "LINUX", NT_ARM_TLS, &pointer, sizeof pointer);
	note(&c, "CORE", NT_PRSTATUS, prstatus, sizeof prstatus);
	open_core(&c);
	assert_int_equal(c.core.file.thread_count, 2);
	assert_int_equal(c.core.file.threads[0].thread_pointer, THREAD_POINTER);
	assert_int_equal(c.core.file.threads[1].thread_pointer, 0);
	close_core(&c);
}

static void add16(struct elf_bytes *b, size_t value)
{
	const uint16_t v = (uint16_t)value;
	elf_bytes_add(b, &v, sizeof v);
}

static void delve_register(struct elf_bytes *b, const char *name, uint64_t value)
{
	add16(b, strlen(name));
	elf_bytes_add(b, name, strlen(name));
	add16(b, sizeof value);
	elf_bytes_u64(b, value);
}

/* Delve's own form: pkg/proc/dump.go, dumpThreadNotes(). */
static void delve_thread(struct elf_bytes *b, uint32_t id)
{
	static const uint8_t vector[16];

	elf_bytes_u64(b, id);
	elf_bytes_u64(b, TEXT + id);
	elf_bytes_u64(b, STACK + 8);
	elf_bytes_u64(b, STACK + 16);
	elf_bytes_u64(b, THREAD_POINTER);
	elf_bytes_zero(b, 1 + 8);
	elf_bytes_u32(b, 3);
	delve_register(b, "X28", 0xc000000180);
	add16(b, 2);
	elf_bytes_add(b, "V0", 2);
	add16(b, sizeof vector);
	elf_bytes_add(b, vector, sizeof vector);
	delve_register(b, "NoSuchRegister", 1);
}

static void delve_threads(void **state)
{
	static const char header[] = "linux/arm64\nVersion: 1.27.2\nTarget Pid: 4711\nEntry Point: 0x401000\n";
	struct elf_bytes thread = {NULL, 0, 0};
	struct notes_core c;

	(void)state;
	delve_thread(&thread, 11);
	for (size_t cut = 0; cut <= thread.size; cut++) {
		start(&c, EM_AARCH64);
		note(&c, "Delve Header", 0x444c5645, header, sizeof header - 1);
		note(&c, NULL, 0x444c5654, thread.data, cut);
		open_core(&c);
		if (cut < thread.size) {
			assert_int_equal(c.core.file.thread_count, 0);
			assert_true(test_core_says(&c.core, "its thread is missing"));
		} else {
			expect_thread(&c, 0, 11);
			const struct gopm__arch *arch = c.core.file.arch;
			assert_int_equal(c.core.file.threads[0].registers.value[arch->g], 0xc000000180);
			assert_int_equal(c.core.file.threads[0].registers.value[arch->fp], STACK + 16);
			assert_false(test_core_found(&c.core, GOPM_FINDING_BAD_NOTE));
		}
		assert_int_equal(c.core.file.pid, 4711);
		close_core(&c);
	}
	elf_bytes_free(&thread);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(owners),        cmocka_unit_test(other_notes),          cmocka_unit_test(damaged_notes),
	    cmocka_unit_test(damaged_files), cmocka_unit_test(arm64_thread_pointer), cmocka_unit_test(delve_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
