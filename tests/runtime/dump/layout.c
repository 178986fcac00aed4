/* SPDX-License-Identifier: Apache-2.0 */
/* Two lists of the runtime's structures, for tests and for the table's generator:
 *     dump_layout CORE EXE           all fields that the type descriptors name: "struct path offset size"
 *     dump_layout CORE EXE SOURCE    the fields that the library looks for, by one source of layouts (descriptors,
 * dwarf, table); path "-" is the struct itself */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handle.h"
#include "runtime/layout/source.h"

static const char *const kinds[GOPM__LAYOUT_KINDS] = {
    [GOPM__LAYOUT_DESCRIPTORS] = "descriptors",
    [GOPM__LAYOUT_DWARF] = "dwarf",
    [GOPM__LAYOUT_TABLE] = "table",
};

static int fail(gopm_error *err)
{
	(void)fprintf(stderr, "%s\n", gopm_error_message(err));
	gopm_error_free(err);
	return 1;
}

static int dump_all(gopm_core *core)
{
	const char *names[GOPM__STRUCT_COUNT];
	uint64_t types[GOPM__STRUCT_COUNT];
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);

	for (size_t i = 0; i < GOPM__STRUCT_COUNT; i++) {
		names[i] = gopm__layout_struct_name((enum gopm__layout_struct)i);
	}
	if (gopm__typedesc_find_structs(&reader, &core->program->symtab.modules[0].types, names, GOPM__STRUCT_COUNT,
	                                types) != GOPM_OK) {
		return 1;
	}
	for (size_t i = 0; i < GOPM__STRUCT_COUNT; i++) {
		struct gopm__typedesc_field field;
		for (uint64_t f = 0;
		     gopm__typedesc_field(&reader, &core->program->symtab.modules[0].types, types[i], f, &field); f++) {
			(void)printf("%s %.*s %" PRIu64 " %" PRIu64 "\n", names[i], (int)field.name.size,
			             field.name.data, field.offset, field.size);
		}
	}
	return 0;
}

static int dump_source(gopm_core *core, enum gopm__layout_kind kind)
{
	struct gopm__layout_source source;
	const struct gopm__layout_program program = {
	    .symtab = &core->program->symtab,
	    .exe = &core->program->exe,
	    .findings = &core->program->findings,
	    .cpu = core->program->file.arch->name,
	    .version = gopm__layout_version(core->program->runtime.version, core->program->runtime.minor),
	};
	gopm_error *err = NULL;
	enum gopm__layout_struct which;
	const char *path;

	if (gopm__layout_source_open(&source, kind, &program, &err) != GOPM_OK) {
		return fail(err);
	}
	for (unsigned i = 0; i < GOPM__STRUCT_COUNT; i++) {
		uint64_t size;
		if (source.struct_size(&source, (enum gopm__layout_struct)i, &size)) {
			(void)printf("%s - 0 %" PRIu64 "\n", gopm__layout_struct_name((enum gopm__layout_struct)i),
			             size);
		}
	}
	for (size_t i = 0; gopm__layout_path(i, &which, &path); i++) {
		struct gopm__layout_field field;
		if (source.field(&source, which, path, &field)) {
			(void)printf("%s %s %" PRIu64 " %" PRIu64 "\n", gopm__layout_struct_name(which), path,
			             field.offset, field.size);
		}
	}
	gopm__layout_source_close(&source);
	return 0;
}

int main(int argc, char **argv)
{
	gopm_core *core;
	gopm_error *err = NULL;
	int status = 2;

	if (argc < 3 || argc > 4) {
		return status;
	}
	if (gopm_core_open_path(argv[1], argv[2], &core, &err) != GOPM_OK) {
		return fail(err);
	}
	if (argc == 3) {
		status = dump_all(core);
	}
	for (unsigned i = 0; argc == 4 && i < GOPM__LAYOUT_KINDS; i++) {
		if (strcmp(argv[3], kinds[i]) == 0) {
			status = dump_source(core, (enum gopm__layout_kind)i);
		}
	}
	gopm_core_close(core);
	return status;
}
