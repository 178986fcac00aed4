/* SPDX-License-Identifier: Apache-2.0 */
/* A small program with notes, compressed sections and symbols, and a core of its process. */
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
	size_t less_text;      /* bytes missing from the end of its code */
	bool stripped;         /* no .debug_* and no .symtab */
	const char *debuglink; /* name of the file with the debug sections; NULL: no such section */
	uint32_t checksum;     /* of that file */
};

/* Builds the program: headers and notes at PROGRAM_BASE, text at PROGRAM_TEXT, data at PROGRAM_DATA; relative to 0 if
 * PIE. The caller frees it. */
uint8_t *test_program_make(const struct test_program *p, size_t *size);

/* The builder gives each section bytes of its own. Makes those of section `section` all that segment `segment` has. */
void test_section_in_segment(uint8_t *program, size_t section, size_t segment);

/* A core of that program as the kernel writes it: the first page of the file, no text, and `data_size` bytes of data.
 */
struct test_process {
	uint64_t bias;
	const char *path; /* in NT_FILE; NULL: no such note */
	bool no_header, no_auxv;
	bool with_text; /* the core has text, which differs from the file */
	bool same_text; /* the core has text, the same as in the file */
	size_t data_size;
};

uint8_t *test_process_core(const struct test_process *p, const uint8_t *program, size_t program_size, size_t *size);

#endif
