/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/layout/choice.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Why sources were not taken: "the type descriptors: runtime.g is not among them; the DWARF: ...". */
struct reasons {
	char text[600];
	size_t size;
};

static void add_reason(struct reasons *reasons, const struct gopm__layout_source *source, const char *why)
{
	size_t left = sizeof reasons->text - reasons->size;
	int n = snprintf(reasons->text + reasons->size, left, "%s%s: %s", reasons->size != 0 ? "; " : "", source->name,
	                 why);
	reasons->size += n < 0 ? 0 : (size_t)n < left ? (size_t)n : left - 1;
}

/* GOPM_OK: `layout` is what the source says. Else the reason was added. */
static gopm_status load(struct gopm__layout *layout, struct gopm__layout_source *source, enum gopm__layout_kind kind,
                        const struct gopm__layout_program *program, struct reasons *reasons)
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

/* What is said of the table's row. */
static void name_row(const struct gopm__layout_source *source, const struct gopm__layout_program *program, char *out,
                     size_t size)
{
	const char *why = "";

	if (program->version == 0) {
		why = ", the first that fits, as the program's version is unknown";
	} else if (program->version / 100 > source->version / 100) {
		why = ", the newest, as it does not know this program's";
	}
	int used = snprintf(out, size, ", its row of Go 1.%d", source->version / 100);
	if (source->version % 100 != 0 && used > 0) {
		used += snprintf(out + used, size - (size_t)used, ".%d", source->version % 100);
	}
	if (used > 0 && (size_t)used < size) {
		(void)snprintf(out + used, size - (size_t)used, "%s", why);
	}
}

/* Structs that this Go has and the source in hand lacks: from the sources behind it. */
static gopm_status complete(struct gopm__layout *layout, enum gopm__layout_kind from,
                            const struct gopm__layout_program *program, const struct gopm__layout_trial *trial)
{
	enum gopm__layout_struct missing[GOPM__STRUCT_COUNT];
	size_t count = 0;

	for (unsigned i = 0; i < GOPM__STRUCT_COUNT; i++) {
		enum gopm__layout_struct which = (enum gopm__layout_struct)i;
		if (layout->size[i] == 0 && gopm__layout_struct_expected(which) &&
		    gopm__layout_table_has(program->version, which)) {
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
				                  "%s is read by %s: the program does not describe it otherwise",
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
		                  "%s is not described: what is read by it is unknown",
		                  gopm__layout_struct_name(missing[i]));
	}
	return GOPM_OK;
}

/* One source; GOPM_OK: it fits. */
static gopm_status try_source(struct gopm__layout *layout, struct gopm__layout_source *source,
                              enum gopm__layout_kind kind, const struct gopm__layout_program *program,
                              const struct gopm__layout_trial *trial, struct reasons *reasons, bool *loaded)
{
	char why[160];

	gopm_status status = load(layout, source, kind, program, reasons);
	gopm__layout_source_close(source);
	*loaded = status == GOPM_OK;
	/* What comes from elsewhere than the program has to be confirmed. */
	if (*loaded && !trial->fits(trial->user_data, kind == GOPM__LAYOUT_TABLE, why, sizeof why)) {
		add_reason(reasons, source, why);
		status = GOPM_NOT_FOUND;
	}
	return status;
}

static void say_source(const struct gopm__layout_source *source, const struct gopm__layout_program *program,
                       const struct reasons *reasons)
{
	char row[160] = "";

	if (source->kind == GOPM__LAYOUT_DESCRIPTORS) {
		return; /* as it should be */
	}
	if (source->kind == GOPM__LAYOUT_TABLE) {
		name_row(source, program, row, sizeof row);
	}
	gopm__finding_add(program->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__NOWHERE,
	                  "the runtime's structures are read by %s%s (%s)", source->name, row, reasons->text);
}

gopm_status gopm__layout_choose(struct gopm__layout *layout, const struct gopm__layout_program *request,
                                const struct gopm__layout_trial *trial, gopm_error **err)
{
	struct gopm__layout_program program = *request;
	struct gopm__layout kept = {0};
	struct reasons reasons = {0};
	gopm_status first = GOPM_OK;
	const char *kept_name = NULL;
	unsigned kind = 0;

	while (kind < GOPM__LAYOUT_KINDS) {
		struct gopm__layout_source source;
		bool loaded;
		gopm_status status =
		    try_source(layout, &source, (enum gopm__layout_kind)kind, &program, trial, &reasons, &loaded);
		if (status == GOPM_OK) {
			say_source(&source, &program, &reasons);
			status = complete(layout, source.kind, &program, trial);
		}
		if (status == GOPM_OK || status == GOPM_ERR_NO_MEMORY) {
			return status == GOPM_OK ? status : gopm__fail_memory(err);
		}
		if (!loaded) {
			first = first == GOPM_OK ? status : first;
		} else if (kept_name == NULL && kind != GOPM__LAYOUT_TABLE) {
			kept = *layout;
			kept_name = source.name;
		}
		program.attempt += kind == GOPM__LAYOUT_TABLE ? 1 : 0;
		kind += kind != GOPM__LAYOUT_TABLE || gopm__layout_table_version(program.version, program.attempt) == 0;
	}
	if (kept_name == NULL) {
		return gopm__fail(err, first, GOPM__NOWHERE, "no layout of the runtime's structures fits (%s)",
		                  reasons.text);
	}
	/* Offsets that do not belong to this program would make every answer wrong: say so. */
	*layout = kept;
	(void)trial->fits(trial->user_data, false, (char[160]){0}, 160);
	gopm__finding_add(program.findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__NOWHERE,
	                  "the runtime's structures are read by %s, which do not fit, nor does another source: the "
	                  "executable may be another, or its Go too new (%s)",
	                  kept_name, reasons.text);
	return GOPM_OK;
}
