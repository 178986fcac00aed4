/* SPDX-License-Identifier: Apache-2.0 */
/* An executable, opened with the core of a program that resembles it. */
#include <stdlib.h>

#include "exe/executable.h"
#include "fuzz/fuzz.h"
#include "support/testcore.h"
#include "support/testprogram.h"

static void ask(struct gopm__executable *exe)
{
	static const char *const sections[] = {".text",         ".bss",         ".debug_info", ".debug_line",
	                                       ".debug_huge",   ".debug_short", ".debug_odd",  ".debug_tiny",
	                                       ".debug_abbrev", ".gopclntab",   ".symtab",     ""};
	static const char *const names[] = {"runtime.main", "no.such", "runtime.allgs", "_rt0"};
	uint64_t addresses[4], sizes[4];

	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		struct gopm__section section;
		bool has = gopm__executable_has_section(exe, sections[i]);
		gopm_status status = gopm__executable_section(exe, sections[i], &section);
		if (has != (status != GOPM_NOT_FOUND) || (section.data == NULL && section.size != 0) ||
		    (status != GOPM_OK && section.data != NULL)) {
			abort();
		}
		volatile uint8_t byte = 0;
		for (uint64_t k = 0; section.data != NULL && k < section.size; k++) {
			byte = section.data[k];
		}
		(void)byte;
	}
	(void)gopm__executable_symbols(exe, names, 4, addresses, sizes);
	(void)gopm__executable_symbol_at(exe, PROGRAM_ENTRY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct test_program program = {.build_id = "aaaaaaaaaaaaaaaaaaaa", .go_id = "go/a"};
	static const struct test_process process = {.path = "/srv/server"};
	static uint8_t *core_data;
	static size_t core_size;
	const struct gopm__executable_request request = {
	    .source = {.fd = -1, .data = data, .data_size = size, .what = "executable"}, .max_section_size = 1 << 20};
	struct gopm__executable exe;
	struct test_core core;

	if (core_data == NULL) {
		size_t program_size;
		uint8_t *file = test_program_make(&program, &program_size);
		core_data = test_process_core(&process, file, program_size, &core_size);
		free(file);
	}
	test_core_open(&core, core_data, core_size);
	if (core.status != GOPM_OK) {
		abort();
	}
	if (gopm__executable_open(&exe, &core.file, &request, NULL) == GOPM_OK) {
		ask(&exe);
		gopm__executable_close(&exe);
	}
	test_core_close(&core);
	return 0;
}
