/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluates random call frame information at several pcs of each entry. The first byte selects the format. */
#include <stdlib.h>
#include <string.h>

#include "dwarf/cfi.h"
#include "fuzz/fuzz.h"

#define ADDRESS UINT64_C(0x400000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2) {
		return 0;
	}
	/* In a block of its exact size, so that the sanitizer sees a read past its end. */
	uint8_t *own = malloc(size - 1);
	if (own == NULL) {
		return 0;
	}
	memcpy(own, data + 1, size - 1);
	struct gopm__cfi_table table = {
	    .data = own, .size = size - 1, .address = ADDRESS, .bias = data[0] >> 1, .eh_frame = (data[0] & 1) != 0};
	if (gopm__cfi_open(&table) == GOPM_OK) {
		for (size_t i = 0; i < table.count && i < 64; i++) {
			const struct gopm__fde *fde = &table.entries[i];
			const uint64_t pcs[] = {fde->start, fde->start + (fde->end - fde->start) / 2, fde->end - 1};
			for (size_t k = 0; k < sizeof pcs / sizeof pcs[0]; k++) {
				struct gopm__cfi_row row;
				const char *why;
				const gopm_status status = gopm__cfi_row_at(&table, fde, pcs[k], &row, &why);
				if (status == GOPM_OK && row.return_column >= GOPM__CFI_COLUMNS) {
					abort();
				}
				(void)gopm__cfi_find(&table, pcs[k]);
			}
		}
	}
	gopm__cfi_close(&table);
	free(own);
	return 0;
}
