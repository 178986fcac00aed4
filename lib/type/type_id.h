/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of types that have no DIE: GOPM__ID_NO_DIE | form << 56 | argument. The type can be made from its id alone. */
#ifndef GOPM_TYPE_TYPE_ID_H
#define GOPM_TYPE_TYPE_ID_H

#include "type/type.h"

enum gopm__type_id_form {
	/* The argument is the address of a descriptor. */
	GOPM__ID_DESCRIPTOR, /* its type */
	GOPM__ID_POINTER,    /* a pointer to its type */
	GOPM__ID_CHAN,       /* a channel of its type */
	/* Parts of a map; the argument is the address of the map type's descriptor. */
	GOPM__ID_MAP_HEADER, /* the struct that a map points to */
	GOPM__ID_MAP_TABLES, /* a pointer to its tables, an element of its directory (Go 1.24 on) */
	GOPM__ID_MAP_TABLE,  /* one table */
	GOPM__ID_MAP_GROUPS, /* a table's reference to its groups */
	GOPM__ID_MAP_DATA,   /* a pointer to groups or buckets */
	GOPM__ID_MAP_BUCKET, /* a bucket (until Go 1.23) */

	GOPM__ID_ARG_WORDS,       /* words of an argument; address of their table in ARGINFO (symbol/arg_info.h) */
	GOPM__ID_BUILTIN,         /* an enum gopm__builtin_type */
	GOPM__ID_BUILTIN_POINTER, /* a pointer to one */
};

/* Types that need no descriptor: builtin.c has them in a table. */
enum gopm__builtin_type {
	GOPM__BUILTIN_INT,
	GOPM__BUILTIN_UINT8,
	GOPM__BUILTIN_UINT16,
	GOPM__BUILTIN_UINT32,
	GOPM__BUILTIN_UINT64,
	GOPM__BUILTIN_UINTPTR,
	GOPM__BUILTIN_POINTER, /* unsafe.Pointer */
	GOPM__BUILTIN_WORD8,   /* bits of an argument */
	GOPM__BUILTIN_WORD16,
	GOPM__BUILTIN_WORD32,
	GOPM__BUILTIN_WORD64,
	GOPM__BUILTIN_EFACE,
	GOPM__BUILTIN_IFACE,
	GOPM__BUILTIN_ITAB,
	GOPM__BUILTIN_ABI_TYPE, /* the fields of abi.Type that interfaces need */
	GOPM__BUILTIN_COUNT,
};

/* Constant expressions, for tables. */
#define GOPM__BUILTIN(which) (GOPM__ID_NO_DIE | (uint64_t)GOPM__ID_BUILTIN << 56 | (which))
#define GOPM__BUILTIN_POINTER_TO(which) (GOPM__ID_NO_DIE | (uint64_t)GOPM__ID_BUILTIN_POINTER << 56 | (which))

/* 0 if the argument is not an address that a process can have. */
static inline uint64_t gopm__type_id(enum gopm__type_id_form form, uint64_t argument)
{
	return argument >> 56 == 0 ? GOPM__ID_NO_DIE | (uint64_t)form << 56 | argument : 0;
}

static inline enum gopm__type_id_form gopm__type_id_form(uint64_t id)
{
	return (enum gopm__type_id_form)(id >> 56 & 0x7f);
}

static inline uint64_t gopm__type_id_argument(uint64_t id)
{
	return id & ~(UINT64_C(0xff) << 56);
}

/* The id of the type of the descriptor at `descriptor`; 0 for 0. */
static inline uint64_t gopm__type_id_at(uint64_t descriptor)
{
	return descriptor != 0 ? gopm__type_id(GOPM__ID_DESCRIPTOR, descriptor) : 0;
}

/* The descriptor if that alone is the type's origin; else 0. */
static inline uint64_t gopm__type_id_descriptor(uint64_t id)
{
	return id >> 56 == GOPM__ID_NO_DIE >> 56 ? gopm__type_id_argument(id) : 0;
}

/* The id of an argument word of `size` bytes. */
static inline uint64_t gopm__type_id_word(uint64_t size)
{
	return size == 1   ? GOPM__BUILTIN(GOPM__BUILTIN_WORD8)
	       : size == 2 ? GOPM__BUILTIN(GOPM__BUILTIN_WORD16)
	       : size == 4 ? GOPM__BUILTIN(GOPM__BUILTIN_WORD32)
	                   : GOPM__BUILTIN(GOPM__BUILTIN_WORD64);
}

#endif
