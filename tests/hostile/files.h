/* SPDX-License-Identifier: Apache-2.0 */
/* The core and the executable in writable memory. Every change to them is remembered, and can be undone. */
#ifndef GOPM_TESTS_HOSTILE_FILES_H
#define GOPM_TESTS_HOSTILE_FILES_H

#include <elf.h>
#include <gopm/gopm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_BYTES ((size_t)4096)

struct file {
	uint8_t *data;
	size_t size;     /* what the library is given: truncation makes it smaller */
	size_t capacity; /* bytes that can be changed */
	Elf64_Ehdr header;
	const Elf64_Phdr *segments; /* a copy from before any damage */
	size_t segment_count;
};

extern struct file core_file, exe_file; /* exe_file.data is NULL if the core contains its executable */
extern uint64_t exe_bias;               /* address in the process minus address in the executable */

/* Ends the program with a message if `ok` is false. */
void require(bool ok, const char *what);
void file_load(struct file *file, const char *path);
bool file_contains(const struct file *file, const uint8_t *at);

/* Opens the core and the executable as they are now. NULL: refused; the caller frees `err`. */
gopm_core *files_open(gopm_status *status, gopm_error **err);

/* Finds `size` bytes of the process: in the core, else in the executable. NULL: in neither. */
uint8_t *bytes_at(uint64_t address, size_t size);
/* The address in the process of a byte of a file; 0: it is not mapped. */
uint64_t address_of(const uint8_t *at);
/* Reads a word of `size` bytes, at most 8. */
uint64_t word_at(const uint8_t *at, size_t size);

/* Changes bytes, until undo_changes(). Changes outside the files are ignored. */
void change_bytes(uint8_t *at, const void *bytes, size_t size);
void undo_changes(void);
/* Describes the changes on standard error. */
void print_changes(void);

#endif
