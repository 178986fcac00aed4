/* SPDX-License-Identifier: Apache-2.0 */
/* Location expressions, evaluated with bounds: at most so many steps, so deep a stack, so many
 * pieces. Pure but for the two callbacks. */
#ifndef GOPM_DWARF_EXPRESSION_H
#define GOPM_DWARF_EXPRESSION_H

#include "dwarf/lists.h"

#define GOPM__MAX_PIECES 32

enum gopm__piece_kind {
	GOPM__PIECE_MISSING, /* no location: optimised away */
	GOPM__PIECE_MEMORY,  /* `value` is the address */
	GOPM__PIECE_REGISTER,
	GOPM__PIECE_VALUE,   /* the low bytes of `value` */
	GOPM__PIECE_LITERAL, /* `data` */
};

struct gopm__piece {
	enum gopm__piece_kind kind;
	uint64_t value;      /* address, register number or value */
	uint64_t size;       /* bytes; 0: the whole value (the only piece) */
	const uint8_t *data; /* of a literal, `size` bytes */
};

/* Where a value lies. One MEMORY piece of size 0 is a plain address. */
struct gopm__place_of_value {
	struct gopm__piece pieces[GOPM__MAX_PIECES];
	size_t count;
};

/* What an expression may ask for. */
struct gopm__expression_frame {
	uint64_t cfa;  /* 0: unknown */
	uint64_t bias; /* added to addresses of the file */
	const struct gopm__list_unit *unit;
	const uint8_t *frame_base; /* DW_AT_frame_base */
	uint64_t frame_base_size;
	/* NULL: none of them is known. */
	bool (*read_register)(void *user_data, uint64_t number, uint64_t *value);
	bool (*read_memory)(void *user_data, uint64_t address, unsigned size, uint64_t *value);
	void *user_data;
};

/* Evaluates. On failure *why names the reason (static text).
 * @return GOPM_OK (count may be 0: the expression is empty), GOPM_NOT_FOUND (needs a register or
 * memory that is not known), GOPM_ERR_FORMAT, GOPM_ERR_UNSUPPORTED (an operation this library does not know). */
gopm_status gopm__expression_run(const uint8_t *code, uint64_t size, const struct gopm__expression_frame *frame,
                                 struct gopm__place_of_value *out, const char **why);

#endif
