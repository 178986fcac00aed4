/* SPDX-License-Identifier: Apache-2.0 */
/* Builds ELF files for tests: cores with threads, notes and memory, and executables with sections. A test that wants a
 * damaged file changes the bytes afterwards. Running out of memory ends the test. */
#ifndef GOPM_TESTS_ELFBUILDER_H
#define GOPM_TESTS_ELFBUILDER_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_bytes {
	uint8_t *data;
	size_t size, capacity;
};

void elf_bytes_add(struct elf_bytes *bytes, const void *data, size_t size);
void elf_bytes_zero(struct elf_bytes *bytes, size_t size);
void elf_bytes_u32(struct elf_bytes *bytes, uint32_t value);
void elf_bytes_u64(struct elf_bytes *bytes, uint64_t value);
void elf_bytes_free(struct elf_bytes *bytes);
/* One ELF note, padded by 4. `name` with its NUL. */
void elf_bytes_note(struct elf_bytes *bytes, const char *name, uint32_t type, const void *data, size_t size);

struct elf_builder_segment {
	Elf64_Phdr header;
	struct elf_bytes data;
};

struct elf_builder_section {
	Elf64_Shdr header;
	char name[64];
	struct elf_bytes data;
};

struct elf_builder_mapping {
	uint64_t start, end, page; /* `page`: offset in the file, in pages of 4096 bytes */
	const char *path;
};

struct elf_builder {
	Elf64_Ehdr header;
	struct elf_builder_segment *segments;
	size_t segment_count, segment_capacity;
	struct elf_builder_section *sections; /* without the null section and the names */
	size_t section_count, section_capacity;
	struct elf_bytes notes; /* if not empty: one PT_NOTE before the other segments */
	bool notes_last;        /* the bytes of the notes are at the end of the file, as gdb writes them */
	bool header_in_first;   /* segment 0 begins with the headers, as in an executable */
};

void elf_builder_init(struct elf_builder *b, uint16_t type);
void elf_builder_free(struct elf_builder *b);

/* Adds a segment of `size` bytes at `address`, of `memory_size` in memory. The result is valid until the next call. */
struct elf_builder_segment *elf_builder_load(struct elf_builder *b, uint64_t address, const void *data, size_t size,
                                             uint64_t memory_size, uint32_t flags);
struct elf_builder_segment *elf_builder_segment(struct elf_builder *b, uint32_t type);
struct elf_builder_section *elf_builder_section(struct elf_builder *b, const char *name, uint32_t type, uint64_t flags,
                                                uint64_t address, const void *data, size_t size);

/* Notes of a core. */
void elf_builder_thread(struct elf_builder *b, uint32_t id, uint16_t signal, uint64_t pc, uint64_t sp, uint64_t r14);
void elf_builder_siginfo(struct elf_builder *b, int32_t signal, int32_t code, uint64_t address);
void elf_builder_auxv(struct elf_builder *b, uint64_t entry, uint64_t phdr);
void elf_builder_prpsinfo(struct elf_builder *b, uint32_t pid, const char *arguments);
void elf_builder_files(struct elf_builder *b, const struct elf_builder_mapping *mappings, size_t count);

/* Builds the file; the caller frees it. The builder stays usable. */
uint8_t *elf_builder_finish(struct elf_builder *b, size_t *size);

#endif
