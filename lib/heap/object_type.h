/* SPDX-License-Identifier: Apache-2.0 */
/* The types of a heap's objects, numbered, each with a plan: the pointers in a value of the type, and what each points
 * to. A plan is made once, from type descriptors, and agrees with the mask of the collector.
 * Source: abi.Type of internal/abi/type.go, buildGCMask of runtime/type.go, Go 1.16 to 1.27. */
#ifndef GOPM_HEAP_OBJECT_TYPE_H
#define GOPM_HEAP_OBJECT_TYPE_H

#include "symbol/symtab.h"
#include "util/map64.h"

/* What a pointer of a plan points to. `type` of its entry is a number of the table. */
enum gopm__points_to {
	GOPM__TO_UNKNOWN,   /* unsafe.Pointer, or only the mask is known */
	GOPM__TO_VALUE,     /* a value of `type` */
	GOPM__TO_ELEMENTS,  /* the elements, of `type`, of a slice whose header begins there */
	GOPM__TO_BYTES,     /* those of a string whose header begins there */
	GOPM__TO_DYNAMIC,   /* the data of an interface; the word before it is the type descriptor */
	GOPM__TO_DYNAMIC_I, /* likewise, but the word before it is an itab */
	GOPM__TO_MAP,       /* the header of a map of `type` */
	GOPM__TO_CHAN,      /* the hchan of a channel of `type` */
	GOPM__TO_CLOSURE,   /* the closure of a func value */
};

/* `count` pointers, `stride` bytes apart. */
struct gopm__plan_entry {
	uint64_t offset, stride; /* bytes */
	uint64_t count;
	uint32_t type;
	uint8_t to; /* enum gopm__points_to */
};

/* How a type is numbered. */
enum gopm__object_type_key {
	GOPM__KEY_DESCRIPTOR, /* by the address of its descriptor */
	GOPM__KEY_CLOSURE,    /* by the entry of its function */
	GOPM__KEY_TYPE,       /* by the id of a type of the DWARF that has no descriptor, with GOPM__TYPE_KEY */
};

/* Makes the id of a type a key that is no address. */
#define GOPM__TYPE_KEY (UINT64_C(1) << 62)

#define GOPM__SMALL_WORDS 64u /* words of the types that have a mask */
#define GOPM__NO_ENTRY UINT16_MAX

struct gopm__object_type {
	uint64_t key;           /* address of the descriptor, or the entry of the function */
	uint64_t size;          /* bytes */
	uint64_t pointer_bytes; /* from its start, that may have pointers; 0: none */
	uint64_t mask;          /* of the pointers in a type of at most 64 words */
	uint32_t first, count;  /* the plan: entries of the table */
	uint32_t words;         /* the first of `size` / 8 entries of by_word, if it is that small; else UINT32_MAX */
	uint32_t group;         /* map: the type of its groups or buckets */
	uint32_t map;           /* of groups: the type of their map, if guess.c has looked for it */
	uint32_t elem;          /* chan, map, slice: the element's type */
	uint8_t key_kind;       /* enum gopm__object_type_key */
	uint8_t kind;           /* GOPM_KIND_*; 0: not known */
	bool direct;            /* an interface has the value itself as its data word */
	bool named;             /* a defined type */
	bool runtime;           /* of package runtime, or one that only it uses */
	bool shape;             /* of a generic function, which stands for several types: "go.shape." */
	bool swiss;             /* map: of Go 1.24 and later */
	bool tried;             /* closure: its plan was tried to be made */
	bool made;              /* the rest is known, not only the key */
	bool typed;             /* the plan says what the pointers point to; else they are TO_UNKNOWN */
	bool damaged;           /* neither descriptor nor mask can be read: no plan */
};

struct gopm__object_types {
	const struct gopm__symtab *symtab;
	struct gopm__reader reader;
	struct gopm__object_type *list; /* number 0: the unknown type */
	size_t count, capacity;
	struct gopm__plan_entry *entries;
	size_t entry_count, entry_capacity;
	uint16_t *by_word; /* for each word of a small type its entry, from `first` on; GOPM__NO_ENTRY: no pointer */
	size_t word_count, word_capacity;
	struct gopm__map64 by_key;  /* descriptor or entry of a function -> number */
	struct gopm__map64 by_itab; /* address of an itab -> number; 0: damaged */
	uint64_t no_masks;          /* types without a plan */
	uint64_t steps, mask_words; /* that making plans has taken */
	bool no_memory;
};

/* @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__object_types_open(struct gopm__object_types *types, const struct gopm__symtab *symtab,
                                    const struct gopm__corefile *core);
void gopm__object_types_close(struct gopm__object_types *types);

/* The number of the type with this key. 0: `key` is 0, or out of memory, which sets types->no_memory. */
uint32_t gopm__object_type_number(struct gopm__object_types *types, uint64_t key, enum gopm__object_type_key kind);

/* Makes a type's plan if it has none. The pointer is valid until the next call. */
const struct gopm__object_type *gopm__object_type_make(struct gopm__object_types *types, uint32_t number);

static inline const struct gopm__object_type *gopm__object_type(struct gopm__object_types *types, uint32_t number)
{
	return types->list[number].made ? &types->list[number] : gopm__object_type_make(types, number);
}

/* Fills `mask` and `words` of a type of few words from its plan. */
void gopm__object_type_index(struct gopm__object_types *types, struct gopm__object_type *type);

/* The type of the data of an interface whose first word is `word`, an itab if `itab`. 0: nil or damaged. */
uint32_t gopm__object_type_dynamic(struct gopm__object_types *types, uint64_t word, bool itab);

#endif
