/* SPDX-License-Identifier: Apache-2.0 */
/* Go types (and C types as far as cgo shows them) as DWARF describes them, read one DIE at a time and
 * kept by DIE offset. What a type refers to is read when it is asked for, so cycles cost nothing. */
#ifndef GOPM_TYPE_TYPE_H
#define GOPM_TYPE_TYPE_H

#include "dwarf/dwarf.h"

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
};

struct gopm__field {
	gopm_str name;
	uint64_t type; /* DIE */
	uint64_t offset;
	bool embedded;
};

struct gopm__type {
	enum gopm__type_class class_;
	uint64_t die;
	gopm_str name;              /* NUL-terminated; made up where DWARF gives none */
	int64_t byte_size;          /* -1: not said */
	uint64_t target, key, elem; /* DIEs; 0: none */
	const struct gopm__field *fields;
	size_t field_count;
	int64_t count;      /* array */
	int64_t dict_index; /* parametric */
	uint32_t kind;      /* DW_AT_go_kind: a reflect.Kind */
	bool go;            /* of a Go unit */
	bool word;          /* of an argument whose type is not known: shown as its bits */
	bool has_runtime_type;
	uint64_t runtime_type; /* of its descriptor, from moduledata.types on */
};

/* NULL: `die` is 0, damaged, or memory is out. */
const struct gopm__type *gopm__types_at(struct gopm__dwarf *dwarf, uint64_t die);

/* Through typedefs and qualifiers; NULL: damaged. */
const struct gopm__type *gopm__type_resolve(struct gopm__dwarf *dwarf, const struct gopm__type *type);

/* What a pointer, array, typedef ... refers to; NULL: nothing or damaged. */
const struct gopm__type *gopm__type_target(struct gopm__dwarf *dwarf, const struct gopm__type *type);

/* The header of a string, slice, interface, map or channel as a struct type, pointers followed; NULL: damaged. */
const struct gopm__type *gopm__type_header(struct gopm__dwarf *dwarf, const struct gopm__type *type);

/* Bytes; 0 where unknown. */
uint64_t gopm__type_size(struct gopm__dwarf *dwarf, const struct gopm__type *type);

const struct gopm__field *gopm__type_field(const struct gopm__type *type, const char *name);

#endif
