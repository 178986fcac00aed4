/* SPDX-License-Identifier: Apache-2.0 */
/* A type. It has one of three origins: DWARF, a type descriptor of the runtime, or an expression (synthetic).
 *
 * A type refers to others by id. The store (types.h) reads those when they are first used, so types may form cycles.
 * Types live as long as their store. */
#ifndef GOPM_TYPE_TYPE_H
#define GOPM_TYPE_TYPE_H

#include <stdbool.h>

#include <gopm/types.h>

struct gopm__types; /* types.h */

/* Ids of types. 0: no type. The id of a type of DWARF is the offset of its DIE. Bit 63: from a descriptor or built in;
 * see type_id.h. Bit 61: made for an expression, see synthetic.h. No DIE is at an offset that large. */
#define GOPM__ID_NO_DIE (UINT64_C(1) << 63)
#define GOPM__ID_SYNTHETIC (UINT64_C(1) << 61)
/* An array of C has one DIE for all dimensions: the inner ones have the number of their dimension in 4 bits of the id.
 */
#define GOPM__ID_DIMENSION_SHIFT 56
#define GOPM__ID_DIE_MASK ((UINT64_C(1) << GOPM__ID_DIMENSION_SHIFT) - 1)

enum gopm__type_class {
	GOPM__TYPE_UNSUPPORTED,
	GOPM__TYPE_VOID,
	GOPM__TYPE_BOOL,
	GOPM__TYPE_INT,
	GOPM__TYPE_UINT,
	GOPM__TYPE_FLOAT,
	GOPM__TYPE_COMPLEX,
	GOPM__TYPE_POINTER, /* `target`; none: unsafe.Pointer */
	GOPM__TYPE_STRUCT,
	GOPM__TYPE_STRING,     /* a struct of str and len */
	GOPM__TYPE_SLICE,      /* a struct of array, len and cap; `elem` */
	GOPM__TYPE_ARRAY,      /* `target`, `count` */
	GOPM__TYPE_FUNC,       /* a pointer to a closure */
	GOPM__TYPE_INTERFACE,  /* a typedef of runtime.iface or runtime.eface: `target` */
	GOPM__TYPE_MAP,        /* a typedef of a pointer to the map's header: `target`, `key`, `elem` */
	GOPM__TYPE_CHAN,       /* a typedef of a pointer to an hchan: `target`, `elem` */
	GOPM__TYPE_TYPEDEF,    /* `target` */
	GOPM__TYPE_PARAMETRIC, /* `target` is the shape; the dictionary names the real type */
	GOPM__TYPE_CODE,       /* a function of C: only pointers to it are values */
	GOPM__TYPE_INCOMPLETE, /* a type of C that is declared and not defined */
};

struct gopm__field {
	gopm_str name;
	uint64_t type; /* id */
	uint64_t offset;
	bool embedded;
	uint16_t bit_size;   /* of a bit field of C; 0: another field */
	uint64_t bit_offset; /* of a bit field, from the start of the struct */
};

/* A named value of an enumeration of C. */
struct gopm__enumerator {
	gopm_str name;
	int64_t value;
};

struct gopm__type {
	struct gopm__types *store; /* has the types that it refers to by id; NULL: the program's */
	enum gopm__type_class class_;
	uint64_t id;
	gopm_str name;     /* as the source writes it; NUL-terminated; composed if the type has no name of its own */
	gopm_str symbol;   /* as the DWARF has it, NUL-terminated, if it escapes a part of the name; else empty */
	int64_t byte_size; /* -1: unknown */
	uint64_t target, key, elem; /* ids; 0: none */
	const struct gopm__field *fields;
	size_t field_count;
	int64_t count;      /* array; -1: unknown */
	int64_t dict_index; /* parametric */
	uint32_t kind;      /* GOPM_KIND_*, as DW_AT_go_kind or the descriptor has it; 0: not known */
	bool go;            /* not a C type */
	bool word;          /* an argument of unknown type, shown as its bits */
	bool as_bytes;      /* the array of the bytes of a type of C that is not decoded */
	bool is_char;       /* the type char of C */
	bool is_union;      /* a union of C, of class GOPM__TYPE_STRUCT */
	const struct gopm__enumerator *enumerators; /* of an enumeration of C */
	size_t enumerator_count;
	bool has_runtime_type;
	uint64_t runtime_type; /* DW_AT_go_runtime_type: its descriptor, counted from moduledata.types */
};

/* The type with all typedefs resolved; NULL: damaged. */
const struct gopm__type *gopm__type_resolve(struct gopm__types *types, const struct gopm__type *type);

/* The type that a pointer, array, typedef ... refers to; NULL: none, or damaged. */
const struct gopm__type *gopm__type_target(struct gopm__types *types, const struct gopm__type *type);

/* The element type of a pointer, array, slice, map or channel; NULL: it has none, or damaged. */
const struct gopm__type *gopm__type_elem(struct gopm__types *types, const struct gopm__type *type);

/* The struct that is the header of a string, slice, interface, map or channel, pointers followed; NULL: damaged. */
const struct gopm__type *gopm__type_header(struct gopm__types *types, const struct gopm__type *type);

/* In bytes; 0: unknown. */
uint64_t gopm__type_size(struct gopm__types *types, const struct gopm__type *type);

/* GOPM_KIND_* of a type whose typedefs are resolved. */
uint32_t gopm__type_kind(struct gopm__types *types, const struct gopm__type *real);

/* The address of its descriptor; 0: none is known. */
uint64_t gopm__type_descriptor(struct gopm__types *types, const struct gopm__type *type);

/* The name, for messages; "(unknown type)" if `type` is NULL or has none. */
const char *gopm__type_text(const struct gopm__type *type);

/* The name as the DWARF, and so Delve, has it. */
static inline gopm_str gopm__type_symbol(const struct gopm__type *type)
{
	return type->symbol.size != 0 ? type->symbol : type->name;
}

/* NULL: no field of a struct `type` has this name. `type` may be NULL. */
const struct gopm__field *gopm__type_field(const struct gopm__type *type, const char *name);

#endif
