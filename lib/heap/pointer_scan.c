/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/pointer_scan.h"

/* heapArena.bitmap. Until Go 1.19 a byte has the pointer bits of 4 words, and 4 bits that say if there are more. In Go
 * 1.20 and 1.21 a bit of noMorePtrs, after the bitmap, says for each 64 words that the object has no more after them.
 */
enum { ARENA_WORDS = 1 << (GOPM__CHUNK_SHIFT - 3), ARENA1_NO_MORE = ARENA_WORDS / 8, ARENA2_WORDS = 4 };

/* Entries of a variable's plan that are searched for one pointer, and by one scan for all. Beyond them the type of the
 * pointer is unknown. */
#define MAX_SEARCHED 65536u
#define MAX_ALL_SEARCHED ((uint64_t)1 << 28)

void gopm__pointer_scan_init(struct gopm__pointer_scan *scan, struct gopm__heap *heap)
{
	scan->heap = heap;
	scan->reader = gopm__reader(&heap->program->file.memory);
	scan->count = 0;
	scan->searched = 0;
	scan->bare = false;
	scan->window = scan->window_size = 0;
}

/* Reads the word at `offset` of the object. */
static inline bool scan_word(struct gopm__pointer_scan *scan, uint64_t offset, uint64_t *out)
{
	if (scan->data != NULL) {
		*out = gopm__load64(scan->data + offset);
		return true;
	}
	if (offset < scan->window || offset + 8 > scan->window + scan->window_size) {
		const uint64_t left = scan->size - offset;
		scan->window = offset;
		scan->window_size = gopm__read_copy(&scan->reader, scan->address + offset, scan->copy,
		                                    left < sizeof scan->copy ? (size_t)left : sizeof scan->copy);
		if (scan->window_size < 8) {
			scan->window_size = 0;
			scan->failed = true;
			return false;
		}
	}
	*out = gopm__load64(scan->copy + (offset - scan->window));
	return true;
}

/* A word that follows a pointer in the same value; 0: it is not in the object. */
static uint64_t next_word(struct gopm__pointer_scan *scan, uint64_t offset)
{
	uint64_t word;
	return offset + 8 <= scan->size && scan_word(scan, offset, &word) ? word : 0;
}

/* The edge of a pointer that is a part of a map or channel. */
static void own_edge(struct gopm__pointer_scan *scan, struct gopm__edge *edge)
{
	struct gopm__object_types *types = &scan->heap->types;
	const bool swiss = types->list[scan->owner].swiss;

	switch (scan->form) {
	case GOPM__FORM_MAP_HEADER:
		edge->type = scan->owner;
		if (!swiss) {
			edge->to = edge->offset == scan->heap->maps.extra ? GOPM__TO_MAP_EXTRA : GOPM__TO_MAP_GROUPS;
		} else {
			edge->to = next_word(scan, scan->heap->maps.directory_length) == 0 ? GOPM__TO_MAP_GROUPS
			                                                                   : GOPM__TO_MAP_DIRECTORY;
		}
		break;
	case GOPM__FORM_MAP_DIRECTORY:
		edge->type = scan->owner;
		edge->to = GOPM__TO_MAP_TABLE;
		break;
	case GOPM__FORM_MAP_TABLE:
		edge->type = scan->owner;
		edge->to = GOPM__TO_MAP_GROUPS;
		break;
	case GOPM__FORM_MAP_GROUPS:
		if (!swiss && edge->to == GOPM__TO_UNKNOWN) {
			/* The overflow bucket, the only pointer of a bucket without a type. */
			edge->type = scan->owner;
			edge->to = GOPM__TO_MAP_GROUPS;
		}
		break;
	case GOPM__FORM_CHAN: {
		const struct gopm__layout *layout = &scan->heap->program->runtime.layout;
		if (layout->hchan.buf >= 0 && edge->offset == (uint64_t)layout->hchan.buf &&
		    layout->hchan.dataqsiz >= 0) {
			edge->type = gopm__object_type(types, scan->owner)->elem;
			edge->to = GOPM__TO_CHAN_BUFFER;
			edge->elems = next_word(scan, (uint64_t)layout->hchan.dataqsiz);
		}
		break;
	}
	default:
		break;
	}
}

/* Adds the pointer at `offset`, if it is not nil. `entry` may be NULL. */
static inline void add_edge(struct gopm__pointer_scan *scan, uint64_t offset, const struct gopm__plan_entry *entry)
{
	struct gopm__edge *edge = &scan->edges[scan->count];
	uint64_t word;

	if (!scan_word(scan, offset, &word) || word == 0) {
		return;
	}
	*edge = (struct gopm__edge){.offset = offset, .word = word};
	if (scan->bare) {
		scan->count++;
		return;
	}
	if (entry != NULL) {
		edge->to = entry->to;
		edge->type = entry->type;
		if (edge->to == GOPM__TO_BYTES) {
			edge->elems = edge->used = next_word(scan, offset + 8);
		} else if (edge->to == GOPM__TO_ELEMENTS) {
			edge->used = next_word(scan, offset + 8);
			edge->elems = next_word(scan, offset + 16);
		} else if (edge->to == GOPM__TO_DYNAMIC || edge->to == GOPM__TO_DYNAMIC_I) {
			uint64_t type;
			edge->type =
			    offset >= 8 && scan_word(scan, offset - 8, &type)
			        ? gopm__object_type_dynamic(&scan->heap->types, type, edge->to == GOPM__TO_DYNAMIC_I)
			        : 0;
			edge->to = GOPM__TO_DYNAMIC;
		}
	}
	if (scan->form >= GOPM__FORM_MAP_HEADER) {
		own_edge(scan, edge);
	}
	scan->count++;
}

/* The next pointers of elements of scan->type, one after the other. */
static void next_of_plan(struct gopm__pointer_scan *scan)
{
	struct gopm__object_types *types = &scan->heap->types;

	while (scan->count < GOPM__SCAN_EDGES) {
		const struct gopm__object_type *type = &types->list[scan->type];
		if (scan->entry == type->count) {
			scan->entry = 0;
			scan->element += type->size;
			if (scan->element >= scan->size || scan->size - scan->element < type->pointer_bytes) {
				scan->pointers = GOPM__POINTERS_NONE;
				return;
			}
		}
		const struct gopm__plan_entry entry = types->entries[type->first + scan->entry];
		const uint64_t offset = scan->element + entry.offset + scan->repeat * entry.stride;
		if (++scan->repeat == entry.count) {
			scan->repeat = 0;
			scan->entry++;
		}
		if (offset + 8 <= scan->size) {
			add_edge(scan, offset, &entry);
		}
	}
}

/* The plan's entry for a word of an array of scan->type; NULL: not known. */
static const struct gopm__plan_entry *entry_of_word(const struct gopm__pointer_scan *scan, uint64_t word)
{
	const struct gopm__object_types *types = &scan->heap->types;
	const struct gopm__object_type *type = &types->list[scan->type];

	if (scan->type == 0 || type->words == UINT32_MAX || type->size < 8) {
		return NULL;
	}
	const uint16_t entry = types->by_word[type->words + word % (type->size / 8)];
	return entry != GOPM__NO_ENTRY ? &types->entries[type->first + entry] : NULL;
}

static void add_word(struct gopm__pointer_scan *scan, uint64_t word)
{
	const struct gopm__plan_entry *entry = scan->bare ? NULL : entry_of_word(scan, word);

	if (entry != NULL) {
		/* The table of entries may move while a type is made. */
		const struct gopm__plan_entry copy = *entry;
		add_edge(scan, word * 8, &copy);
	} else {
		add_edge(scan, word * 8, NULL);
	}
}

/* The next pointers by the bits at the end of the span. */
static void next_of_bits(struct gopm__pointer_scan *scan)
{
	while (scan->bits_left != 0 && scan->count < GOPM__SCAN_EDGES) {
		const uint64_t byte = (uint64_t)scan->span->bits[scan->bit / 8] >> (scan->bit % 8);
		if (byte == 0) {
			const uint64_t skip = 8 - scan->bit % 8;
			scan->bit += skip;
			scan->bits_left = scan->bits_left > skip ? scan->bits_left - skip : 0;
			continue;
		}
		const uint64_t zeros = (uint64_t)__builtin_ctzll(byte);
		if (zeros >= scan->bits_left) {
			scan->bits_left = 0;
			break;
		}
		scan->bit += zeros;
		scan->bits_left -= zeros;
		add_word(scan, scan->size / 8 - scan->bits_left);
		scan->bit++;
		scan->bits_left--;
	}
	if (scan->bits_left == 0) {
		scan->pointers = GOPM__POINTERS_NONE;
	}
}

/* Finds the bits of the object's next word in its heapArena. False: not in the core. */
static bool find_arena(struct gopm__pointer_scan *scan)
{
	const uint64_t address = scan->address + scan->size - scan->bits_left * 8;

	scan->bit = address / 8 % ARENA_WORDS;
	scan->arena = gopm__mheap_arena(&scan->reader, gopm__mheap(&scan->heap->program->runtime), address);
	return scan->arena != 0;
}

/* True if the bitmap says that no later word of the object has a pointer. `byte` is the word's. */
static bool is_last(struct gopm__pointer_scan *scan, uint64_t byte)
{
	if (scan->pointers == GOPM__POINTERS_ARENA2) {
		return (byte >> (ARENA2_WORDS + scan->bit % ARENA2_WORDS) & 1) == 0;
	}
	if (scan->bit % 64 != 63) {
		return false;
	}
	if (!gopm__read_word(&scan->reader, scan->arena + ARENA1_NO_MORE + scan->bit / 512, 1, &byte)) {
		scan->failed = true;
		return true;
	}
	return (byte >> (scan->bit / 64 % 8) & 1) != 0;
}

/* The next pointers by heapArena.bitmap: of Go 1.20 and 1.21 one bit a word, before that two.
 * Source: runtime/mbitmap.go, heapBits.next, and scanobject of runtime/mgcmark.go. */
static void next_of_arena(struct gopm__pointer_scan *scan)
{
	const bool two = scan->pointers == GOPM__POINTERS_ARENA2;
	const uint64_t words = scan->size / 8, per_byte = two ? ARENA2_WORDS : 8;

	while (scan->bits_left != 0 && scan->count < GOPM__SCAN_EDGES) {
		const uint64_t word = words - scan->bits_left;
		uint64_t byte;
		if ((scan->bit == ARENA_WORDS && !find_arena(scan)) ||
		    !gopm__read_word(&scan->reader, scan->arena + scan->bit / per_byte, 1, &byte)) {
			scan->failed = true;
			scan->bits_left = 0;
			break;
		}
		const bool last = is_last(scan, byte), pointer = (byte >> (scan->bit % per_byte) & 1) != 0;
		/* Until Go 1.19 the word without the upper bit has no pointer either. */
		if (pointer && !(two && last)) {
			add_word(scan, word);
		}
		scan->bit++;
		scan->bits_left = last ? 0 : scan->bits_left - 1;
	}
	if (scan->bits_left == 0) {
		scan->pointers = GOPM__POINTERS_NONE;
	}
}

/* Makes the type of the elements that the object's plan is of: the groups of a map, not the map. 0: by bits only. */
static uint32_t plan_type(struct gopm__pointer_scan *scan, uint32_t typed)
{
	struct gopm__object_types *types = &scan->heap->types;
	const uint32_t type = gopm__typed_type(typed);

	switch (gopm__typed_form(typed)) {
	case GOPM__FORM_ONE:
	case GOPM__FORM_ARRAY:
	case GOPM__FORM_CHAN_BUFFER:
		return gopm__typed_evidence(typed) > GOPM__EVIDENCE_INSIDE && gopm__object_type(types, type)->typed
		           ? type
		           : 0;
	case GOPM__FORM_CLOSURE:
		gopm__static_closure(&scan->heap->statics, type);
		return types->list[type].typed && types->list[type].size <= scan->size ? type : 0;
	case GOPM__FORM_MAP_GROUPS: {
		const uint32_t group = gopm__object_type(types, type)->group;
		return gopm__object_type(types, group)->typed ? group : 0;
	}
	default:
		return 0;
	}
}

/* Sets up an object whose pointers a type tells: its header, or its span. */
static void begin_plan(struct gopm__pointer_scan *scan, uint64_t descriptor)
{
	struct gopm__object_types *types = &scan->heap->types;
	const uint32_t number = gopm__object_type_number(types, descriptor, GOPM__KEY_DESCRIPTOR);
	const struct gopm__object_type *type = gopm__object_type(types, number);

	scan->pointers = GOPM__POINTERS_NONE;
	scan->header_type = number;
	if (number == 0 || type->size == 0 || type->pointer_bytes == 0 || type->pointer_bytes > scan->size) {
		/* nil: the object is being allocated, or freed. An arena may have no value with pointers. */
		scan->failed = scan->failed || (descriptor != 0 && !(scan->span->user_arena && type->size != 0));
		return;
	}
	scan->failed = scan->failed || type->damaged;
	if (type->count != 0) {
		scan->pointers = GOPM__POINTERS_TYPE;
		scan->type = number;
	}
}

void gopm__pointer_scan_object(struct gopm__pointer_scan *scan, const struct gopm__slots *span, uint32_t slot)
{
	const uint32_t typed = scan->bare ? 0 : scan->heap->typed[slot];
	const uint64_t at = gopm__slot_address(span, slot);
	uint64_t descriptor = span->large_type;

	scan->span = span;
	scan->address = at + span->header;
	scan->size = span->size - span->header;
	scan->data = span->bytes != NULL ? span->bytes + (at - span->base) + span->header : NULL;
	scan->window_size = 0;
	scan->pointers = span->pointers;
	scan->failed = false;
	scan->form = (uint8_t)gopm__typed_form(typed);
	scan->entry = 0;
	scan->repeat = scan->element = 0;
	scan->bits_left = scan->size / 8;
	scan->type = scan->header_type = 0;
	scan->owner = scan->form >= GOPM__FORM_MAP_HEADER ? gopm__typed_type(typed) : 0;
	switch (span->pointers) {
	case GOPM__POINTERS_BITS:
		scan->bit = (at - span->base) / 8;
		scan->failed = span->bits == NULL;
		break;
	case GOPM__POINTERS_HEADER:
		if (scan->data != NULL) {
			descriptor = gopm__load64(scan->data - span->header);
		} else if (!gopm__read_u64(&scan->reader, at, &descriptor)) {
			scan->failed = true;
			descriptor = 0;
		}
		begin_plan(scan, descriptor);
		break;
	case GOPM__POINTERS_TYPE:
		begin_plan(scan, descriptor);
		break;
	case GOPM__POINTERS_ARENA1:
	case GOPM__POINTERS_ARENA2:
		scan->failed = !find_arena(scan);
		break;
	default:
		break;
	}
	if (scan->failed) {
		scan->pointers = GOPM__POINTERS_NONE;
	}
	if (scan->pointers != GOPM__POINTERS_TYPE && scan->pointers != GOPM__POINTERS_NONE) {
		scan->type = plan_type(scan, typed);
	}
}

void gopm__pointer_scan_part(struct gopm__pointer_scan *scan, const struct gopm__slots *span, uint64_t address,
                             uint64_t bytes, uint32_t number)
{
	const struct gopm__object_type *type = gopm__object_type(&scan->heap->types, number);

	scan->span = span;
	scan->address = address;
	scan->size = bytes;
	scan->data = span->bytes != NULL ? span->bytes + (address - span->base) : NULL;
	scan->window_size = 0;
	scan->failed = false;
	scan->form = GOPM__FORM_UNKNOWN;
	scan->entry = 0;
	scan->repeat = scan->element = 0;
	scan->header_type = scan->owner = 0;
	scan->type = number;
	scan->pointers = type->count != 0 && type->pointer_bytes <= bytes ? GOPM__POINTERS_TYPE : GOPM__POINTERS_NONE;
}

bool gopm__pointer_scan_next(struct gopm__pointer_scan *scan)
{
	scan->count = 0;
	while (scan->count == 0) {
		switch (scan->pointers) {
		case GOPM__POINTERS_TYPE:
			next_of_plan(scan);
			break;
		case GOPM__POINTERS_BITS:
			next_of_bits(scan);
			break;
		case GOPM__POINTERS_ARENA1:
		case GOPM__POINTERS_ARENA2:
			next_of_arena(scan);
			break;
		default:
			return false;
		}
	}
	return true;
}

/* The entry of a plan for a pointer at `offset`; NULL: none. */
static const struct gopm__plan_entry *entry_at(struct gopm__pointer_scan *scan, uint32_t number, uint64_t offset)
{
	const struct gopm__object_types *types = &scan->heap->types;
	const struct gopm__object_type *type = &types->list[number];

	for (uint32_t i = 0; i < type->count && i < MAX_SEARCHED && scan->searched < MAX_ALL_SEARCHED; i++) {
		scan->searched++;
		const struct gopm__plan_entry *entry = &types->entries[type->first + i];
		const uint64_t past = offset - entry->offset;
		if (offset >= entry->offset && (past == 0 || (entry->stride != 0 && past % entry->stride == 0 &&
		                                              past / entry->stride < entry->count))) {
			return entry;
		}
	}
	return NULL;
}

bool gopm__pointer_scan_value(struct gopm__pointer_scan *scan, uint64_t address, uint32_t type, uint64_t offset)
{
	const struct gopm__plan_entry *entry = entry_at(scan, type, offset);

	scan->count = 0;
	if (entry == NULL) {
		return false;
	}
	scan->address = address;
	scan->size = scan->heap->types.list[type].size;
	scan->data = NULL;
	scan->window_size = 0;
	scan->form = GOPM__FORM_UNKNOWN;
	const struct gopm__plan_entry copy = *entry;
	add_edge(scan, offset, &copy);
	return scan->count != 0;
}
