/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/layout/choice.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Reasons against the sources so far: "the type descriptors: runtime.g is missing; the DWARF: ...". */
struct layout_reasons {
	char text[600];
	size_t size;
};

static void add_reason(struct layout_reasons *reasons, const struct gopm__layout_source *source, const char *why)
{
	size_t left = sizeof reasons->text - reasons->size;
	int n = snprintf(reasons->text + reasons->size, left, "%s%s: %s", reasons->size != 0 ? "; " : "", source->name,
	                 why);
	reasons->size += n < 0 ? 0 : (size_t)n < left ? (size_t)n : left - 1;
}

/* Opens a source and fills the layout from it; on failure adds the reason. */
static gopm_status load_layout(struct gopm__layout *layout, struct gopm__layout_source *source,
                               enum gopm__layout_kind kind, const struct gopm__layout_program *program,
                               struct layout_reasons *reasons)
{
	gopm_error *err = NULL;

	gopm_status status = gopm__layout_source_open(source, kind, program, &err);
	if (status == GOPM_OK) {
		status = gopm__layout_fill(layout, source, &err);
	}
	if (status != GOPM_OK) {
		add_reason(reasons, source, gopm_error_message(err));
	}
	gopm_error_free(err);
	return status;
}

/* Writes which rows of the table are used, and why if the version does not say. */
static void describe_row(const struct gopm__layout_source *source, const struct gopm__layout_program *program,
                         char *out, size_t size)
{
	const char *why = "";

	if (program->version == 0) {
		why = ", the first that fits, as the program's version is unknown";
	} else if (program->version / 100 > source->version / 100) {
		why = ", the newest, as it has no row of the program's version";
	}
	int used = snprintf(out, size, ", its row of Go 1.%d", source->version / 100);
	if (source->version % 100 != 0 && used > 0) {
		used += snprintf(out + used, size - (size_t)used, ".%d", source->version % 100);
	}
	if (used > 0 && (size_t)used < size) {
		(void)snprintf(out + used, size - (size_t)used, "%s", why);
	}
}

/* Adds structs that this Go version has and source `from` lacks, from the sources after it. */
static gopm_status complete_layout(struct gopm__layout *layout, enum gopm__layout_kind from,
                                   const struct gopm__layout_program *program, const struct gopm__layout_trial *trial)
{
	enum gopm__layout_struct missing[GOPM__STRUCT_COUNT];
	size_t count = 0;

	for (unsigned i = 0; i < GOPM__STRUCT_COUNT; i++) {
		enum gopm__layout_struct which = (enum gopm__layout_struct)i;
		if (layout->size[i] == 0 && gopm__layout_struct_expected(which) &&
		    gopm__layout_table_has(program->version, NULL, which, "")) {
			missing[count++] = which;
		}
	}
	for (unsigned kind = from + 1; kind < GOPM__LAYOUT_KINDS && count != 0; kind++) {
		struct gopm__layout_source source;
		size_t left = 0;
		gopm_status status = gopm__layout_source_open(&source, (enum gopm__layout_kind)kind, program, NULL);
		for (size_t i = 0; i < count; i++) {
			char why[160];
			if (status != GOPM_OK || !gopm__layout_complete(layout, &source, missing[i])) {
				missing[left++] = missing[i];
			} else if (!trial->fits(trial->user_data, kind == GOPM__LAYOUT_TABLE, why, sizeof why)) {
				gopm__layout_forget(layout, missing[i]);
				missing[left++] = missing[i];
			} else {
				gopm__finding_add(program->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__NOWHERE,
				                  "%s is read by %s, as no better source has it",
				                  gopm__layout_struct_name(missing[i]), source.name);
			}
		}
		gopm__layout_source_close(&source);
		if (status == GOPM_ERR_NO_MEMORY) {
			return status;
		}
		count = left;
	}
	for (size_t i = 0; i < count; i++) {
		gopm__finding_add(program->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "the layout of %s is unknown: fields of it are not read",
		                  gopm__layout_struct_name(missing[i]));
	}
	return GOPM_OK;
}

/* Adds a finding for each field that programs of this Go have, and this one lacks: its name is damaged. */
static void report_missing_fields(const struct gopm__layout *layout, const struct gopm__layout_program *program)
{
	enum gopm__layout_struct which;
	const char *path;

	if (gopm__layout_table_version(program->version, 0) / 100 != program->version / 100) {
		return;
	}
	for (size_t i = 0; gopm__layout_path(i, &which, &path); i++) {
		if (layout->size[which] != 0 && !gopm__layout_has(layout, i) &&
		    gopm__layout_table_has(program->version, program->cpu, which, path)) {
			gopm__finding_add(program->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__NOWHERE,
			                  "%s has no field %s in this program: it is not read",
			                  gopm__layout_struct_name(which), path);
		}
	}
}

/* True if the loaded layout fits; else adds the reason. Only the table is not from the program: it must be confirmed.
 */
static bool try_layout(const struct gopm__layout_source *source, const struct gopm__layout_trial *trial,
                       struct layout_reasons *reasons)
{
	char why[160];
	bool fits = trial->fits(trial->user_data, source->kind == GOPM__LAYOUT_TABLE, why, sizeof why);

	if (!fits) {
		add_reason(reasons, source, why);
	}
	return fits;
}

/* Adds a finding, unless the layout is from type descriptors, as usual. */
static void report_source(const struct gopm__layout_source *source, const struct gopm__layout_program *program,
                          const struct layout_reasons *reasons)
{
	char row[160] = "";

	if (source->kind == GOPM__LAYOUT_DESCRIPTORS) {
		return;
	}
	if (source->kind == GOPM__LAYOUT_TABLE) {
		describe_row(source, program, row, sizeof row);
	}
	gopm__finding_add(program->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__NOWHERE,
	                  "the runtime's structures are read by %s%s (%s)", source->name, row, reasons->text);
}

gopm_status gopm__layout_choose(struct gopm__layout *layout, const struct gopm__layout_program *request,
                                const struct gopm__layout_trial *trial, gopm_error **err)
{
	struct gopm__layout_program program = *request;
	struct gopm__layout kept = {0};
	struct layout_reasons reasons = {0};
	gopm_status first = GOPM_OK;
	const char *kept_name = NULL;
	unsigned kind = 0;

	while (kind < GOPM__LAYOUT_KINDS) {
		struct gopm__layout_source source;
		gopm_status status = load_layout(layout, &source, (enum gopm__layout_kind)kind, &program, &reasons);
		gopm__layout_source_close(&source);
		if (status == GOPM_OK && try_layout(&source, trial, &reasons)) {
			report_source(&source, &program, &reasons);
			status = complete_layout(layout, source.kind, &program, trial);
			report_missing_fields(layout, &program);
			return status == GOPM_OK ? status : gopm__fail_memory(err);
		}
		if (status == GOPM_ERR_NO_MEMORY) {
			return gopm__fail_memory(err);
		}
		if (status != GOPM_OK) {
			first = first == GOPM_OK ? status : first;
		} else if (kept_name == NULL && kind != GOPM__LAYOUT_TABLE) {
			kept = *layout;
			kept_name = source.name;
		}
		/* Of the table all rows are tried, nearest version first. */
		program.attempt += kind == GOPM__LAYOUT_TABLE ? 1 : 0;
		kind += kind != GOPM__LAYOUT_TABLE || gopm__layout_table_version(program.version, program.attempt) == 0;
	}
	if (kept_name == NULL) {
		return gopm__fail(err, first, GOPM__NOWHERE, "no layout of the runtime's structures fits (%s)",
		                  reasons.text);
	}
	/* With offsets of another program every answer would be wrong, so a finding says it. */
	*layout = kept;
	(void)trial->fits(trial->user_data, false, (char[160]){0}, 160);
	gopm__finding_add(program.findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__NOWHERE,
	                  "the runtime's structures are read by %s, but no source fits the core: the executable may be "
	                  "another one, or its Go version too new (%s)",
	                  kept_name, reasons.text);
	return GOPM_OK;
}
