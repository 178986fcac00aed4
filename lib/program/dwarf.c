/* SPDX-License-Identifier: Apache-2.0 */
/* The program's DWARF and types, opened on first use, and the lock over them. */
#include "program/program.h"

#include <stdlib.h>

#include "util/allocate.h"

void gopm__program_lock(struct gopm__program *program)
{
	(void)pthread_mutex_lock(&program->dwarf_lock);
}

void gopm__program_unlock(struct gopm__program *program)
{
	(void)pthread_mutex_unlock(&program->dwarf_lock);
}

bool gopm__program_has_dwarf(struct gopm__program *program)
{
	return !program->no_dwarf && gopm__executable_has_section(&program->exe, ".debug_info");
}

/* The DWARF must have been tried: without it the types are those of descriptors. */
static void open_types(struct gopm__program *program)
{
	if (!program->types_open) {
		gopm__types_init(&program->types, program->dwarf, &program->symtab);
		program->types_open = true;
	}
}

gopm_status gopm__program_dwarf(struct gopm__program *program, struct gopm__dwarf **out, gopm_error **err)
{
	const struct gopm__place exe = GOPM__AT_FILE(program->exe.source.name);

	*out = program->dwarf;
	if (program->dwarf != NULL) {
		return GOPM_OK;
	}
	if (program->no_dwarf) {
		return gopm__fail(err, GOPM_ERR_NO_DWARF, exe,
		                  "DWARF is turned off (GOPM_OPEN_NO_DWARF, or gopm --no-dwarf)");
	}
	if (program->dwarf_status != GOPM_OK) {
		return gopm__fail(err, program->dwarf_status, exe,
		                  "its DWARF cannot be read; an earlier attempt failed");
	}
	const uint64_t failures = gopm__failed_allocations();
	gopm_status status = gopm__dwarf_open(&program->dwarf, &program->exe, &program->findings, err);
	if (status == GOPM_OK) {
		program->dwarf->progress = &program->progress;
	}
	if (status != GOPM_OK && !gopm__is_cacheable(failures)) {
		return gopm__fail_memory(err);
	}
	if (status != GOPM_OK && status != GOPM_ERR_NO_DWARF) {
		program->dwarf_status = status;
	}
	if (status == GOPM_OK) {
		open_types(program);
	}
	*out = program->dwarf;
	return status;
}

gopm_status gopm__program_types(struct gopm__program *program, struct gopm__types **out, gopm_error **err)
{
	struct gopm__dwarf *dwarf;

	*out = NULL;
	if (!program->types_open) {
		if (gopm__program_dwarf(program, &dwarf, NULL) == GOPM_ERR_NO_MEMORY) {
			return gopm__fail_memory(err);
		}
		open_types(program);
	}
	*out = &program->types;
	return GOPM_OK;
}

static gopm_status open_modules(struct gopm__program *program)
{
	struct gopm__mapped_modules *modules = gopm__native_modules(&program->native);

	if (modules == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	program->modules = gopm__calloc(modules->count + 1, sizeof *program->modules);
	if (program->modules == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	program->module_count = modules->count;
	return GOPM_OK;
}

gopm_status gopm__program_module_types(struct gopm__program *program, size_t index, struct gopm__types **out)
{
	*out = NULL;
	if (program->no_dwarf) {
		return GOPM_NOT_FOUND;
	}
	gopm_status status = program->modules == NULL ? open_modules(program) : GOPM_OK;
	if (status != GOPM_OK || index >= program->module_count) {
		return status != GOPM_OK ? status : GOPM_NOT_FOUND;
	}
	struct gopm__module_types *m = &program->modules[index];
	if (!m->tried) {
		struct gopm__mapped_modules *modules = gopm__native_modules(&program->native);
		struct gopm__mapped_module *module = &modules->list[index];
		const uint64_t failures = gopm__failed_allocations();
		gopm__mapped_module_find(modules, module);
		if (module->exe != NULL && module->exe != &program->exe && module->bias_known &&
		    gopm__dwarf_open(&m->dwarf, module->exe, NULL, NULL) == GOPM_OK) {
			m->dwarf->progress = &program->progress;
			gopm__types_init(&m->types, m->dwarf, NULL);
		}
		if (!gopm__is_cacheable(failures)) {
			gopm__types_free(&m->types);
			gopm__dwarf_close(m->dwarf);
			m->dwarf = NULL;
			return GOPM_ERR_NO_MEMORY;
		}
		m->tried = true;
	}
	*out = m->dwarf != NULL ? &m->types : NULL;
	return m->dwarf != NULL ? GOPM_OK : GOPM_ERR_NO_DWARF;
}

void gopm__program_forget_types(struct gopm__program *program)
{
	for (size_t i = 0; i < program->module_count; i++) {
		gopm__types_free(&program->modules[i].types);
		gopm__dwarf_close(program->modules[i].dwarf);
	}
	free(program->modules);
	program->modules = NULL;
	program->module_count = 0;
	gopm__types_free(&program->types);
	program->types_open = false;
	gopm__dwarf_close(program->dwarf);
	program->dwarf = NULL;
}
