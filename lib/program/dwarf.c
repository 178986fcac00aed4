/* SPDX-License-Identifier: Apache-2.0 */
/* The program's DWARF and types, opened on first use, and the lock over them. */
#include "dwarf/dwarf.h"
#include "program/program.h"
#include "type/descriptor_index.h"

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

gopm_status gopm__program_dwarf(struct gopm__program *program, struct gopm__dwarf **out, gopm_error **err)
{
	const struct gopm__place exe = GOPM__AT_FILE(program->exe.source.name);

	*out = program->dwarf;
	if (program->dwarf != NULL) {
		return GOPM_OK;
	}
	if (program->no_dwarf) {
		return gopm__fail(err, GOPM_ERR_NO_DWARF, exe, "DWARF was left out by GOPM_OPEN_NO_DWARF");
	}
	if (program->dwarf_status != GOPM_OK) {
		return gopm__fail(err, program->dwarf_status, exe,
		                  "its DWARF could not be read before, and is not tried again");
	}
	gopm_status status = gopm__dwarf_open(&program->dwarf, &program->exe, &program->findings, err);
	if (status != GOPM_OK && status != GOPM_ERR_NO_MEMORY && status != GOPM_ERR_NO_DWARF) {
		program->dwarf_status = status;
	}
	if (program->dwarf != NULL) {
		program->dwarf->symtab = &program->symtab;
	}
	*out = program->dwarf;
	return status;
}

gopm_status gopm__program_types(struct gopm__program *program, struct gopm__dwarf **out, gopm_error **err)
{
	gopm_status status = program->bare == NULL ? gopm__program_dwarf(program, out, NULL) : GOPM_ERR_NO_DWARF;

	if (status == GOPM_OK) {
		return status;
	}
	if (status == GOPM_ERR_NO_MEMORY ||
	    (program->bare == NULL &&
	     gopm__dwarf_open_bare(&program->bare, &program->exe, &program->findings) != GOPM_OK)) {
		return gopm__fail_memory(err);
	}
	program->bare->symtab = &program->symtab;
	*out = program->bare;
	return GOPM_OK;
}

static void close_types(struct gopm__dwarf *dwarf)
{
	if (dwarf != NULL && dwarf->descriptors != NULL) {
		gopm__descriptor_index_free(dwarf->descriptors);
	}
	gopm__dwarf_close(dwarf);
}

void gopm__program_forget_types(struct gopm__program *program)
{
	close_types(program->dwarf);
	program->dwarf = NULL;
	close_types(program->bare);
	program->bare = NULL;
}
