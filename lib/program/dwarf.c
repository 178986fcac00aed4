/* SPDX-License-Identifier: Apache-2.0 */
#include "program/dwarf.h"

#include "dwarf/dwarf.h"
#include "type/descriptor_index.h"

gopm_status gopm__core_dwarf(gopm_core *core, struct gopm__dwarf **out, gopm_error **err)
{
	*out = core->dwarf;
	if (core->dwarf != NULL) {
		return GOPM_OK;
	}
	if ((core->open_flags & GOPM_OPEN_NO_DWARF) != 0) {
		return gopm__fail(err, GOPM_ERR_NO_DWARF, GOPM__AT_FILE(core->exe.source.name),
		                  "DWARF was left out by GOPM_OPEN_NO_DWARF");
	}
	if (core->dwarf_status != GOPM_OK) {
		return gopm__fail(err, core->dwarf_status, GOPM__AT_FILE(core->exe.source.name),
		                  "its DWARF could not be read before, and is not tried again");
	}
	gopm_status st = gopm__dwarf_open(&core->dwarf, &core->exe, &core->findings, err);
	if (st != GOPM_OK && st != GOPM_ERR_NO_MEMORY && st != GOPM_ERR_NO_DWARF) {
		core->dwarf_status = st;
	}
	if (core->dwarf != NULL) {
		core->dwarf->symtab = &core->symtab;
	}
	*out = core->dwarf;
	return st;
}

gopm_status gopm__core_types(gopm_core *core, struct gopm__dwarf **out, gopm_error **err)
{
	gopm_status st = core->bare == NULL ? gopm__core_dwarf(core, out, NULL) : GOPM_ERR_NO_DWARF;

	if (st == GOPM_OK) {
		return st;
	}
	if (st == GOPM_ERR_NO_MEMORY ||
	    (core->bare == NULL && gopm__dwarf_open_bare(&core->bare, &core->exe, &core->findings) != GOPM_OK)) {
		return gopm__fail_memory(err);
	}
	core->bare->symtab = &core->symtab;
	*out = core->bare;
	return GOPM_OK;
}

static void close_types(struct gopm__dwarf *dwarf)
{
	if (dwarf != NULL && dwarf->descriptors != NULL) {
		gopm__descriptor_index_free(dwarf->descriptors);
	}
	gopm__dwarf_close(dwarf);
}

void gopm__core_dwarf_close(gopm_core *core)
{
	close_types(core->dwarf);
	core->dwarf = NULL;
	close_types(core->bare);
	core->bare = NULL;
}
