/* SPDX-License-Identifier: Apache-2.0 */
/* Call frame information: .eh_frame and .debug_frame (6.4 of DWARF 5; Linux Standard Base 5.0, 10.6). A table says for
 * each pc how the registers of the caller are found. Every read is checked, and evaluation ends: instructions, nested
 * states and expressions are limited.
 *
 * All addresses are those of the process. */
#ifndef GOPM_DWARF_CFI_H
#define GOPM_DWARF_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gopm/types.h>

/* Columns that are read: the general registers of amd64 (with the return address) and arm64. Vector registers are not
 * restored. */
#define GOPM__CFI_COLUMNS 33u
/* Bytes of an expression. */
#define GOPM__CFI_MAX_EXPRESSION 1024u

/* The code of one frame description entry. */
struct gopm__fde {
	uint64_t start, end;
	uint64_t offset; /* of the entry in the section */
};

struct gopm__cfi_table {
	const uint8_t *data; /* borrowed; NULL: none */
	uint64_t size;
	uint64_t address; /* of the section in the process, for .eh_frame's relative pointers */
	uint64_t bias;    /* added to absolute addresses */
	bool eh_frame;    /* the format of .eh_frame, not of .debug_frame */

	struct gopm__fde *entries; /* by start; owned */
	size_t count, capacity;
	const char *damage; /* why the scan of the section stopped before its end; NULL: it did not */
	uint64_t damage_offset;
};

enum gopm__cfi_rule_kind {
	GOPM__CFI_UNSPECIFIED, /* by the ABI: a callee-saved register is the same, others are lost */
	GOPM__CFI_UNDEFINED,   /* lost; of the return address: there is no caller */
	GOPM__CFI_SAME,
	GOPM__CFI_OFFSET,     /* at CFA + offset */
	GOPM__CFI_VAL_OFFSET, /* CFA + offset */
	GOPM__CFI_REGISTER,   /* in register `offset` */
	GOPM__CFI_EXPRESSION, /* at the address that the expression gives */
	GOPM__CFI_VAL_EXPRESSION,
};

struct gopm__cfi_rule {
	uint8_t kind;
	uint16_t size; /* of the expression */
	int64_t offset;
	const uint8_t *expression; /* in the section */
};

/* The rules at one pc. */
struct gopm__cfi_row {
	struct gopm__cfi_rule cfa; /* REGISTER: in `cfa_register`, + offset; or VAL_EXPRESSION */
	uint64_t cfa_register;
	struct gopm__cfi_rule rules[GOPM__CFI_COLUMNS];
	uint32_t return_column;
	bool signal;         /* a signal frame: its pc is that of the interrupted instruction */
	bool signed_address; /* the return address has an authentication code (arm64) */
};

/* Reads the ranges of all entries. Damage ends the scan, and keeps the entries before it.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__cfi_open(struct gopm__cfi_table *table);
/* Frees the index. */
void gopm__cfi_close(struct gopm__cfi_table *table);

/* The entry that covers `pc`; NULL: none. */
const struct gopm__fde *gopm__cfi_find(const struct gopm__cfi_table *table, uint64_t pc);

/* Evaluates the entry at `pc`. On failure *why is the reason (static text). @return GOPM_OK, GOPM_ERR_FORMAT,
 * GOPM_ERR_UNSUPPORTED (an instruction that this library does not know). */
gopm_status gopm__cfi_row_at(const struct gopm__cfi_table *table, const struct gopm__fde *fde, uint64_t pc,
                             struct gopm__cfi_row *out, const char **why);

#endif
