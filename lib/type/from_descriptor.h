/* SPDX-License-Identifier: Apache-2.0 */
/* Types that no DIE describes: made from type descriptors, so that values are read without DWARF by the same code. They
 * are numbered like DIEs, with a bit that no DIE has.
 * Source: what descriptors lack is from runtime/runtime2.go (iface, eface, itab) and internal/abi/iface.go, type.go,
 * Go 1.16 to 1.27. */
#ifndef GOPM_TYPE_FROM_DESCRIPTOR_H
#define GOPM_TYPE_FROM_DESCRIPTOR_H

#include "type/type.h"

#define GOPM__DESCRIBED (UINT64_C(1) << 63)

/* Number = GOPM__DESCRIBED | form << 56 | argument. */
enum gopm__described_form {
	GOPM__DESCRIBED_TYPE,       /* the type of the descriptor at that address */
	GOPM__DESCRIBED_POINTER,    /* a pointer to it */
	GOPM__DESCRIBED_CHAN,       /* a channel of it */
	GOPM__DESCRIBED_MAP_HEADER, /* what a map of the descriptor at that address points at */
	GOPM__DESCRIBED_MAP_TABLES, /* ... its directory (Go 1.24 on) */
	GOPM__DESCRIBED_MAP_TABLE,  /* ... one table */
	GOPM__DESCRIBED_MAP_GROUPS, /* ... a table's reference to its groups */
	GOPM__DESCRIBED_MAP_DATA,   /* ... a pointer to groups or buckets */
	GOPM__DESCRIBED_MAP_BUCKET, /* ... a bucket (until Go 1.23) */
	GOPM__DESCRIBED_WORDS, /* words of an argument, by the address of their table in ARGINFO (symbol/arg_info.h) */
	GOPM__DESCRIBED_KNOWN, /* one of enum gopm__known_type */
	GOPM__DESCRIBED_KNOWN_POINTER, /* a pointer to one */
};

enum gopm__known_type {
	GOPM__KNOWN_INT,
	GOPM__KNOWN_UINT8,
	GOPM__KNOWN_UINT16,
	GOPM__KNOWN_UINT32,
	GOPM__KNOWN_UINT64,
	GOPM__KNOWN_UINTPTR,
	GOPM__KNOWN_POINTER, /* unsafe.Pointer */
	GOPM__KNOWN_WORD8,   /* bits of an argument */
	GOPM__KNOWN_WORD16,
	GOPM__KNOWN_WORD32,
	GOPM__KNOWN_WORD64,
	GOPM__KNOWN_EFACE,
	GOPM__KNOWN_IFACE,
	GOPM__KNOWN_ITAB,
	GOPM__KNOWN_TYPE, /* abi.Type, as far as interfaces need it */
	GOPM__KNOWN_COUNT,
};

static inline uint64_t gopm__described(enum gopm__described_form form, uint64_t argument)
{
	/* An address that does not fit is of no process. */
	return argument >> 56 == 0 ? GOPM__DESCRIBED | (uint64_t)form << 56 | argument : 0;
}

/* The descriptor that a type was made of; 0: it was not, or from more than that. */
static inline uint64_t gopm__described_descriptor(uint64_t type)
{
	return type >> 56 == GOPM__DESCRIBED >> 56 ? type & ~(UINT64_C(0xff) << 56) : 0;
}

/* The word of an argument with that many bytes. */
uint64_t gopm__described_word(uint64_t size);

/* Fills the type with that number. @return GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__described_type(struct gopm__dwarf *dwarf, uint64_t number, struct gopm__type *type);

/* The type of a descriptor: the DIE that names it, else one made of it; 0: neither. */
uint64_t gopm__types_of_descriptor(struct gopm__dwarf *dwarf, uint64_t descriptor);

/* The descriptor of a type; 0: none is known. */
uint64_t gopm__type_descriptor(struct gopm__dwarf *dwarf, const struct gopm__type *type);

/* The descriptor with this full name; 0: none. Makes the index. */
uint64_t gopm__types_find_descriptor(struct gopm__dwarf *dwarf, gopm_str name);

#endif
