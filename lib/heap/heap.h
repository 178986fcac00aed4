/* SPDX-License-Identifier: Apache-2.0 */
/* The heap of a program: its objects, which of them are live, and what is known of their types.
 *
 *	index.h        spans and slots; what is allocated
 *	object_type.h  numbered types, with plans of their pointers (plan.h)
 *	scan.h         the pointers of one object
 *	static_type.h  types of package variables and of variables in frames
 *	evidence.h     the type of an object, from what refers to it
 *	root.h         the roots, and mark.h, which marks from them
 */
#ifndef GOPM_HEAP_HEAP_H
#define GOPM_HEAP_HEAP_H

#include "heap/index.h"
#include "heap/object_type.h"
#include "heap/special_root.h"
#include "heap/static_type.h"
#include "heap/stored_type.h"
#include "type/map_header.h"

/* What an object is. */
enum gopm__form {
	GOPM__FORM_UNKNOWN,
	GOPM__FORM_ONE,           /* a value of its type */
	GOPM__FORM_ARRAY,         /* values of its type, one after the other */
	GOPM__FORM_BYTES,         /* of strings, or of slices of bytes */
	GOPM__FORM_TINY,          /* a block of 16 bytes that several values without pointers share */
	GOPM__FORM_MAP_HEADER,    /* of these the type is the map's */
	GOPM__FORM_MAP_DIRECTORY, /* pointers to tables */
	GOPM__FORM_MAP_TABLE,
	GOPM__FORM_MAP_GROUPS,  /* groups or buckets */
	GOPM__FORM_MAP_EXTRA,   /* runtime.mapextra */
	GOPM__FORM_CHAN,        /* hchan, with the buffer if its elements have no pointers; the type is the channel's */
	GOPM__FORM_CHAN_BUFFER, /* elements of a channel; the type is theirs */
	GOPM__FORM_CLOSURE,     /* its type is of GOPM__KEY_CLOSURE */
	GOPM__FORM_ARENA,       /* a chunk of an arena of package arena; it has no type */
	GOPM__FORM_COUNT,
};

/* How a type is known, the weakest first. A stronger one replaces a weaker one. */
enum gopm__evidence {
	GOPM__EVIDENCE_NONE,    /* only size and mask */
	GOPM__EVIDENCE_INSIDE,  /* a pointer into the object says what is there; its own type is unknown */
	GOPM__EVIDENCE_GUESS,   /* no other type of the program has this size and these pointers; or a guess says so */
	GOPM__EVIDENCE_POINTER, /* a pointer to its type */
	GOPM__EVIDENCE_SLICE,   /* a slice that ends where it does */
	GOPM__EVIDENCE_INTERFACE, /* an interface that holds it */
	GOPM__EVIDENCE_OWNER,     /* a part of a map, channel or closure, by what refers to it */
	GOPM__EVIDENCE_HEADER,    /* its own header, or its span */
};

/* The type of an object, packed. */
static inline uint32_t gopm__typed(uint32_t type, enum gopm__form form, enum gopm__evidence evidence)
{
	return type << 8 | (uint32_t)form << 4 | (uint32_t)evidence;
}

static inline uint32_t gopm__typed_type(uint32_t typed)
{
	return typed >> 8;
}

static inline enum gopm__form gopm__typed_form(uint32_t typed)
{
	return (enum gopm__form)(typed >> 4 & 15);
}

static inline enum gopm__evidence gopm__typed_evidence(uint32_t typed)
{
	return (enum gopm__evidence)(typed & 15);
}

struct gopm__heap {
	struct gopm__program *program;
	struct gopm__progress progress;
	struct gopm__index index;
	struct gopm__object_types types;
	struct gopm__static_types statics;
	struct gopm__stored_types stored; /* without DWARF */
	struct gopm__map_header maps;     /* size 0: not known */
	uint64_t *live;                   /* a bit a slot */
	uint32_t *typed;                  /* gopm__typed() of each slot; 0: not known */
	uint32_t *elems; /* elements that a slot is known to have; of a tiny block, a bit for each offset of a value */
	struct gopm__special_roots specials;
	enum gopm__evidence strongest; /* what is learned now counts at most as this */
	uint64_t live_objects, live_bytes;
	uint64_t unread; /* live objects whose pointers could not be read */
};

/* Reads the heap and marks it. @return GOPM_OK; GOPM_NOT_FOUND (no heap; a finding says why); GOPM_ERR_CANCELLED;
 * GOPM_ERR_NO_MEMORY. */
gopm_status gopm__heap_open(struct gopm__heap *heap, struct gopm__program *program,
                            const struct gopm__progress *progress);
void gopm__heap_close(struct gopm__heap *heap);

/* The bytes of a slot that the object can use, and its address. */
static inline uint64_t gopm__object_bytes(const struct gopm__slots *span)
{
	return span->size - span->header;
}

static inline uint64_t gopm__object_address(const struct gopm__slots *span, uint32_t slot)
{
	return gopm__slot_address(span, slot) + span->header;
}

#endif
