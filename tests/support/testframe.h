/* SPDX-License-Identifier: Apache-2.0 */
/* DWARF sections and some memory, opened as if they came from a core, and one frame. */
#ifndef GOPM_TESTS_TESTFRAME_H
#define GOPM_TESTS_TESTFRAME_H

#include "locals/frame_variables.h"
#include "support/dwarfbuilder.h"

struct test_frame {
	struct gopm__findings findings;
	struct gopm__executable exe;
	struct gopm__symtab symtab;
	struct gopm__source source;
	struct gopm__memory memory;
	struct gopm__arena arena;
	struct gopm__dwarf_sections sections; /* padded copies */
	struct gopm__dwarf *dwarf;            /* NULL: did not open */
	struct gopm__types types;
	struct gopm__context context;
	struct gopm__frame frame;
	struct gopm__registers registers;
	struct gopm__variable_list variables;
};

/* `version`: DWARF version; it decides the names of the list sections. */
void test_frame_open(struct test_frame *t, const struct test_dwarf *dwarf, uint16_t version);
void test_frame_close(struct test_frame *t);

/* Finds the variables of the frame at `pc`. */
gopm_status test_frame_at(struct test_frame *t, uint64_t pc, uint32_t inline_depth, int64_t line);

/* Finds the last variable of this name, not loaded. NULL: none. */
struct gopm__variable *test_frame_variable(struct test_frame *t, const char *name);
/* Loads the variable and returns its text; the caller frees it. NULL: no such variable. */
char *test_frame_text(struct test_frame *t, const char *name);

#endif
