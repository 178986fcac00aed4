/* SPDX-License-Identifier: Apache-2.0 */
/* DWARF location expressions. Evaluation ends: operations, stack depth and pieces are limited. It reads registers and
 * memory only by the two callbacks. */
#ifndef GOPM_DWARF_EXPRESSION_H
#define GOPM_DWARF_EXPRESSION_H

#include "dwarf/lists.h"

#define GOPM__MAX_PIECES 32

enum gopm__piece_kind {
	GOPM__PIECE_MISSING, /* no location: optimized away */
	GOPM__PIECE_MEMORY,  /* at the address `value` */
	GOPM__PIECE_REGISTER,
	GOPM__PIECE_VALUE,   /* the low bytes of `value` */
	GOPM__PIECE_LITERAL, /* `data` */
};

struct gopm__piece {
	enum gopm__piece_kind kind;
	uint64_t value;      /* address, DWARF register number, or value */
	uint64_t size;       /* bytes; 0: the whole value, if it is the only piece */
	const uint8_t *data; /* of a literal, `size` bytes; in the expression */
};

/* Location description of a value (2.6 of DWARF 5). One MEMORY piece of size 0 is a plain address. */
struct gopm__location_description {
	struct gopm__piece pieces[GOPM__MAX_PIECES];
	size_t count;
};

/* The frame in which an expression is evaluated. */
struct gopm__expression_frame {
	uint64_t cfa;  /* canonical frame address; 0: unknown */
	uint64_t bias; /* load address minus address in the file */
	const struct gopm__list_unit *unit;
	const uint8_t *frame_base; /* expression of DW_AT_frame_base */
	uint64_t frame_base_size;
	/* False: the register or the memory is not known. A NULL callback knows none. */
	bool (*read_register)(void *user_data, uint64_t number, uint64_t *value);
	bool (*read_memory)(void *user_data, uint64_t address, unsigned size, uint64_t *value);
	void *user_data;
};

/* Evaluates an expression. On failure *why is the reason (static text).
 * @return GOPM_OK (count 0: the expression is empty), GOPM_NOT_FOUND (it needs a register or memory that is not known),
 *   GOPM_ERR_FORMAT, GOPM_ERR_UNSUPPORTED (an operation that this library does not know). */
gopm_status gopm__expression_run(const uint8_t *code, uint64_t size, const struct gopm__expression_frame *frame,
                                 struct gopm__location_description *out, const char **why);

#endif
