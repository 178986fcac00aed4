/* SPDX-License-Identifier: Apache-2.0 */
#include "util/str.h"
#include "util/vector.h"
#include "why/object_place.h"

bool gopm__place_add(struct gopm__places *places, const struct gopm__place_candidate *candidate)
{
	if (!GOPM__VECTOR_RESERVE(places->candidates, places->candidate_count, places->candidate_capacity, 1)) {
		places->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	places->candidates[places->candidate_count++] = *candidate;
	return true;
}

/* The text of a path in the arena; empty: out of memory. */
static gopm_str path_text(struct gopm__places *places, const struct gopm__type_path *path)
{
	const gopm_str text = gopm__arena_str(places->arena, path->text, path->size);

	if (text.data == NULL) {
		places->status = GOPM_ERR_NO_MEMORY;
		return (gopm_str){"", 0};
	}
	return text;
}

/* True if a person who reads "main.pool.jobs" knows more than by the text so far: of the program's own packages, then
 * the first by name. The order of the heap's objects does not matter then. */
static bool is_better_text(const struct gopm__type_path *path, gopm_str old)
{
	const bool own = path->size > 5 && memcmp(path->text, "main.", 5) == 0;
	const bool old_own = gopm__str_has_prefix(old, "main.");

	return own != old_own ? own : gopm__str_compare((gopm_str){path->text, path->size}, old) < 0;
}

/* Sets the way from the beginning of the value, and from the name of the variable on. */
static void set_way(struct gopm__places *places, struct gopm__types *types,
                    const struct gopm__place_candidate *candidate, const struct gopm__type *type,
                    struct gopm__object_place *place)
{
	const enum gopm__part part = gopm__place_is_holder(candidate->rank) ? GOPM__PART_WORD : place->part;
	const gopm_str variable = candidate->variable;
	struct gopm__type_path path = {.plain = true};

	place->name = place->within = (gopm_str){"", 0};
	gopm__type_path_add(&path, variable.data, variable.size);
	if (type != NULL && (!gopm__type_path(types, type, candidate->offset, part, &path) || path.cut)) {
		return;
	}
	const gopm_str way = path_text(places, &path);
	if (way.size >= variable.size) {
		place->within = (gopm_str){way.data + variable.size, way.size - variable.size};
		place->name = variable.size != 0 ? way : place->name;
	}
}

void gopm__place_take(struct gopm__places *places, struct gopm__types *types,
                      const struct gopm__place_candidate *candidate, const struct gopm__type *type)
{
	struct gopm__object_place *place = &places->list[candidate->place];
	const enum gopm__part part = gopm__place_is_holder(candidate->rank) ? GOPM__PART_WORD : place->part;
	struct gopm__type_path path = {.size = 0};

	if (candidate->rank < place->rank) {
		return;
	}
	gopm__type_path_add(&path, candidate->variable.data, candidate->variable.size);
	if (type != NULL ? !gopm__type_path(types, type, candidate->offset, part, &path) : candidate->offset != 0) {
		return;
	}
	/* Without a defined type or a variable the path says nothing. */
	if ((path.type.size == 0 && candidate->variable.size == 0) || path.cut ||
	    (candidate->rank == place->rank && !is_better_text(&path, place->in))) {
		return;
	}
	place->rank = candidate->rank;
	place->in = path_text(places, &path);
	place->type = path.type;
	place->outer = type != NULL ? type->name : (gopm_str){"", 0};
	place->base = candidate->base;
	place->owner = path.type.size != 0 ? candidate->base + path.owner : 0;
	set_way(places, types, candidate, type, place);
}

uint32_t gopm__place_object_part(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot,
                                 uint64_t address, struct gopm__place_candidate *out)
{
	const uint32_t typed = heap->typed[slot];
	uint32_t number = gopm__typed_type(typed);

	out->base = gopm__object_address(span, slot);
	out->offset = address - out->base;
	switch (gopm__typed_form(typed)) {
	case GOPM__FORM_ONE:
		break;
	case GOPM__FORM_MAP_GROUPS:
		number = gopm__object_type(&heap->types, number)->group;
		break;
	case GOPM__FORM_ARRAY:
	case GOPM__FORM_CHAN_BUFFER:
		break;
	default:
		return 0;
	}
	const uint64_t size = number != 0 ? gopm__object_type(&heap->types, number)->size : 0;
	if (size == 0) {
		return 0;
	}
	out->base += out->offset / size * size;
	out->offset %= size;
	return number;
}

const struct gopm__type *gopm__place_heap_type(struct gopm__heap *heap, struct gopm__types *types, uint32_t number)
{
	const struct gopm__object_type *type = gopm__object_type(&heap->types, number);

	return type->key_kind == GOPM__KEY_DESCRIPTOR ? gopm__types_of_descriptor(types, type->key)
	       : type->key_kind == GOPM__KEY_TYPE     ? gopm__types_at(types, type->key)
	                                              : NULL;
}
