/* SPDX-License-Identifier: Apache-2.0 */
/* A typed place in memory: a variable, a field or an element. Once loaded it has its value and its children. All of it
 * is in the arena of its context. */
#ifndef GOPM_VALUE_VARIABLE_H
#define GOPM_VALUE_VARIABLE_H

#include <gopm/value.h>

#include "value/context.h"

/* Words of a frame's variable that may dangle: their targets may have been freed, and the memory reused. */
struct gopm__dangling {
	const uint64_t *addresses; /* of the words */
	size_t count;
	uint64_t after; /* every word from this address on may dangle */
};

struct gopm__variable {
	gopm_str name;
	gopm_str symbol;                 /* name as the DWARF has it, if it escapes a part of it; else empty */
	const struct gopm__type *type;   /* as declared; NULL: damaged */
	const struct gopm__type *real;   /* with typedefs resolved; NULL: damaged */
	uint64_t address;                /* 0: none */
	const struct gopm__bytes *bytes; /* that `address` is in; NULL: memory of the process */
	const char *unreadable;          /* why it cannot be read; NULL: it can */
	uint32_t kind;                   /* GOPM_KIND_*, integers by size */
	uint32_t flags;                  /* GOPM_VAR_* */
	bool loaded, only_address;       /* gopm__variable_load() has read it; or only its address is shown */
	uint32_t level;                  /* at which it was loaded */

	bool has_value; /* one of the next five is set */
	int64_t integer;
	uint64_t uinteger;
	double real_part, imaginary_part;
	gopm_str text;
	bool has_string;   /* `text` is the string of a pointer to char or an array of char, of C */
	bool is_cut;       /* that string goes on */
	bool has_function; /* `text` is the name of the function that a pointer points to */

	int64_t length, capacity;
	uint64_t base;   /* address of the contents of a string, slice or array, of a map's or channel's header, of a
	                    closure */
	uint64_t stride; /* bytes from one element to the next */
	uint64_t skip;   /* entries of a map to leave out: m[64:] */
	const struct gopm__type *elem;

	struct gopm__variable *children;
	size_t child_count;
	const struct gopm__chan_view *chan; /* of a channel; NULL: not opened */
	struct gopm__variable *content; /* the value in a container (content.h); NULL: no container, or not opened */
	gopm_str readable;              /* a duration or time as Go prints it; empty: another type */
	bool as_map;                    /* a sync.Map, of kind GOPM_KIND_MAP */
	int64_t decl_line;
	uint32_t provenance; /* GOPM_FROM_* of a frame's variable. A part of one: GOPM_FROM_STALE, or _NONE for as the
	                        whole */
	const char *origin;  /* explains the provenance; NULL: exact */
	const struct gopm__dangling *dangling; /* of the frame's variable that it is part of; NULL: none */
};

/* Explains a provenance of GOPM_FROM_STALE that comes from a dangling pointer. */
extern const char gopm__dangling_origin[];

/* True if the variable is a pointer, string, slice, ... whose target may have been freed. */
bool gopm__is_dangling(const struct gopm__variable *v);

/* True if it is, and the bytes at the target are shown as its value. They are for all kinds but pointers. */
bool gopm__shows_dangling(const struct gopm__variable *v);

/* Sets up a variable and reads its header (header.h). It gets no value and no children. */
void gopm__variable_init(struct gopm__context *context, struct gopm__variable *v, gopm_str name, uint64_t address,
                         const struct gopm__type *type, const struct gopm__bytes *bytes);

/* The bytes that v->base is in, for a string, slice or array. NULL: memory of the process. */
const struct gopm__bytes *gopm__variable_contents(const struct gopm__variable *v);

/* Zeroed children; NULL: out of memory, or over the budget. */
struct gopm__variable *gopm__variable_children(struct gopm__context *context, size_t count);

/* The target of a pointer as a variable; of a nil pointer with address 0. */
void gopm__variable_target(struct gopm__context *context, const struct gopm__variable *pointer,
                           struct gopm__variable *out);

/* Loads the value, and the children as deep as the limits allow. */
void gopm__variable_load(struct gopm__context *context, struct gopm__variable *v, uint32_t level);

/* Parts of gopm__variable_load(): map.c and interface.c. */
void gopm__load_map(struct gopm__context *context, struct gopm__variable *v, uint32_t level);
void gopm__load_interface(struct gopm__context *context, struct gopm__variable *v, uint32_t level, bool data);

/* The dynamic type of an interface.
 * @param word the address of its data word
 * @return GOPM_OK, GOPM_NOT_FOUND (nil), GOPM_ERR_FORMAT (*why). */
gopm_status gopm__interface_type(struct gopm__context *context, const struct gopm__variable *v, uint64_t *word,
                                 const struct gopm__type **type, bool *direct, const char **why);

/* The value in an interface, as a variable that is not loaded. @return as gopm__interface_type(). */
gopm_status gopm__interface_data(struct gopm__context *context, const struct gopm__variable *v,
                                 struct gopm__variable *out, const char **why);

/* The name of the constant of the type with this value, or the names of its bits; empty: none. */
gopm_str gopm__constant_name(struct gopm__context *context, const struct gopm__type *type, int64_t value);

#endif
