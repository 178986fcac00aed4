/* SPDX-License-Identifier: Apache-2.0 */
/* The index of a table: the code of each frame description entry, sorted. .eh_frame_hdr has one too, but a scan of the
 * whole section takes a millisecond for a C library, and proves that the entries can be read. */
#include "dwarf/cfi.h"

#include <stdlib.h>

#include "dwarf/cfi_entry.h"
#include "util/search.h"
#include "util/vector.h"

/* Entries. The largest browsers have a million. */
#define MAX_ENTRIES ((size_t)1 << 23)
/* Entries before the last one that starts at or before a pc: of damaged tables, where entries overlap. */
#define MAX_OVERLAPPED ((size_t)8)

static int entries_by_start(const void *a, const void *b)
{
	const struct gopm__fde *x = a, *y = b;

	if (x->start != y->start) {
		return x->start < y->start ? -1 : 1;
	}
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Adds the entry, if it is an FDE with code. `cie` is the last one that was read. */
static gopm_status index_entry(struct gopm__cfi_table *table, const struct gopm__cfi_entry *entry,
                               struct gopm__cie *cie)
{
	struct gopm__cursor code;
	struct gopm__fde fde;

	if (entry->is_cie) {
		return GOPM_OK;
	}
	if (cie->code == NULL || cie->offset != entry->cie) {
		const gopm_status status = gopm__cie_read(table, entry->cie, cie);
		if (status != GOPM_OK) {
			cie->code = NULL;
			return status == GOPM_ERR_UNSUPPORTED ? GOPM_OK : status;
		}
	}
	const gopm_status status = gopm__fde_read(table, cie, entry, &fde, &code);
	if (status != GOPM_OK) {
		return status == GOPM_ERR_UNSUPPORTED ? GOPM_OK : status;
	}
	/* The linker leaves entries of functions that it dropped. */
	if (fde.start == fde.end || fde.start == table->bias) {
		return GOPM_OK;
	}
	if (!GOPM__VECTOR_RESERVE(table->entries, table->count, table->capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	table->entries[table->count++] = fde;
	return GOPM_OK;
}

gopm_status gopm__cfi_open(struct gopm__cfi_table *table)
{
	struct gopm__cie cie = {0};

	table->damage = NULL;
	for (uint64_t at = 0; table->data != NULL && at < table->size && table->count < MAX_ENTRIES;) {
		struct gopm__cfi_entry entry;
		gopm_status status = gopm__cfi_entry(table, at, &entry);
		if (status == GOPM_DONE) {
			break;
		}
		if (status == GOPM_OK) {
			status = index_entry(table, &entry, &cie);
		}
		if (status == GOPM_ERR_NO_MEMORY) {
			return status;
		}
		if (status == GOPM_ERR_FORMAT) {
			table->damage = "an entry is malformed";
			table->damage_offset = at;
			break;
		}
		at = entry.next;
	}
	if (table->count != 0) {
		qsort(table->entries, table->count, sizeof *table->entries, entries_by_start);
	}
	return GOPM_OK;
}

void gopm__cfi_close(struct gopm__cfi_table *table)
{
	free(table->entries);
	table->entries = NULL;
	table->count = table->capacity = 0;
}

const struct gopm__fde *gopm__cfi_find(const struct gopm__cfi_table *table, uint64_t pc)
{
	size_t after;

	GOPM__LOWER_BOUND(after, table->count, table->entries[after].start <= pc);
	for (size_t i = after; i > 0 && after - i < MAX_OVERLAPPED; i--) {
		if (pc < table->entries[i - 1].end) {
			return &table->entries[i - 1];
		}
	}
	return NULL;
}
