/* SPDX-License-Identifier: Apache-2.0 */
#include "support/testframe.h"

#include <stdlib.h>

#include "runtime/layout/layout.h"
#include "value/text.h"

#define PADDING 16

static void copy(struct gopm__section *section, const struct elf_bytes *bytes)
{
	if (bytes->size == 0) {
		return;
	}
	uint8_t *data = calloc(1, bytes->size + PADDING);
	if (data == NULL) {
		abort();
	}
	memcpy(data, bytes->data, bytes->size);
	*section = (struct gopm__section){data, bytes->size, 0};
}

/* Channels as dwarfbuilder.c describes them: hchan<int> and runtime.sudog. */
static const struct gopm__layout layout = {
    .size = {[GOPM__STRUCT_SUDOG] = 16, [GOPM__STRUCT_HCHAN] = 80},
    .sudog = {.g = -1, .next = 8, .prev = -1, .parent = -1, .waitlink = -1, .elem = -1, .c = -1},
    .hchan = {.qcount = 0,
              .dataqsiz = 8,
              .buf = 16,
              .closed = 24,
              .elemsize = 28,
              .recvx = 32,
              .recvq = 40,
              .sendq = 56,
              .timer = -1,
              .elemtype = -1},
};

void test_frame_open(struct test_frame *t, const struct test_dwarf *dwarf, uint16_t version)
{
	*t = (struct test_frame){0};
	gopm__findings_init(&t->findings, 100);
	t->exe.source.name = (char *)(uintptr_t) "test";
	copy(&t->sections.info, &dwarf->info);
	copy(&t->sections.abbrev, &dwarf->abbrev);
	copy(version >= 5 ? &t->sections.loclists : &t->sections.loc, &dwarf->locations);
	copy(version >= 5 ? &t->sections.rnglists : &t->sections.ranges, &dwarf->ranges);
	t->source.base = dwarf->memory.data;
	t->source.size = dwarf->memory.size;
	if (dwarf->memory.size != 0 &&
	    gopm__memory_add(&t->memory, TESTDWARF_MEMORY, dwarf->memory.size, &t->source, 0) != GOPM_OK) {
		abort();
	}
	if (gopm__symtab_init(&t->symtab, &t->memory) != GOPM_OK) {
		abort();
	}
	t->symtab.module_count = 1;
	t->symtab.modules[0].types =
	    (struct gopm__type_section){.begin = TESTDWARF_TYPES, .end = TESTDWARF_TYPES + 0x800};
	t->context = (struct gopm__context){
	    .exe = &t->exe,
	    .symtab = &t->symtab,
	    .layout = &layout,
	    .reader = gopm__reader(&t->memory),
	    .arena = &t->arena,
	    .limits = {.max_depth = 1, .max_string = 64, .max_elements = 64, .max_fields = UINT64_MAX},
	    .budget = 10000};
	(void)gopm__dwarf_open_sections(&t->dwarf, &t->sections, &t->exe, &t->findings, NULL);
	gopm__types_init(&t->types, t->dwarf, &t->symtab);
	t->context.types = &t->types;
}

void test_frame_close(struct test_frame *t)
{
	gopm__types_free(&t->types);
	gopm__dwarf_close(t->dwarf);
	gopm__memory_free(&t->memory);
	gopm__arena_free(&t->arena);
	gopm__symtab_close(&t->symtab);
	gopm__findings_clear(&t->findings);
	free((void *)(uintptr_t)t->sections.info.data);
	free((void *)(uintptr_t)t->sections.abbrev.data);
	free((void *)(uintptr_t)t->sections.loc.data);
	free((void *)(uintptr_t)t->sections.loclists.data);
	free((void *)(uintptr_t)t->sections.ranges.data);
	free((void *)(uintptr_t)t->sections.rnglists.data);
}

gopm_status test_frame_at(struct test_frame *t, uint64_t pc, uint32_t inline_depth, int64_t line)
{
	const struct gopm__arch *arch = gopm__arch_by_machine(EM_X86_64);

	t->frame = (struct gopm__frame){.pc = pc,
	                                .lookup_pc = pc,
	                                .sp = TESTDWARF_CFA - 0x100,
	                                .cfa = TESTDWARF_CFA,
	                                .registers = t->frame.registers,
	                                .inline_depth = inline_depth};
	return gopm__frame_variables(&t->context, NULL, arch, &t->frame, line, &t->variables);
}

struct gopm__variable *test_frame_variable(struct test_frame *t, const char *name)
{
	for (size_t i = t->variables.count; i > 0; i--) {
		struct gopm__variable *v = &t->variables.list[i - 1];
		if (v->name.size == strlen(name) && memcmp(v->name.data, name, v->name.size) == 0) {
			return v;
		}
	}
	return NULL;
}

char *test_frame_text(struct test_frame *t, const char *name)
{
	struct gopm__variable *v = test_frame_variable(t, name);
	struct gopm__text text = {0};

	if (v == NULL) {
		return NULL;
	}
	gopm__variable_load(&t->context, v, 0);
	gopm__variable_text(&text, &t->context, v);
	if (text.failed) {
		abort();
	}
	return text.data;
}
