/* SPDX-License-Identifier: Apache-2.0 */
#include "unwind/native_row.h"

#include <elf.h>

#include "dwarf/cfi_entry.h"
#include "util/allocate.h"

/* Rows that are kept: a thread pool has a few hundred distinct pcs. */
#define MAX_ROWS ((size_t)1 << 16)
/* Instead of the address of a row. */
#define NO_ROW 1

/* .eh_frame without section headers: .eh_frame_hdr, which has a program header, points to it (Linux Standard Base 5.0,
 * 10.6.2). */
static bool frame_by_header(struct gopm__executable *exe, struct gopm__section *out)
{
	struct gopm__section header;

	if (gopm__executable_segment(exe, PT_GNU_EH_FRAME, &header) != GOPM_OK) {
		return false;
	}
	const struct gopm__cfi_table at = {.data = header.data, .size = header.size, .address = header.address};
	struct gopm__cursor c = gopm__cursor(header.data, (size_t)header.size);
	const uint8_t version = gopm__cursor_u8(&c), encoding = gopm__cursor_u8(&c);
	uint64_t address;
	(void)gopm__cursor_u16(&c);
	return version == 1 && gopm__cfi_pointer(&at, &c, encoding, &address) &&
	       gopm__executable_from(exe, address, out) == GOPM_OK;
}

static void open_table(struct gopm__cfi_table *table, const struct gopm__section *section, uint64_t bias, bool eh_frame)
{
	*table = (struct gopm__cfi_table){
	    .data = section->data,
	    .size = section->size,
	    .address = section->address,
	    .bias = bias,
	    .eh_frame = eh_frame,
	};
	(void)gopm__cfi_open(table);
}

/* Reads the tables of a module. The caller holds the lock. */
static void read_tables(struct gopm__native_module *read, struct gopm__executable *exe)
{
	const uint64_t failures = gopm__failed_allocations();
	struct gopm__section section;

	if (gopm__executable_section(exe, ".eh_frame", &section) != GOPM_OK || section.data == NULL) {
		section = (struct gopm__section){NULL, 0, 0};
		(void)frame_by_header(exe, &section);
	}
	open_table(&read->tables[0], &section, exe->bias, true);
	if (gopm__executable_section(exe, ".debug_frame", &section) != GOPM_OK) {
		section = (struct gopm__section){NULL, 0, 0};
	}
	open_table(&read->tables[1], &section, exe->bias, false);
	read->tables_read = gopm__is_cacheable(failures);
	if (!read->tables_read) {
		gopm__cfi_close(&read->tables[0]);
		gopm__cfi_close(&read->tables[1]);
	}
}

/* Evaluates the row at `pc`. False: there is none. */
static bool find_row(struct gopm__native *native, const struct gopm__mapped_module *module, uint64_t pc,
                     struct gopm__cfi_row *row)
{
	struct gopm__native_module *read = &native->read[module - native->modules.list];
	const char *why;

	if (module->exe == NULL) {
		return false;
	}
	if (!read->tables_read) {
		read_tables(read, module->exe);
	}
	for (size_t i = 0; i < 2; i++) {
		const struct gopm__fde *fde = gopm__cfi_find(&read->tables[i], pc);
		if (fde != NULL && gopm__cfi_row_at(&read->tables[i], fde, pc, row, &why) == GOPM_OK) {
			return true;
		}
	}
	return false;
}

static const struct gopm__cfi_row *keep_row(struct gopm__native *native, uint64_t pc, const struct gopm__cfi_row *row)
{
	struct gopm__cfi_row *kept = NULL;
	bool fresh;

	if (row != NULL) {
		kept = gopm__arena_alloc(&native->arena, sizeof *kept);
		if (kept == NULL) {
			return NULL;
		}
		*kept = *row;
	}
	uint64_t *slot = native->rows.count < MAX_ROWS ? gopm__map64_put(&native->rows, pc, &fresh) : NULL;
	if (slot != NULL) {
		*slot = kept != NULL ? (uint64_t)(uintptr_t)kept : NO_ROW;
	}
	return kept;
}

const struct gopm__cfi_row *gopm__native_row(struct gopm__native *native, uint64_t pc)
{
	struct gopm__mapped_modules *modules = gopm__native_modules(native);
	const struct gopm__mapped_module *module = modules != NULL ? gopm__mapped_module_at(modules, pc) : NULL;
	const struct gopm__cfi_row *row = NULL;
	struct gopm__cfi_row found;

	if (module == NULL || pc == 0) {
		return NULL;
	}
	(void)pthread_mutex_lock(&native->lock);
	const uint64_t *known = gopm__map64_get(&native->rows, pc), failures = gopm__failed_allocations();
	if (known != NULL) {
		row = *known != NO_ROW ? (const struct gopm__cfi_row *)(uintptr_t)*known : NULL;
	} else if (find_row(native, module, pc, &found)) {
		row = keep_row(native, pc, &found);
	} else if (gopm__is_cacheable(failures)) {
		(void)keep_row(native, pc, NULL);
	}
	(void)pthread_mutex_unlock(&native->lock);
	return row;
}
