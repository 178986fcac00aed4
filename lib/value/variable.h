/* SPDX-License-Identifier: Apache-2.0 */
/* A typed place: what a variable, field or element is, where its bytes lie, and, once loaded, its
 * value and its children. Lives in the arena of its context. */
#ifndef GOPM_VALUE_VARIABLE_H
#define GOPM_VALUE_VARIABLE_H

#include <gopm/value.h>

#include "symbol/symtab.h"
#include "type/types.h"

/* Bytes of a variable that does not lie in one piece of memory: put together from registers, pieces
 * and literals. Shown to have addresses from GOPM__BYTES_BASE on, inside this room only. */
struct gopm__bytes {
	uint64_t size;
	const uint8_t *data;
	const uint8_t *known; /* GOPM__BYTE_*, one for each byte */
	bool made;            /* by an expression: what a string or slice of it points at may lie in it as well */
	bool address_only;    /* a pointer that is shown as its address */
	uint64_t place;       /* in the process, that they were read from; 0: of more than one, or of none */
	const struct gopm__value_number *numbers; /* of each whole word (code/values.h); NULL: not known */
};

enum { GOPM__BYTE_MISSING, GOPM__BYTE_KNOWN, GOPM__BYTE_REGISTER, GOPM__BYTE_MEMORY };

/* Why a byte that is not GOPM__BYTE_KNOWN cannot be read. Static. */
const char *gopm__byte_reason(uint8_t known);

#define GOPM__BYTES_BASE UINT64_C(0xbeef000000000000)

/* How much is loaded; see gopm_value_options. */
struct gopm__limits {
	uint32_t max_depth;
	uint64_t max_string, max_elements, max_fields;
	bool exact_only; /* nothing but what the location lists tell */
};

struct gopm__layout;      /* runtime/layout/layout.h */
struct gopm__stack_state; /* locals/stack_state.h */

/* A list whose elements are being loaded, and the one it lies in. */
struct gopm__open_list {
	const struct gopm__variable *list;
	const struct gopm__open_list *outer;
};

struct gopm__context {
	struct gopm__types *types;
	struct gopm__executable *exe;
	struct gopm__symtab *symtab;
	const struct gopm__layout *layout; /* of the runtime's structures; NULL: unknown, no channel can be read */
	const struct gopm__source *file;   /* the core; NULL: no vector registers */
	struct gopm__reader reader;
	struct gopm__arena *arena;
	struct gopm__limits limits;
	size_t budget;                         /* variables that may still be made */
	bool no_memory;                        /* an allocation failed: what was made is not complete */
	struct gopm__stack_state *stack_state; /* NULL: what the location lists do not tell is lost */
	const struct gopm__open_list *lists;   /* that are being loaded; NULL: none */
};

/* Words of a frame's variable that lead to what may have been freed, and be something else by now. */
struct gopm__unheld {
	const uint64_t *addresses; /* of the words, in the variable */
	size_t count;
	uint64_t after; /* from this address on every word may be one */
};

struct gopm__variable {
	gopm_str name;
	const struct gopm__type *type;   /* as declared; NULL: damaged */
	const struct gopm__type *real;   /* typedefs resolved; NULL: damaged */
	uint64_t address;                /* 0: none */
	const struct gopm__bytes *bytes; /* NULL: the process's memory */
	const char *unreadable;          /* why; NULL: readable */
	uint32_t kind;                   /* GOPM_KIND_*: integers by size */
	uint32_t flags;                  /* GOPM_VAR_* */
	bool loaded, only_address;
	uint32_t level; /* at which it was loaded */
	bool has_value; /* one of the next four */
	int64_t integer;
	uint64_t uinteger;
	double real_part, imaginary_part;
	gopm_str text;

	int64_t length, capacity;
	uint64_t base; /* first byte of a string, slice or array; a map's, channel's header; a closure */
	uint64_t stride;
	uint64_t skip; /* entries of a map that are passed over: m[64:] */
	const struct gopm__type *elem;

	struct gopm__variable *children;
	size_t child_count;
	int64_t decl_line;
	uint32_t
	    provenance; /* GOPM_FROM_*, of a frame's variable; of others _STALE, or _NONE: as what they are part of */
	const char *origin;                /* where it was found; NULL: exact */
	const struct gopm__unheld *unheld; /* of the frame's variable in whose own bytes it lies; NULL: none */
};

/* Why values behind the words of gopm__unheld are not certain. */
extern const char gopm__unheld_origin[];

/* Whether what the pointer, string, slice, ... leads to may have been freed. */
bool gopm__leads_astray(const struct gopm__variable *v);

/* ... and it shows it as its own value, as all but pointers do. */
bool gopm__shows_astray(const struct gopm__variable *v);

/* Static text, or text in the arena. */
const char *gopm__context_text(struct gopm__context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads bytes of a variable. False: not all of them are there; *why says which. */
bool gopm__variable_read(struct gopm__context *context, const struct gopm__bytes *bytes, uint64_t address, void *buffer,
                         size_t size, const char **why);
bool gopm__variable_word(struct gopm__context *context, const struct gopm__bytes *bytes, uint64_t address,
                         unsigned size, uint64_t *out, const char **why);

/* Makes a variable and reads what is cheap: lengths and bases, no value, no children. */
void gopm__variable_init(struct gopm__context *context, struct gopm__variable *v, gopm_str name, uint64_t address,
                         const struct gopm__type *type, const struct gopm__bytes *bytes);

/* Where the contents of a string, slice or array lie, which begin at v->base; NULL: in the process's memory. */
const struct gopm__bytes *gopm__variable_contents(const struct gopm__variable *v);

/* Zeroed children; NULL when memory or the budget is out. */
struct gopm__variable *gopm__variable_children(struct gopm__context *context, size_t count);

/* A pointer's target as a variable of its own, nil included (address 0). */
void gopm__variable_target(struct gopm__context *context, const struct gopm__variable *pointer,
                           struct gopm__variable *out);

/* Loads the value and, as deep as the limits say, children. */
void gopm__variable_load(struct gopm__context *context, struct gopm__variable *v, uint32_t level);

/* The parts of gopm__variable_load() that live in files of their own. */
void gopm__load_map(struct gopm__context *context, struct gopm__variable *v, uint32_t level);
void gopm__load_interface(struct gopm__context *context, struct gopm__variable *v, uint32_t level, bool data);

/* The dynamic type of the interface at `address`.
 * @return GOPM_OK, GOPM_NOT_FOUND (nil; *word is the data word's address), GOPM_ERR_FORMAT (*why). */
gopm_status gopm__interface_type(struct gopm__context *context, const struct gopm__variable *v, uint64_t *word,
                                 const struct gopm__type **type, bool *direct, const char **why);

/* The value that the interface `v` holds, as a variable that is not loaded.
 * @return as gopm__interface_type(). */
gopm_status gopm__interface_data(struct gopm__context *context, const struct gopm__variable *v,
                                 struct gopm__variable *out, const char **why);

/* The name of the constant `value` of the variable's type, or the names of its bits; empty: none. */
gopm_str gopm__constant_name(struct gopm__context *context, const struct gopm__type *type, int64_t value);

#endif
