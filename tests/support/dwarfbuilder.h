/* SPDX-License-Identifier: Apache-2.0 */
/* Builds .debug_info and .debug_abbrev of one unit for tests, DIE by DIE, and with it a program that has variables of
 * many kinds. */
#ifndef GOPM_TESTS_DWARFBUILDER_H
#define GOPM_TESTS_DWARFBUILDER_H

#include "dwarf/constants.h"
#include "support/elfbuilder.h"

#define DWARF_LABELS 64

struct dwarf_builder {
	struct elf_bytes info, abbrev;
	uint16_t version;
	unsigned code;
	uint64_t labels[DWARF_LABELS]; /* offset of a DIE in the unit */
	struct {
		size_t at;
		unsigned label;
	} patches[256]; /* references whose label is not defined yet */
	size_t patch_count;
};

/* One attribute. `number`: value, or the label of a reference. */
struct dwarf_attribute {
	unsigned name, form;
	uint64_t number;
	const void *data; /* of a string (with its NUL) or an expression */
	size_t size;
};

#define DWARF_NAME(text)                                                                                               \
	{                                                                                                              \
		GOPM__AT_NAME, GOPM__FORM_STRING, 0, (text), sizeof(text)                                              \
	}
#define DWARF_REF(attribute, label)                                                                                    \
	{                                                                                                              \
		(attribute), GOPM__FORM_REF4, (label), NULL, 0                                                         \
	}
#define DWARF_NUMBER(attribute, value)                                                                                 \
	{                                                                                                              \
		(attribute), GOPM__FORM_UDATA, (uint64_t)(value), NULL, 0                                              \
	}
#define DWARF_SIGNED(attribute, value)                                                                                 \
	{                                                                                                              \
		(attribute), GOPM__FORM_SDATA, (uint64_t)(value), NULL, 0                                              \
	}
#define DWARF_ADDRESS(attribute, value)                                                                                \
	{                                                                                                              \
		(attribute), GOPM__FORM_ADDR, (value), NULL, 0                                                         \
	}
#define DWARF_LIST(attribute, offset)                                                                                  \
	{                                                                                                              \
		(attribute), GOPM__FORM_SEC_OFFSET, (offset), NULL, 0                                                  \
	}
#define DWARF_EXPRESSION(attribute, bytes)                                                                             \
	{                                                                                                              \
		(attribute), GOPM__FORM_EXPRLOC, 0, (bytes), sizeof(bytes) - 1                                         \
	}

void dwarf_builder_init(struct dwarf_builder *b, uint16_t version);
/* Adds a DIE. `label` 0: none. If `children`, the DIEs up to dwarf_end() are its children. */
void dwarf_die(struct dwarf_builder *b, unsigned tag, bool children, unsigned label,
               const struct dwarf_attribute *attributes, size_t count);
void dwarf_end(struct dwarf_builder *b);
/* Ends the unit and fills in lengths and references. */
void dwarf_builder_finish(struct dwarf_builder *b);
void dwarf_builder_free(struct dwarf_builder *b);

#define DWARF_DIE(b, tag, children, label, ...)                                                                        \
	do {                                                                                                           \
		const struct dwarf_attribute list_[] = {__VA_ARGS__};                                                  \
		dwarf_die((b), (tag), (children), (label), list_, sizeof list_ / sizeof list_[0]);                     \
	} while (0)

/* The program: a function main.f at [TESTDWARF_LOW, TESTDWARF_HIGH), with a call inlined at TESTDWARF_INLINED. The CFA
 * of its frame is TESTDWARF_CFA. `memory` has its variables. */
#define TESTDWARF_LOW UINT64_C(0x401000)
#define TESTDWARF_HIGH UINT64_C(0x401100)
#define TESTDWARF_BLOCK UINT64_C(0x401020)   /* ... 0x401080: a lexical block */
#define TESTDWARF_INLINED UINT64_C(0x401040) /* ... 0x401060 */
#define TESTDWARF_LATE UINT64_C(0x401090)    /* from here on the list of `lost` covers nothing */
#define TESTDWARF_MEMORY UINT64_C(0x10000)
#define TESTDWARF_MEMORY_SIZE 4096
#define TESTDWARF_CFA (TESTDWARF_MEMORY + 0x400)
#define TESTDWARF_TYPES (TESTDWARF_MEMORY + 0x800) /* moduledata.types */

struct test_dwarf {
	struct elf_bytes info, abbrev, locations, ranges, memory;
};

void test_dwarf_make(struct test_dwarf *out, uint16_t version);
void test_dwarf_free(struct test_dwarf *dwarf);

#endif
