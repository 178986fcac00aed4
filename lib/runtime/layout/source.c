/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/layout/source.h"

#include <stdlib.h>
#include <string.h>

#include "dwarf/names.h"
#include "runtime/layout/table.h"
#include "type/descriptor_check.h"

static bool descriptor_size(struct gopm__layout_source *source, enum gopm__layout_struct which, uint64_t *size)
{
	unsigned kind;
	return source->structs[which] != 0 && gopm__typedesc_size(&source->reader, source->structs[which], size, &kind);
}

static bool descriptor_field(struct gopm__layout_source *source, enum gopm__layout_struct which, const char *path,
                             struct gopm__layout_field *out)
{
	struct gopm__typedesc_field field;

	if (source->structs[which] == 0 ||
	    !gopm__typedesc_path(&source->reader, source->section, source->structs[which], path, &field)) {
		return false;
	}
	*out = (struct gopm__layout_field){field.offset, field.size};
	return true;
}

static void list_struct_names(const char **names)
{
	for (size_t i = 0; i < GOPM__STRUCT_COUNT; i++) {
		names[i] = gopm__layout_struct_name((enum gopm__layout_struct)i);
	}
}

static gopm_status open_descriptors(struct gopm__layout_source *source, const struct gopm__layout_program *program,
                                    gopm_error **err)
{
	const char *names[GOPM__STRUCT_COUNT];

	source->name = "the type descriptors";
	source->struct_size = descriptor_size;
	source->field = descriptor_field;
	source->reader = gopm__reader(program->symtab->memory);
	source->section = &program->symtab->modules[0].types;
	list_struct_names(names);
	gopm_status status =
	    gopm__typedesc_find_structs(&source->reader, source->section, names, GOPM__STRUCT_COUNT, source->structs);
	/* Wrong offsets would be worse than those of another source. */
	for (size_t i = 0; status == GOPM_OK && i < GOPM__STRUCT_COUNT; i++) {
		if (source->structs[i] != 0 &&
		    !gopm__descriptor_check(program->symtab, &source->reader, source->structs[i])) {
			source->structs[i] = 0;
		}
	}
	return status == GOPM_OK ? status
	                         : gopm__fail(err, status, GOPM__AT_ADDRESS(source->section->begin),
	                                      "the type descriptors cannot be read");
}

static bool die_size(struct gopm__layout_source *source, enum gopm__layout_struct which, uint64_t *size)
{
	const struct gopm__type *type = gopm__types_at(&source->types, source->structs[which]);

	*size = gopm__type_size(&source->types, type);
	return *size != 0;
}

static bool die_field(struct gopm__layout_source *source, enum gopm__layout_struct which, const char *path,
                      struct gopm__layout_field *out)
{
	const struct gopm__type *type = gopm__types_at(&source->types, source->structs[which]);

	*out = (struct gopm__layout_field){0};
	while (true) {
		const struct gopm__field *field = NULL;
		size_t length = strcspn(path, ".");
		type = gopm__type_resolve(&source->types, type);
		for (size_t i = 0; type != NULL && field == NULL && i < type->field_count; i++) {
			if (type->fields[i].name.size == length &&
			    memcmp(type->fields[i].name.data, path, length) == 0) {
				field = &type->fields[i];
			}
		}
		if (field == NULL || __builtin_add_overflow(out->offset, field->offset, &out->offset)) {
			return false;
		}
		type = gopm__types_at(&source->types, field->type);
		if (path[length] == '\0') {
			out->size = gopm__type_size(&source->types, type);
			return true;
		}
		path += length + 1;
	}
}

/* Opens a DWARF reader for the offsets alone. The reader for variables is opened on first use. */
static gopm_status open_dwarf(struct gopm__layout_source *source, const struct gopm__layout_program *program,
                              gopm_error **err)
{
	const char *names[GOPM__STRUCT_COUNT];

	source->name = "the DWARF";
	source->struct_size = die_size;
	source->field = die_field;
	if (program->no_dwarf) {
		return gopm__fail(err, GOPM_ERR_NO_DWARF, GOPM__NOWHERE, "not read, as the caller disabled DWARF");
	}
	gopm_status status = gopm__dwarf_open(&source->dwarf, program->exe, program->findings, err);
	if (status != GOPM_OK) {
		return status;
	}
	gopm__types_init(&source->types, source->dwarf, NULL);
	list_struct_names(names);
	status = gopm__dwarf_find_structs(source->dwarf, names, GOPM__STRUCT_COUNT, source->structs);
	return status == GOPM_OK ? status : gopm__fail_memory(err);
}

static const struct gopm__layout_row *table_row(int version, const char *cpu, enum gopm__layout_struct which,
                                                const char *path)
{
	for (size_t i = 0; i < gopm__layout_row_count; i++) {
		const struct gopm__layout_row *row = &gopm__layout_rows[i];
		if (row->which == which && row->first <= version && version <= row->last &&
		    strcmp(row->path, path) == 0 && (row->cpu == NULL || cpu == NULL || strcmp(row->cpu, cpu) == 0)) {
			return row;
		}
	}
	return NULL;
}

static bool row_size(struct gopm__layout_source *source, enum gopm__layout_struct which, uint64_t *size)
{
	const struct gopm__layout_row *row = table_row(source->version, source->cpu, which, "");

	*size = row != NULL ? row->size : 0;
	return row != NULL;
}

static bool row_field(struct gopm__layout_source *source, enum gopm__layout_struct which, const char *path,
                      struct gopm__layout_field *out)
{
	const struct gopm__layout_row *row = table_row(source->version, source->cpu, which, path);

	if (row == NULL) {
		return false;
	}
	*out = (struct gopm__layout_field){row->offset, row->size};
	return true;
}

int gopm__layout_version(gopm_str text, int minor)
{
	int patch = 0;
	size_t at = 0;

	for (int dots = 0; at < text.size && dots < 2; at++) {
		dots += text.data[at] == '.' ? 1 : 0;
	}
	for (; at < text.size && text.data[at] >= '0' && text.data[at] <= '9' && patch < 10; at++) {
		patch = patch * 10 + (text.data[at] - '0');
	}
	return minor * 100 + patch;
}

/* The distance of a version of the table from the wanted one. -1: of another minor, not to be tried. If the wanted one
 * is 0, unknown, the newest is nearest. */
static int version_distance(int known, int wanted)
{
	const int newest = gopm__layout_versions[gopm__layout_version_count - 1];

	if (wanted == 0) {
		return newest - known;
	}
	if (wanted / 100 > newest / 100) {
		return known / 100 == newest / 100 ? newest - known : -1;
	}
	return known / 100 == wanted / 100 ? abs(known - wanted) : -1;
}

int gopm__layout_table_version(int version, unsigned attempt)
{
	uint64_t tried = 0; /* by index */

	while (true) {
		size_t best = SIZE_MAX;
		for (size_t i = 0; i < gopm__layout_version_count && i < 64; i++) {
			int far = version_distance(gopm__layout_versions[i], version);
			if (far >= 0 && (tried >> i & 1) == 0 &&
			    (best == SIZE_MAX || far < version_distance(gopm__layout_versions[best], version))) {
				best = i;
			}
		}
		if (best == SIZE_MAX || attempt-- == 0) {
			return best == SIZE_MAX ? 0 : gopm__layout_versions[best];
		}
		tried |= UINT64_C(1) << best;
	}
}

bool gopm__layout_table_has(int version, const char *cpu, enum gopm__layout_struct which, const char *path)
{
	return table_row(gopm__layout_table_version(version, 0), cpu, which, path) != NULL;
}

static gopm_status open_table(struct gopm__layout_source *source, const struct gopm__layout_program *program,
                              gopm_error **err)
{
	source->name = "the table of versions";
	source->struct_size = row_size;
	source->field = row_field;
	source->version = gopm__layout_table_version(program->version, program->attempt);
	source->cpu = program->cpu;
	return source->version != 0 ? GOPM_OK
	                            : gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE, "it has no row for Go 1.%d",
	                                         program->version / 100);
}

gopm_status gopm__layout_source_open(struct gopm__layout_source *source, enum gopm__layout_kind kind,
                                     const struct gopm__layout_program *program, gopm_error **err)
{
	*source = (struct gopm__layout_source){.kind = kind};
	switch (kind) {
	case GOPM__LAYOUT_DESCRIPTORS:
		return open_descriptors(source, program, err);
	case GOPM__LAYOUT_DWARF:
		return open_dwarf(source, program, err);
	default:
		return open_table(source, program, err);
	}
}

void gopm__layout_source_close(struct gopm__layout_source *source)
{
	gopm__types_free(&source->types);
	gopm__dwarf_close(source->dwarf);
	source->dwarf = NULL;
}
