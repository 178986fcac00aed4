/* SPDX-License-Identifier: Apache-2.0 */
/* The places of objects: the field or package variable that an object is in, or that points to it. Each place has a
 * rank, as some are surer than others, and nearer to what a person calls the object.
 *
 * One pass over the heap and the package variables serves all objects that are described together.
 *
 *	object_place.c     asks the other parts, for all objects
 *	place_candidate.c  candidates, the best of which is the place
 *	place_scan.c       the pass: pointers to objects, and to the values that they are in
 *	place_context.c    contexts that are garbage
 *	place_frame.c      receivers of waiting methods: for programs without DWARF */
#ifndef GOPM_WHY_OBJECT_PLACE_H
#define GOPM_WHY_OBJECT_PLACE_H

#include "heap/heap.h"
#include "heap/root.h"
#include "why/object.h"
#include "why/type_path.h"
#include "why/variable_index.h"

/* How a place is known, the weakest first. */
enum gopm__place_rank {
	GOPM__PLACE_NONE,
	GOPM__PLACE_METHOD,          /* a method of the type waits for it; its fields are not known */
	GOPM__PLACE_SYMBOL,          /* the variable's symbol, without a type */
	GOPM__PLACE_HOLDER_GUESS,    /* a field of a heap object points to it; the object's type is a guess */
	GOPM__PLACE_GUESS,           /* in a heap object whose type is a guess, or perhaps in a receiver */
	GOPM__PLACE_HOLDER_FRAME,    /* a field of the receiver of a waiting method points to it */
	GOPM__PLACE_HOLDER_VARIABLE, /* a package variable points to it */
	GOPM__PLACE_HOLDER_FIELD,    /* a field of a heap object points to it */
	GOPM__PLACE_FRAME,           /* in the receiver of a waiting method */
	GOPM__PLACE_POINTED,         /* in a value that a typed pointer points to */
	GOPM__PLACE_OBJECT,          /* in a heap object */
	GOPM__PLACE_VARIABLE,        /* in a package variable */
};

static inline bool gopm__place_is_guess(unsigned rank)
{
	return rank == GOPM__PLACE_GUESS || rank == GOPM__PLACE_HOLDER_GUESS || rank == GOPM__PLACE_METHOD;
}

/* True if only a pointer to the object is in the place. */
static inline bool gopm__place_is_holder(unsigned rank)
{
	return rank == GOPM__PLACE_HOLDER_GUESS || rank == GOPM__PLACE_HOLDER_FRAME ||
	       rank == GOPM__PLACE_HOLDER_VARIABLE || rank == GOPM__PLACE_HOLDER_FIELD;
}

/* An object whose place is looked for, and the best place so far. */
struct gopm__object_place {
	uint64_t address;
	uint64_t gs[1 + GOPM__OBJECT_MORE_GS]; /* of goroutines whose frames may name it; 0: none */
	uint64_t owner;                        /* address of the value of type `type`; 0: none */
	gopm_str in;                           /* "main.room.mu", "main.mu"; empty: unknown */
	gopm_str type;                         /* the defined type in it: "main.room"; empty: a variable */
	gopm_str name;   /* of the variable, and the way from there: "main.lobby.mu"; empty: it is in none */
	gopm_str within; /* the way from the beginning of the whole value: ".rooms[3].mu"; HOLDER: to the pointer */
	gopm_str outer;  /* the type of the whole value, heap object or variable; empty: unknown */
	uint64_t base;   /* its address */
	uint8_t part;    /* enum gopm__part; WORD: a channel */
	uint8_t rank;    /* enum gopm__place_rank */
};

struct gopm__place_candidate {
	uint64_t base;     /* address of the value that has the object or the pointer to it */
	uint64_t offset;   /* in that value: of the object, or of the pointer */
	uint64_t type;     /* number in heap->types; SYMBOL, VARIABLE, HOLDER_VARIABLE: id, which may be 0 */
	gopm_str variable; /* its name, if the value is a variable */
	uint32_t place;    /* index into list */
	uint8_t rank;      /* enum gopm__place_rank */
};

struct gopm__places {
	/* Set by the caller. */
	struct gopm__program *program;
	struct gopm__heap *heap;         /* NULL: only variables and frames are used */
	struct gopm__arena *arena;       /* of the texts */
	struct gopm__object_place *list; /* sorted by address, which differ */
	size_t count;

	struct gopm__variable_index variables;
	struct gopm__place_candidate *candidates;
	size_t candidate_count, candidate_capacity;
	gopm_status status;
};

/* Finds the places. Takes the program's lock. @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__places_find(struct gopm__places *places);

/* place_candidate.c: */

/* Adds a candidate. False: out of memory. */
bool gopm__place_add(struct gopm__places *places, const struct gopm__place_candidate *candidate);

/* Takes a candidate, whose value has that type, if it is better than the place so far. The caller holds the program's
 * lock. */
void gopm__place_take(struct gopm__places *places, struct gopm__types *types,
                      const struct gopm__place_candidate *candidate, const struct gopm__type *type);

/* The value in the heap object `slot` that has `address`: sets base and offset. Returns the number of its type; 0:
 * unknown. */
uint32_t gopm__place_object_part(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot,
                                 uint64_t address, struct gopm__place_candidate *out);

/* The type with that number of the heap; NULL: it is not known. The caller holds the program's lock. */
const struct gopm__type *gopm__place_heap_type(struct gopm__heap *heap, struct gopm__types *types, uint32_t number);

/* place_scan.c: adds what points to the objects. */
void gopm__place_scan(struct gopm__places *places);

/* place_context.c: looks for channels without a place in contexts that are garbage. The caller holds the program's
 * lock.
 */
void gopm__place_contexts(struct gopm__places *places, struct gopm__types *types);

/* place_frame.c: looks for the objects that have no sure place in the frames of their goroutines. The caller holds the
 * program's lock. */
void gopm__place_frames(struct gopm__places *places, struct gopm__types *types);

#endif
