/* SPDX-License-Identifier: Apache-2.0 */
/* The state of reading values: types, memory, limits, and the arena of the values. */
#ifndef GOPM_VALUE_CONTEXT_H
#define GOPM_VALUE_CONTEXT_H

#include "symbol/symtab.h"
#include "type/types.h"

struct gopm__native;       /* unwind/native.h */
struct gopm__layout;       /* runtime/layout/layout.h */
struct gopm__program;      /* program/program.h */
struct gopm__value_number; /* code/values.h */
struct gopm__variable;     /* value/variable.h */

/* Bytes of a variable that is not in one piece of memory: collected from registers, pieces of memory and literals. In
 * this room and those after it they have addresses from GOPM__BYTES_BASE on. */
struct gopm__bytes {
	uint64_t size;
	const uint8_t *data;
	const uint8_t *known;    /* GOPM__BYTE_*, one for each byte */
	bool synthetic;          /* made by an expression: its strings and slices may point into these bytes too */
	bool address_only;       /* a pointer that is shown as its address */
	bool bit_field;          /* the value of a bit field of C */
	uint64_t source_address; /* in the process, if all bytes are from there; else 0 */
	const struct gopm__value_number *numbers; /* of each whole word; NULL: not known */
};

#define GOPM__BYTES_BASE UINT64_C(0xbeef000000000000)

enum { GOPM__BYTE_MISSING, GOPM__BYTE_KNOWN, GOPM__BYTE_REGISTER, GOPM__BYTE_MEMORY };

/* Why a byte that is not GOPM__BYTE_KNOWN cannot be read. Static. */
const char *gopm__byte_reason(uint8_t known);

/* The members of gopm_value_options, with defaults filled in. */
struct gopm__limits {
	uint32_t max_depth;
	uint64_t max_string, max_elements, max_fields;
	uint64_t max_bytes; /* of text and JSON; 0: no limit */
	bool exact_only;    /* only values that a location list gives */
	bool delve;         /* text and children as Delve's */
	bool channels;      /* contents of channels with max_depth 0 too */
	bool of_c;          /* package variables: those of C */
};

/* A list whose elements are being loaded. */
struct gopm__open_list {
	const struct gopm__variable *list;
	const struct gopm__open_list *outer; /* the list that contains it; NULL: none */
};

struct gopm__context {
	struct gopm__types *types;
	struct gopm__executable *exe;
	struct gopm__symtab *symtab;
	const struct gopm__layout *layout; /* of the runtime's structures; NULL: unknown, so no channel can be read */
	const struct gopm__source *file;   /* the core; NULL: no vector registers */
	struct gopm__native *native;       /* names of functions of C; NULL: none */
	struct gopm__reader reader;
	struct gopm__arena *arena;
	struct gopm__limits limits;
	size_t budget;                       /* number of variables that may still be allocated */
	bool no_memory;                      /* an allocation failed: values are incomplete */
	const struct gopm__open_list *lists; /* that are being loaded, the innermost first; NULL: none */
};

/* A context for values of the program, which are allocated in `arena`. The budget follows from the limits. The caller
 * holds the program's lock, and has opened its types. */
struct gopm__context gopm__context(struct gopm__program *program, struct gopm__arena *arena,
                                   const struct gopm__limits *limits);

/* Reads with the types, and at the load address, of the module that has this DWARF. */
void gopm__context_use_types(struct gopm__context *context, struct gopm__types *types);

/* Reads with the types, and at the load address, of the module that `type` is of. NULL is accepted. */
void gopm__context_use_type(struct gopm__context *context, const struct gopm__type *type);

/* Formats a text into the arena; static text if that fails. */
const char *gopm__context_text(struct gopm__context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads from `bytes`, or from the process's memory if that is NULL. A constant that the core lacks is read from the
 * file of its library. False: a byte is missing, *why says for what reason. */
bool gopm__variable_read(struct gopm__context *context, const struct gopm__bytes *bytes, uint64_t address, void *buffer,
                         size_t size, const char **why);

/* Reads a number of 1, 2, 4 or 8 bytes. */
bool gopm__variable_word(struct gopm__context *context, const struct gopm__bytes *bytes, uint64_t address,
                         unsigned size, uint64_t *out, const char **why);

#endif
