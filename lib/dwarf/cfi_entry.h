/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of .eh_frame or .debug_frame: a common information entry (CIE), or a frame description entry (FDE). */
#ifndef GOPM_DWARF_CFI_ENTRY_H
#define GOPM_DWARF_CFI_ENTRY_H

#include "dwarf/cfi.h"
#include "util/cursor.h"

struct gopm__cie {
	uint64_t offset;
	uint64_t code_align, return_column;
	int64_t data_align;
	const uint8_t *code; /* initial instructions */
	uint64_t code_size;
	uint8_t pointer_encoding; /* DW_EH_PE_* of addresses in its FDEs */
	bool has_augmentation;    /* its FDEs have augmentation data */
	bool signal;
};

struct gopm__cfi_entry {
	uint64_t offset, next; /* of this entry and of the next one */
	uint64_t cie;          /* of an FDE: offset of its CIE */
	bool is_cie;
	struct gopm__cursor content; /* after the CIE's id, or the FDE's pointer to it; the range is the whole section
	                              * up to the entry's end */
};

/* Reads the header of the entry at `offset`. @return GOPM_OK, GOPM_DONE (there are no more), GOPM_ERR_FORMAT. */
gopm_status gopm__cfi_entry(const struct gopm__cfi_table *table, uint64_t offset, struct gopm__cfi_entry *out);

/* Reads the CIE at `offset`. @return GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_UNSUPPORTED (an unknown version or
 * augmentation). */
gopm_status gopm__cie_read(const struct gopm__cfi_table *table, uint64_t offset, struct gopm__cie *out);

/* Reads the range of an FDE, and its instructions. @return GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_UNSUPPORTED. */
gopm_status gopm__fde_read(const struct gopm__cfi_table *table, const struct gopm__cie *cie,
                           const struct gopm__cfi_entry *entry, struct gopm__fde *out, struct gopm__cursor *code);

/* Reads an address that has this encoding. False: DW_EH_PE_omit, or an encoding that is not supported. */
bool gopm__cfi_pointer(const struct gopm__cfi_table *table, struct gopm__cursor *c, uint8_t encoding, uint64_t *out);

#endif
