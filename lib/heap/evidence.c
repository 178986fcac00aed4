/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/evidence.h"

#include <gopm/value.h>

#include "heap/size_class.h"

#define TINY_SIZE 16u /* runtime/malloc.go, maxTinySize: smaller values without pointers share blocks */

static bool improve(struct gopm__heap *heap, uint32_t slot, uint32_t type, enum gopm__form form,
                    enum gopm__evidence evidence)
{
	const uint32_t now = heap->typed[slot];
	const enum gopm__evidence known = gopm__typed_evidence(now);

	evidence = evidence < heap->strongest ? evidence : heap->strongest;
	/* Of equal ones, a type that says more than its shape is better. */
	if (evidence < known ||
	    (evidence == known && (!heap->types.list[gopm__typed_type(now)].shape || heap->types.list[type].shape))) {
		return false;
	}
	heap->typed[slot] = gopm__typed(type, form, evidence);
	return true;
}

/* Raises the number of elements that an object is known to have. */
static void raise_elems(struct gopm__heap *heap, uint32_t slot, uint64_t elems)
{
	const uint32_t capped = elems < UINT32_MAX ? (uint32_t)elems : UINT32_MAX;

	if (heap->elems[slot] < capped) {
		heap->elems[slot] = capped;
	}
}

/* The bits of the pointers in a slot of at most 64 words. */
uint64_t gopm__slot_mask(const struct gopm__slots *span, uint32_t slot)
{
	const uint64_t words = span->size / 8, first = (slot - span->first) * words;
	uint64_t mask = 0;

	for (uint64_t i = 0; i < words;) {
		const uint64_t bit = first + i;
		mask |= (uint64_t)(span->bits[bit / 8] >> (bit % 8)) << i;
		i += 8 - bit % 8;
	}
	return words < 64 ? mask & ((UINT64_C(1) << words) - 1) : mask;
}

bool gopm__fits_mask(const struct gopm__slots *span, uint32_t slot, const struct gopm__object_type *type,
                     uint64_t count)
{
	if (span->pointers == GOPM__POINTERS_NONE) {
		return type->pointer_bytes == 0;
	}
	if (type->pointer_bytes == 0) {
		return false;
	}
	if (span->pointers != GOPM__POINTERS_BITS || type->words == UINT32_MAX || span->bits == NULL) {
		return true;
	}
	const uint64_t words = type->size / 8;
	uint64_t expected = 0;
	for (uint64_t i = 0; i < count && i * words < GOPM__SMALL_WORDS; i++) {
		expected |= type->mask << (i * words);
	}
	return gopm__slot_mask(span, slot) == expected;
}

static bool is_tiny(const struct gopm__slots *span, const struct gopm__object_type *type, uint64_t size)
{
	return span->tiny && size < TINY_SIZE && type->pointer_bytes == 0;
}

static bool take_tiny(struct gopm__heap *heap, uint32_t slot, uint64_t offset, uint32_t type,
                      enum gopm__evidence evidence)
{
	heap->elems[slot] |= UINT32_C(1) << (offset % TINY_SIZE);
	return improve(heap, slot, type, GOPM__FORM_TINY, evidence);
}

static bool take_inside(struct gopm__heap *heap, uint32_t slot, uint32_t type)
{
	return improve(heap, slot, type, GOPM__FORM_UNKNOWN, GOPM__EVIDENCE_INSIDE);
}

static bool has_header(const struct gopm__slots *span)
{
	return span->pointers == GOPM__POINTERS_HEADER || span->pointers == GOPM__POINTERS_TYPE;
}

/* The header of an object that a generic function made has the shape of its type. A pointer says the type. */
static void name_shape(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot, uint64_t offset,
                       uint32_t number)
{
	const uint32_t now = heap->typed[slot];
	const struct gopm__object_type *type = &heap->types.list[number];
	const struct gopm__object_type *known = &heap->types.list[gopm__typed_type(now)];

	if (offset != 0 || type->shape || type->pointer_bytes == 0) {
		return;
	}
	if (gopm__typed_evidence(now) == GOPM__EVIDENCE_HEADER) {
		if (known->shape && known->size == type->size) {
			heap->typed[slot] = gopm__typed(number, gopm__typed_form(now), GOPM__EVIDENCE_HEADER);
		}
	} else if (gopm__slot_size(span->header + type->size) == span->size) {
		(void)improve(heap, slot, number, GOPM__FORM_ONE, GOPM__EVIDENCE_POINTER);
	}
}

/* True if evidence may say more of an object than is known. */
static bool is_news(const struct gopm__heap *heap, uint32_t slot, enum gopm__evidence evidence)
{
	const uint32_t now = heap->typed[slot];
	return evidence > gopm__typed_evidence(now) || heap->types.list[gopm__typed_type(now)].shape;
}

/* A pointer to a value of type `number`, `offset` bytes into the object. */
static bool take_value(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot, uint64_t offset,
                       uint32_t number, enum gopm__evidence evidence)
{
	const struct gopm__object_type *type = gopm__object_type(&heap->types, number);

	if (number == 0 || type->damaged || type->size == 0) {
		return false;
	}
	if (has_header(span)) {
		name_shape(heap, span, slot, offset, number);
		return false;
	}
	if (is_tiny(span, type, type->size)) {
		return take_tiny(heap, slot, offset, number, evidence);
	}
	if (!is_news(heap, slot, evidence)) {
		return false;
	}
	if (offset == 0 && gopm__slot_size(type->size) == span->size && gopm__fits_mask(span, slot, type, 1)) {
		return improve(heap, slot, number, GOPM__FORM_ONE, evidence);
	}
	return take_inside(heap, slot, number);
}

/* A pointer to `count` bytes of a string or of a slice. */
static bool take_bytes(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot, uint64_t offset,
                       uint64_t count)
{
	if (span->pointers != GOPM__POINTERS_NONE || count == 0 || count > span->size - offset) {
		return false;
	}
	if (span->tiny && offset + count < TINY_SIZE && gopm__typed_form(heap->typed[slot]) != GOPM__FORM_BYTES) {
		return take_tiny(heap, slot, offset, 0, GOPM__EVIDENCE_SLICE);
	}
	/* A substring may be a small part of it, so its size need not fit. */
	const bool fits = gopm__slot_size(offset + count) == span->size;
	if (fits || gopm__typed_form(heap->typed[slot]) == GOPM__FORM_BYTES ||
	    gopm__typed_evidence(heap->typed[slot]) == GOPM__EVIDENCE_NONE) {
		raise_elems(heap, slot, offset + count);
	}
	return improve(heap, slot, 0, GOPM__FORM_BYTES, fits ? GOPM__EVIDENCE_SLICE : GOPM__EVIDENCE_INSIDE);
}

/* The pointer of a slice whose capacity is not known. The object is an array if values of the type fill all of it. */
static bool take_some_elements(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot, uint64_t offset,
                               uint32_t number)
{
	const struct gopm__object_type *type = gopm__object_type(&heap->types, number);
	const uint64_t size = gopm__object_bytes(span);

	if (number == 0 || type->damaged || type->size == 0 || has_header(span) || span->tiny || offset != 0) {
		return false;
	}
	if (type->kind != GOPM_KIND_UINT8 && gopm__slot_size(size / type->size * type->size) == span->size &&
	    gopm__fits_mask(span, slot, type, size / type->size)) {
		return improve(heap, slot, number, GOPM__FORM_ARRAY, GOPM__EVIDENCE_POINTER);
	}
	return type->kind != GOPM_KIND_UINT8 && take_inside(heap, slot, number);
}

/* A slice's pointer to `count` values of type `number`. */
static bool take_elements(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot, uint64_t offset,
                          const struct gopm__edge *edge)
{
	const struct gopm__object_type *type = gopm__object_type(&heap->types, edge->type);
	const uint64_t size = gopm__object_bytes(span);
	uint64_t bytes;

	if (edge->elems == GOPM__UNKNOWN_ELEMS) {
		return take_some_elements(heap, span, slot, offset, edge->type);
	}
	if (edge->type == 0 || type->damaged || type->size == 0 || edge->elems == 0 ||
	    __builtin_mul_overflow(edge->elems, type->size, &bytes) || bytes > size - offset) {
		return false;
	}
	if (type->kind == GOPM_KIND_UINT8) {
		return take_bytes(heap, span, slot, offset, bytes);
	}
	const uint64_t count = offset / type->size + edge->elems;
	const bool aligned = offset % type->size == 0;
	if (has_header(span)) {
		/* Only the number of elements is not in the header. */
		if (aligned) {
			raise_elems(heap, slot, count);
			name_shape(heap, span, slot, offset, edge->type);
		}
		return false;
	}
	if (is_tiny(span, type, offset + bytes)) {
		return take_tiny(heap, slot, offset, edge->type, GOPM__EVIDENCE_SLICE);
	}
	if (aligned && gopm__slot_size(offset + bytes) == span->size && gopm__fits_mask(span, slot, type, count)) {
		raise_elems(heap, slot, count);
		return improve(heap, slot, edge->type, GOPM__FORM_ARRAY, GOPM__EVIDENCE_SLICE);
	}
	return take_inside(heap, slot, edge->type);
}

/* A func value's pointer. */
static bool take_closure(struct gopm__heap *heap, struct gopm__reader *reader, const struct gopm__slots *span,
                         uint32_t slot)
{
	uint64_t entry;
	struct gopm__func func;
	const struct gopm__symtab *symtab = heap->types.symtab;

	if (gopm__typed_evidence(heap->typed[slot]) >= GOPM__EVIDENCE_OWNER ||
	    !gopm__read_u64(reader, gopm__object_address(span, slot), &entry)) {
		return false;
	}
	if (gopm__map64_get(&heap->types.by_key, entry) == NULL &&
	    (!gopm__func_find(symtab->modules, symtab->module_count, entry, &func) || func.entry != entry)) {
		return false;
	}
	return improve(heap, slot, gopm__object_type_number(&heap->types, entry, GOPM__KEY_CLOSURE), GOPM__FORM_CLOSURE,
	               GOPM__EVIDENCE_OWNER);
}

/* A pointer to a buffer of a channel's elements. */
static bool take_buffer(struct gopm__heap *heap, uint32_t slot, const struct gopm__edge *edge)
{
	raise_elems(heap, slot, edge->elems);
	return improve(heap, slot, edge->type, GOPM__FORM_CHAN_BUFFER, GOPM__EVIDENCE_OWNER);
}

/* The pointer that an interface's data word is, or the value it points to. */
static bool take_dynamic(struct gopm__heap *heap, struct gopm__reader *reader, const struct gopm__edge *edge,
                         const struct gopm__slots *span, uint32_t slot)
{
	const struct gopm__object_type *type = gopm__object_type(&heap->types, edge->type);
	const uint64_t offset = edge->word - gopm__object_address(span, slot);

	if (edge->type == 0 || type->damaged) {
		return false;
	}
	if (!type->direct) {
		return take_value(heap, span, slot, offset, edge->type, GOPM__EVIDENCE_INTERFACE);
	}
	if (type->count != 1 || !type->typed) {
		return false;
	}
	const struct gopm__plan_entry entry = heap->types.entries[type->first];
	if (entry.to == GOPM__TO_VALUE) {
		return take_value(heap, span, slot, offset, entry.type, GOPM__EVIDENCE_INTERFACE);
	}
	const struct gopm__edge direct = {.word = edge->word, .type = entry.type, .to = entry.to};
	return entry.to >= GOPM__TO_MAP && gopm__evidence_take(heap, reader, &direct, span, slot);
}

bool gopm__evidence_take(struct gopm__heap *heap, struct gopm__reader *reader, const struct gopm__edge *edge,
                         const struct gopm__slots *span, uint32_t slot)
{
	const uint64_t address = gopm__object_address(span, slot);
	static const uint8_t owned[] = {
	    [GOPM__TO_MAP] = GOPM__FORM_MAP_HEADER,
	    [GOPM__TO_CHAN] = GOPM__FORM_CHAN,
	    [GOPM__TO_MAP_DIRECTORY] = GOPM__FORM_MAP_DIRECTORY,
	    [GOPM__TO_MAP_TABLE] = GOPM__FORM_MAP_TABLE,
	    [GOPM__TO_MAP_GROUPS] = GOPM__FORM_MAP_GROUPS,
	    [GOPM__TO_MAP_EXTRA] = GOPM__FORM_MAP_EXTRA,
	};

	if (edge->word < address) {
		return false;
	}
	const uint64_t offset = edge->word - address;
	switch (edge->to) {
	case GOPM__TO_UNKNOWN:
		return false;
	case GOPM__TO_VALUE:
		return take_value(heap, span, slot, offset, edge->type, GOPM__EVIDENCE_POINTER);
	case GOPM__TO_ELEMENTS:
		return take_elements(heap, span, slot, offset, edge);
	case GOPM__TO_BYTES:
		return take_bytes(heap, span, slot, offset, edge->elems);
	case GOPM__TO_DYNAMIC:
	case GOPM__TO_DYNAMIC_I:
		return take_dynamic(heap, reader, edge, span, slot);
	case GOPM__TO_CLOSURE:
		return offset == 0 && take_closure(heap, reader, span, slot);
	case GOPM__TO_CHAN_BUFFER:
		return offset == 0 && take_buffer(heap, slot, edge);
	case GOPM__TO_MAP:
		if (span->size != gopm__slot_size(heap->maps.size)) {
			return false;
		}
		break;
	default:
		break;
	}
	if (edge->type == 0 || offset != 0) {
		return false;
	}
	(void)gopm__object_type(&heap->types, edge->type);
	return improve(heap, slot, edge->type, (enum gopm__form)owned[edge->to], GOPM__EVIDENCE_OWNER);
}

void gopm__evidence_header(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot, uint32_t number)
{
	const struct gopm__object_type *type = gopm__object_type(&heap->types, number);
	const uint64_t one = span->header + type->size;

	const uint32_t now = heap->typed[slot];
	const enum gopm__form form = gopm__slot_size(one) == span->size ? GOPM__FORM_ONE : GOPM__FORM_ARRAY;

	if (gopm__typed_evidence(now) >= GOPM__EVIDENCE_OWNER) {
		return;
	}
	if (type->shape && gopm__typed_evidence(now) != GOPM__EVIDENCE_NONE &&
	    heap->types.list[gopm__typed_type(now)].size == type->size) {
		number = gopm__typed_type(now);
	}
	heap->typed[slot] = gopm__typed(number, form, GOPM__EVIDENCE_HEADER);
}
