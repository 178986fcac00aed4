/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/symbol.h>

#include <stdlib.h>

#include "api/first_release.h"
#include "api/handle.h"
#include "api/sized.h"
#include "symbol/declaration.h"
#include "util/allocate.h"
#include "util/finding.h"
#include "util/glob.h"
#include "util/str.h"

struct gopm_function_iter {
	gopm_core *core;
	char *glob; /* NULL: all */
	size_t module;
	uint64_t index; /* of the next function in that module */
};

struct gopm_source_file_iter {
	gopm_core *core;
	gopm_str *files;
	size_t count, next;
};

gopm_status gopm_function_iter_open(gopm_core *core, const char *glob, gopm_function_iter **out, gopm_error **err)
{
	gopm_status status;
	gopm_function_iter *it = gopm__handle_new(out != NULL ? core : NULL, sizeof *it, &status, err);

	if (out != NULL) {
		*out = NULL;
	}
	if (it == NULL) {
		return status;
	}
	it->glob = glob != NULL ? gopm__strdup(glob) : NULL;
	if (glob != NULL && it->glob == NULL) {
		gopm_function_iter_free(it);
		return gopm__fail_memory(err);
	}
	*out = it;
	return GOPM_OK;
}

static bool has_suffix(gopm_str text, const char *suffix)
{
	const size_t size = strlen(suffix);

	return text.size >= size && memcmp(text.data + text.size - size, suffix, size) == 0;
}

/* Returns false if the function is damaged, or does not match. */
static bool read_function(gopm_function_iter *it, struct gopm__reader *reader, gopm_function *record)
{
	struct gopm__symtab *symtab = &it->core->program->symtab;
	struct gopm__func func;

	const struct gopm__module *module = &symtab->modules[it->module];

	const bool read = gopm__func_at(module, it->index, &func);
	/* Programs with the race detector have a function of no bytes. */
	if (read && func.entry == func.end) {
		return false;
	}
	if (!read || func.entry > func.end || gopm__func_name(module, func.name).size == 0) {
		gopm__finding_add(symtab->findings, GOPM_FINDING_BAD_SYMBOLS, GOPM__AT_ADDRESS(module->text),
		                  "pclntab: a function is damaged: it is left out of lists");
		return false;
	}
	const gopm_str name = gopm__symtab_function(symtab, gopm__func_name(module, func.name));
	if (it->glob != NULL && !gopm__glob(it->glob, name)) {
		return false;
	}
	*record = (gopm_function){.name = name, .entry = func.entry, .end = func.end};
	record->file = gopm__func_declaration(reader, &func, &record->line);
	if (record->file.size == 0 || record->file.data[0] == '<') {
		record->flags |= GOPM_FUNCTION_FLAG_GENERATED;
	}
	record->flags |= has_suffix(record->file, ".s") ? GOPM_FUNCTION_FLAG_ASSEMBLY : 0;
	return name.size != 0;
}

gopm_status gopm_function_iter_next(gopm_function_iter *it, gopm_function *records, size_t stride, size_t capacity,
                                    size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_FUNCTION) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint64_t begun = gopm__call_begin();
	const struct gopm__symtab *symtab = &it->core->program->symtab;
	const size_t module = it->module;
	const uint64_t index = it->index;
	struct gopm__reader reader = gopm__reader(&it->core->program->file.memory);

	while (*got < capacity && it->module < symtab->module_count) {
		gopm_function record;
		if (it->index >= symtab->modules[it->module].ftab_count) {
			it->module++;
			it->index = 0;
			continue;
		}
		if (read_function(it, &reader, &record)) {
			gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
		}
		it->index++;
	}
	gopm_status status = gopm__call_result(begun, *got != 0 ? GOPM_OK : GOPM_DONE, NULL);
	status = gopm__read_status(it->core, status, NULL);
	if (status < 0) {
		it->module = module;
		it->index = index;
		*got = 0;
	}
	return status;
}

void gopm_function_iter_free(gopm_function_iter *it)
{
	if (it != NULL) {
		gopm__core_release(it->core);
		free(it->glob);
		free(it);
	}
}

gopm_status gopm_source_file_iter_open(gopm_core *core, const char *glob, gopm_source_file_iter **out, gopm_error **err)
{
	gopm_status status;
	gopm_source_file_iter *it = gopm__handle_new(out != NULL ? core : NULL, sizeof *it, &status, err);

	if (out != NULL) {
		*out = NULL;
	}
	if (it == NULL) {
		return status;
	}
	if (gopm__source_files(&core->program->symtab, glob, &it->files, &it->count) != GOPM_OK) {
		gopm_source_file_iter_free(it);
		return gopm__fail_memory(err);
	}
	*out = it;
	return GOPM_OK;
}

gopm_status gopm_source_file_iter_next(gopm_source_file_iter *it, gopm_source_file *records, size_t stride,
                                       size_t capacity, size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_SOURCE_FILE) {
		return GOPM_ERR_ARGUMENT;
	}
	while (*got < capacity && it->next < it->count) {
		const gopm_source_file record = {.path = it->files[it->next++]};
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
	}
	return *got != 0 ? GOPM_OK : GOPM_DONE;
}

void gopm_source_file_iter_free(gopm_source_file_iter *it)
{
	if (it != NULL) {
		gopm__core_release(it->core);
		free(it->files);
		free(it);
	}
}
