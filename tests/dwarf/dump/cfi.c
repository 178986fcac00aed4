/* SPDX-License-Identifier: Apache-2.0 */
/* Prints rows of call frame information as `readelf --debug-dump=frames-interp` does, for cfi.py:
 *
 *	dump_cfi FILE SECTION <PCS
 *
 * PCS are addresses of the file, in hex. Each line is "PC CFA COLUMN=RULE ...", or "PC none". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "dwarf/cfi.h"
#include "exe/executable_private.h"

static void print_rule(unsigned column, const struct gopm__cfi_rule *rule)
{
	printf(" %u=", column);
	switch (rule->kind) {
	case GOPM__CFI_UNSPECIFIED:
	case GOPM__CFI_UNDEFINED:
		printf("u");
		break;
	case GOPM__CFI_SAME:
		printf("s");
		break;
	case GOPM__CFI_OFFSET:
		printf("c%+" PRId64, rule->offset);
		break;
	case GOPM__CFI_VAL_OFFSET:
		printf("v%+" PRId64, rule->offset);
		break;
	case GOPM__CFI_REGISTER:
		printf("r%" PRId64, rule->offset);
		break;
	case GOPM__CFI_EXPRESSION:
		printf("exp");
		break;
	default:
		printf("vexp");
	}
}

static void print_row(const struct gopm__cfi_table *table, uint64_t pc)
{
	struct gopm__cfi_row row;
	const char *why = "";
	const struct gopm__fde *fde = gopm__cfi_find(table, pc);

	if (fde == NULL || gopm__cfi_row_at(table, fde, pc, &row, &why) != GOPM_OK) {
		printf("%" PRIx64 " none %s\n", pc, why);
		return;
	}
	printf("%" PRIx64 " ", pc);
	if (row.cfa.kind == GOPM__CFI_REGISTER) {
		printf("%" PRIu64 "%+" PRId64, row.cfa_register, row.cfa.offset);
	} else {
		printf("exp");
	}
	for (unsigned i = 0; i < GOPM__CFI_COLUMNS; i++) {
		print_rule(i, &row.rules[i]);
	}
	printf(" ra=%u%s\n", row.return_column, row.signal ? " signal" : "");
}

int main(int argc, char **argv)
{
	struct gopm__executable exe;
	struct gopm__section section;
	const struct gopm__source_request request = {.path = argc > 2 ? argv[1] : NULL, .fd = -1, .what = "file"};
	uint64_t pc;

	if (argc < 3 || gopm__executable_init(&exe, NULL, NULL, 0) != GOPM_OK ||
	    gopm__executable_load(&exe, &request, NULL) != GOPM_OK ||
	    gopm__executable_section(&exe, argv[2], &section) != GOPM_OK) {
		fprintf(stderr, "dump_cfi: cannot read %s\n", argc > 1 ? argv[1] : "");
		return 1;
	}
	struct gopm__cfi_table table = {.data = section.data,
	                                .size = section.size,
	                                .address = section.address,
	                                .eh_frame = strcmp(argv[2], ".eh_frame") == 0};
	if (gopm__cfi_open(&table) != GOPM_OK || table.damage != NULL) {
		fprintf(stderr, "dump_cfi: %s at %" PRIu64 "\n", table.damage, table.damage_offset);
		return 1;
	}
	while (scanf("%" SCNx64, &pc) == 1) {
		print_row(&table, pc);
	}
	gopm__cfi_close(&table);
	gopm__executable_close(&exe);
	return 0;
}
