/* SPDX-License-Identifier: Apache-2.0 */
#include "unwind/native.h"

#include <stdlib.h>

#include "dwarf/dwarf.h"
#include "util/allocate.h"

void gopm__native_init(struct gopm__native *native, const struct gopm__corefile *core, struct gopm__executable *exe,
                       struct gopm__symtab *symtab, bool no_dwarf)
{
	*native = (struct gopm__native){.core = core, .exe = exe, .symtab = symtab, .no_dwarf = no_dwarf};
	(void)pthread_mutex_init(&native->lock, NULL);
}

void gopm__native_close(struct gopm__native *native)
{
	if (native->core == NULL) {
		return;
	}
	for (size_t i = 0; i < native->modules.count && native->read != NULL; i++) {
		gopm__cfi_close(&native->read[i].tables[0]);
		gopm__cfi_close(&native->read[i].tables[1]);
		gopm__code_symbols_close(&native->read[i].symbols);
		gopm__data_symbols_close(&native->read[i].data);
		gopm__dwarf_close(native->read[i].dwarf);
	}
	free(native->read);
	gopm__map64_free(&native->rows);
	gopm__map64_free(&native->places);
	gopm__arena_free(&native->arena);
	gopm__mapped_modules_close(&native->modules);
	(void)pthread_mutex_destroy(&native->lock);
	*native = (struct gopm__native){0};
}

struct gopm__mapped_modules *gopm__native_modules(struct gopm__native *native)
{
	(void)pthread_mutex_lock(&native->lock);
	if (!native->opened && gopm__mapped_modules_open(&native->modules, native->core, native->exe) == GOPM_OK) {
		native->read = gopm__calloc(native->modules.count + 1, sizeof *native->read);
		native->opened = native->read != NULL;
		if (!native->opened) {
			gopm__mapped_modules_close(&native->modules);
		}
	}
	const bool opened = native->opened;
	(void)pthread_mutex_unlock(&native->lock);
	return opened ? &native->modules : NULL;
}
