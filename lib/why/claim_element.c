/* SPDX-License-Identifier: Apache-2.0 */
/* Elements of arrays and values of maps. The code is to use one, but only the run knows which. All objects that
 * somebody waits for are taken that are elements: a frame that sends to each channel of a list is to send to any of
 * them. */
#include "runtime/spans.h"
#include "type/types.h"
#include "util/search.h"
#include "value/map.h"
#include "why/claim_private.h"

/* Words of an array, and values of a map, that are looked at. */
#define MOST_WORDS 4096u
#define MOST_VALUES 4096u

/* The search for the elements of one fact. */
struct element_search {
	struct gopm__claim_search *search;
	const struct gopm__claim_frame *frame;
	const struct gopm__claim_place *place;
	enum gopm__sync_kind kind;
	struct gopm__claim_elements *out;
};

/* Follows the place from step `step` on. */
static void follow(struct element_search *s, unsigned step, uint64_t address);

static void add_element(struct element_search *s, uint64_t address)
{
	const struct gopm__contended *object = gopm__claim_object(s->search, address, s->kind);
	struct gopm__claim_elements *out = s->out;

	for (size_t i = 0; i < out->count; i++) {
		if (out->list[i] == address) {
			return;
		}
	}
	if (object != NULL && out->count < GOPM__CLAIM_ELEMENTS) {
		out->list[out->count++] = address;
	}
}

/* Loads the pointer at `address`, if the place goes on, and follows it. */
static void load(struct element_search *s, unsigned step, uint64_t address)
{
	uint64_t pointer;

	if (step == s->place->place.loads) {
		add_element(s, address);
	} else if (s->search->words != 0 && gopm__read_u64(&s->search->reader, address, &pointer) && pointer != 0) {
		follow(s, step + 1, pointer);
	}
}

/* The object of the heap, or the frame, that has the address. False: unknown. */
static bool find_bounds(struct element_search *s, uint64_t address, uint64_t *begin, uint64_t *end)
{
	const struct gopm__mheap *heap = gopm__mheap(s->search->rt);
	struct gopm__span span;

	if (address >= s->frame->sp && address < s->frame->cfa) {
		*begin = s->frame->sp;
		*end = s->frame->cfa;
		return true;
	}
	if (heap == NULL || !gopm__mheap_span_of(s->search->rt, &s->search->reader, heap, address, &span) ||
	    span.state != GOPM__SPAN_IN_USE || span.elemsize == 0 || address < span.base || address >= span.limit) {
		return false;
	}
	*begin = address - (address - span.base) % span.elemsize;
	*end = *begin + span.elemsize;
	return *end > *begin;
}

static void follow_array(struct element_search *s, unsigned step, uint64_t address)
{
	const bool moves = step == 0 && s->place->place.base.kind == GOPM__VN_PHI;
	uint64_t begin, end;

	if (!find_bounds(s, address, &begin, &end)) {
		return;
	}
	begin = moves ? address : begin;
	if (step < s->place->place.loads) {
		for (uint64_t at = begin; end - at >= 8 && at - begin < MOST_WORDS * 8 && s->search->words != 0;
		     at += 8) {
			s->search->words--;
			load(s, step, at);
		}
		return;
	}
	const struct gopm__claim_search *search = s->search;
	size_t i;
	GOPM__LOWER_BOUND(i, search->object_count, search->objects[i].address < begin);
	for (; i < search->object_count && search->objects[i].address < end; i++) {
		add_element(s, search->objects[i].address);
	}
}

static void follow_map(struct element_search *s, unsigned step, uint64_t header)
{
	struct gopm__claim_search *search = s->search;
	uint8_t word[8], known[8];
	const struct gopm__bytes bytes = {.size = sizeof word, .data = word, .known = known};
	struct gopm__variable map, key, value;
	struct gopm__map_iter values;

	if (search->searches == 0) {
		return;
	}
	search->searches--;
	gopm__claim_begin_search(search);
	const struct gopm__type *type = gopm__types_of_descriptor(search->types, s->place->place.map_type);
	for (unsigned i = 0; i < sizeof word; i++) {
		word[i] = (uint8_t)(header >> 8 * i);
		known[i] = GOPM__BYTE_KNOWN;
	}
	if (type == NULL) {
		return;
	}
	gopm__variable_init(&search->context, &map, (gopm_str){"", 0}, GOPM__BYTES_BASE, type, &bytes);
	if (map.kind != GOPM_KIND_MAP || map.unreadable != NULL || map.real == NULL) {
		return;
	}
	gopm__map_open(&search->context, &map, MOST_VALUES, &values);
	for (unsigned i = 0; i < MOST_VALUES && search->words != 0 && gopm__map_next(&values, &key, &value); i++) {
		search->words--;
		if (value.bytes == NULL && value.address != 0) {
			load(s, step, value.address);
		}
	}
}

static void follow(struct element_search *s, unsigned step, uint64_t address)
{
	const int32_t offset = s->place->place.offsets[step];

	if (offset == GOPM__SYNC_SOME) {
		follow_array(s, step, address);
	} else if (offset == GOPM__SYNC_MAPPED) {
		follow_map(s, step, address);
	} else {
		load(s, step, address + (uint64_t)(int64_t)offset);
	}
}

void gopm__claim_find_elements(struct gopm__claim_search *search, size_t frame, const struct gopm__claim_fact *fact,
                               struct gopm__claim_elements *out)
{
	struct element_search s = {
	    .search = search, .frame = &search->frames[frame], .kind = (enum gopm__sync_kind)fact->kind, .out = out};
	uint64_t base;

	out->count = 0;
	for (uint8_t i = 0; i < fact->place_count; i++) {
		s.place = &fact->places[i];
		if (gopm__sync_is_some(&s.place->place) && gopm__claim_base(search, frame, s.place, &base)) {
			follow(&s, 0, base);
			return;
		}
	}
}
