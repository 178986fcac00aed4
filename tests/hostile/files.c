/* SPDX-License-Identifier: Apache-2.0 */
#include "hostile/files.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_CHANGES 512

struct change {
	uint8_t *at, *old;
	size_t size;
};

struct file core_file, exe_file;
uint64_t exe_bias;
static struct change changes[MAX_CHANGES];
static size_t change_count;

void require(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "cannot prepare: %s\n", what);
		exit(2);
	}
}

void file_load(struct file *file, const char *path)
{
	struct stat st;
	size_t got = 0;

	int fd = open(path, O_RDONLY | O_CLOEXEC);
	require(fd >= 0 && fstat(fd, &st) == 0, path);
	file->size = (size_t)st.st_size;
	file->capacity = (file->size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
	/* Reads past the end fault: the last page is never opened. */
	uint8_t *data = mmap(NULL, file->capacity + PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	require(data != MAP_FAILED && mprotect(data, file->capacity, PROT_READ | PROT_WRITE) == 0, "memory");
	while (got < file->size) {
		ssize_t n = pread(fd, data + got, file->size - got, (off_t)got);
		require(n > 0, path);
		got += (size_t)n;
	}
	(void)close(fd);
	file->data = data;
	require(file->size >= sizeof file->header, "the ELF header");
	memcpy(&file->header, data, sizeof file->header);
	file->segment_count = file->header.e_phnum;
	size_t size = file->segment_count * sizeof(Elf64_Phdr);
	require(file->header.e_phoff < file->size && size <= file->size - file->header.e_phoff, "program headers");
	Elf64_Phdr *segments = malloc(size + 1);
	require(segments != NULL, "memory");
	memcpy(segments, data + file->header.e_phoff, size);
	file->segments = segments;
}

bool file_contains(const struct file *file, const uint8_t *at)
{
	return file->data != NULL && at >= file->data && at < file->data + file->capacity;
}

gopm_core *files_open(gopm_status *status, gopm_error **err)
{
	gopm_core_options options;
	gopm_core *core = NULL;

	gopm_core_options_init(&options, sizeof options);
	options.core_data = core_file.data;
	options.core_size = core_file.size;
	options.exe_data = exe_file.data;
	options.exe_size = exe_file.size;
	options.flags = GOPM_OPEN_NO_SEARCH;
	*err = NULL;
	*status = gopm_core_open(&options, &core, err);
	return core;
}

static uint8_t *find_bytes(const struct file *file, uint64_t address, size_t size)
{
	for (size_t i = 0; file->data != NULL && i < file->segment_count; i++) {
		const Elf64_Phdr *p = &file->segments[i];
		if (p->p_type == PT_LOAD && address >= p->p_vaddr && address - p->p_vaddr < p->p_filesz &&
		    size <= p->p_filesz - (address - p->p_vaddr) && p->p_offset + p->p_filesz <= file->capacity) {
			return file->data + p->p_offset + (address - p->p_vaddr);
		}
	}
	return NULL;
}

uint8_t *bytes_at(uint64_t address, size_t size)
{
	uint8_t *at = find_bytes(&core_file, address, size);

	return at != NULL ? at : find_bytes(&exe_file, address - exe_bias, size);
}

static uint64_t find_address(const struct file *file, const uint8_t *at)
{
	const uint64_t offset = (uint64_t)(at - file->data);

	for (size_t i = 0; i < file->segment_count; i++) {
		const Elf64_Phdr *p = &file->segments[i];
		if (p->p_type == PT_LOAD && offset >= p->p_offset && offset - p->p_offset < p->p_filesz) {
			return p->p_vaddr + (offset - p->p_offset);
		}
	}
	return 0;
}

uint64_t address_of(const uint8_t *at)
{
	if (file_contains(&core_file, at)) {
		return find_address(&core_file, at);
	}
	uint64_t address = file_contains(&exe_file, at) ? find_address(&exe_file, at) : 0;
	return address != 0 ? address + exe_bias : 0;
}

uint64_t word_at(const uint8_t *at, size_t size)
{
	uint64_t word = 0;

	memcpy(&word, at, size < sizeof word ? size : sizeof word);
	return word;
}

void change_bytes(uint8_t *at, const void *bytes, size_t size)
{
	struct change *change = &changes[change_count];

	if (change_count == MAX_CHANGES || size == 0 ||
	    !(file_contains(&core_file, at)
	          ? file_contains(&core_file, at + size - 1)
	          : file_contains(&exe_file, at) && file_contains(&exe_file, at + size - 1))) {
		return;
	}
	*change = (struct change){at, malloc(size), size};
	require(change->old != NULL, "memory");
	memcpy(change->old, at, size);
	memcpy(at, bytes, size);
	change_count++;
}

void undo_changes(void)
{
	while (change_count != 0) {
		const struct change *change = &changes[--change_count];
		memcpy(change->at, change->old, change->size);
		free(change->old);
	}
}

void print_changes(void)
{
	for (size_t i = 0; i < change_count; i++) {
		const struct change *c = &changes[i];
		const bool in_core = file_contains(&core_file, c->at);
		(void)fprintf(stderr, "  %s+0x%tx, address 0x%" PRIx64 ", %zu bytes:", in_core ? "core" : "executable",
		              c->at - (in_core ? core_file.data : exe_file.data), address_of(c->at), c->size);
		for (size_t k = 0; k < c->size && k < 16; k++) {
			(void)fprintf(stderr, " %02x", c->at[k]);
		}
		(void)fprintf(stderr, ", before:");
		for (size_t k = 0; k < c->size && k < 16; k++) {
			(void)fprintf(stderr, " %02x", c->old[k]);
		}
		(void)fprintf(stderr, "\n");
	}
}
