/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts that are garbage. A goroutine that waits for the end of a context may have its channel alone; if nobody else
 * has the context, it is garbage until the collector frees it. Its memory still says that the channel is its own. It
 * may be an old value of the slot, so it is a guess.
 * Source: context.cancelCtx, whose field `done` is an atomic.Value of a chan struct{} (context/context.go, Go 1.16 to
 * 1.27). */
#include "runtime/chan.h"
#include "util/search.h"
#include "util/str.h"
#include "why/object_place.h"

#define MOST_SIZE 256u /* bytes of the slots that a context is looked for in */

struct context_scan {
	struct gopm__places *places;
	struct gopm__types *types;
	struct gopm__reader reader;
	uint64_t done;         /* offset of that field */
	uint64_t size;         /* of a cancelCtx */
	uint64_t timer;        /* of a timerCtx, which begins with one; 0: unknown */
	uint64_t chan_type;    /* address of the descriptor of chan struct{}; 0: not seen yet */
	uint64_t not_its_type; /* another type that such a word was of */
};

static bool is_empty_channel(struct context_scan *s, uint64_t address)
{
	struct gopm__hchan chan;

	return gopm__hchan_read(&s->places->program->runtime.layout, &s->reader, address, &chan) &&
	       chan.elem_size == 0 && chan.capacity == 0;
}

/* True if a channel may be that of a context. */
static bool is_wanted(struct context_scan *s, const struct gopm__object_place *place)
{
	return place->part == GOPM__PART_WORD && place->rank == GOPM__PLACE_NONE && is_empty_channel(s, place->address);
}

static bool has_wanted(struct context_scan *s)
{
	for (size_t i = 0; i < s->places->count; i++) {
		if (is_wanted(s, &s->places->list[i])) {
			return true;
		}
	}
	return false;
}

static uint64_t size_of(struct gopm__types *types, const char *name, const struct gopm__type **out)
{
	const struct gopm__type *type = gopm__types_named(types, (gopm_str){name, strlen(name)});

	*out = type != NULL ? gopm__type_resolve(types, type) : NULL;
	return *out != NULL ? gopm__type_size(types, *out) : 0;
}

/* Finds what is to be known of the types. False: the program has no contexts. */
static bool find_types(struct context_scan *s)
{
	const struct gopm__type *type;

	s->timer = size_of(s->types, "context.timerCtx", &type);
	s->size = size_of(s->types, "context.cancelCtx", &type);
	const struct gopm__field *field = gopm__type_field(type, "done");
	s->done = field != NULL ? field->offset : 0;
	return s->size != 0 && field != NULL;
}

/* True if it is the descriptor of chan struct{}. */
static bool is_channel_type(struct context_scan *s, uint64_t word)
{
	static const char name[] = "chan struct {}";

	if (word == 0 || word == s->not_its_type) {
		return false;
	}
	if (s->chan_type == 0) {
		const struct gopm__type *type = gopm__types_of_descriptor(s->types, word);
		if (type == NULL || !gopm__str_equal(type->name, (gopm_str){name, sizeof name - 1})) {
			s->not_its_type = word;
			return false;
		}
		s->chan_type = word;
	}
	return word == s->chan_type;
}

static void take_slot(struct context_scan *s, const struct gopm__slots *span, uint64_t address)
{
	struct gopm__places *places = s->places;
	uint64_t type, channel;
	size_t i;

	if (!gopm__read_u64(&s->reader, address + s->done + 8, &channel) || channel == 0) {
		return;
	}
	GOPM__LOWER_BOUND(i, places->count, places->list[i].address < channel);
	if (i == places->count || places->list[i].address != channel || !is_wanted(s, &places->list[i]) ||
	    !gopm__read_u64(&s->reader, address + s->done, &type) || !is_channel_type(s, type)) {
		return;
	}
	static const char in[] = "context.cancelCtx.done", cancel[] = "context.cancelCtx", timer[] = "context.timerCtx";
	struct gopm__object_place *place = &places->list[i];
	const bool has_timer = s->timer > s->size && gopm__object_bytes(span) >= s->timer;
	place->in = (gopm_str){in, sizeof in - 1};
	place->type = (gopm_str){cancel, sizeof cancel - 1};
	place->outer = has_timer ? (gopm_str){timer, sizeof timer - 1} : place->type;
	place->owner = address;
	place->rank = GOPM__PLACE_HOLDER_GUESS;
}

void gopm__place_contexts(struct gopm__places *places, struct gopm__types *types)
{
	struct context_scan s = {
	    .places = places, .types = types, .reader = gopm__reader(&places->program->file.memory)};
	const struct gopm__heap *heap = places->heap;

	if (heap == NULL || !has_wanted(&s) || !find_types(&s)) {
		return;
	}
	for (size_t i = 0; i < heap->index.span_count; i++) {
		const struct gopm__slots *span = &heap->index.spans[i];
		if (gopm__object_bytes(span) < s.size || span->size > MOST_SIZE ||
		    span->pointers == GOPM__POINTERS_NONE) {
			continue;
		}
		for (uint32_t slot = span->first; slot < span->first + span->count; slot++) {
			if (gopm__bit(heap->index.allocated, slot) && !gopm__bit(heap->live, slot)) {
				take_slot(&s, span, gopm__object_address(span, slot));
			}
		}
	}
}
