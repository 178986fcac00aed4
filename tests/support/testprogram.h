/* SPDX-License-Identifier: Apache-2.0 */
/* A small program with notes, compressed sections and symbols, and a core of a process that ran
 * it. */
#ifndef GOPM_TESTS_TESTPROGRAM_H
#define GOPM_TESTS_TESTPROGRAM_H

#include "support/elfbuilder.h"

#define PROGRAM_BASE ((uint64_t)0x400000)
#define PROGRAM_TEXT ((uint64_t)0x401000)
#define PROGRAM_DATA ((uint64_t)0x500000)
#define PROGRAM_ENTRY (PROGRAM_TEXT + 16)

struct test_program {
	const char *build_id; /* 20 bytes, or NULL */
	const char *go_id;
	bool pie, id_outside_segment, no_sections;
	size_t less_text;      /* bytes that its code is shorter than others' */
	bool stripped;         /* no .debug_* and no .symtab */
	const char *debuglink; /* name of the file that has them; NULL: no such section */
	uint32_t checksum;     /* of that file */
};

/* Headers and notes at PROGRAM_BASE, text at PROGRAM_TEXT, data at PROGRAM_DATA; for PIE all of it
 * from 0. To be freed. */
uint8_t *test_program_make(const struct test_program *p, size_t *size);

/* A core of that program as the kernel writes it: the first page of the file, no text, and data as
 * far as `data_size` says. */
struct test_process {
	uint64_t bias;
	const char *path; /* in NT_FILE; NULL: no such note */
	bool no_header, no_auxv;
	bool with_text; /* its code, in other bytes than the file's */
	bool same_text; /* ... in the file's */
	size_t data_size;
};

uint8_t *test_process_core(const struct test_process *p, const uint8_t *program, size_t program_size, size_t *size);

#endif
