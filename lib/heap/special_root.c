/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/special_root.h"

#include <stdlib.h>

#include "heap/mark.h"
#include "heap/root.h"
#include "util/search.h"
#include "util/vector.h"

/* Passes over the specials: in each, an object that another's special keeps may become live. The last takes the rest.
 */
#define MOST_PASSES 8u

bool gopm__special_roots_take(struct gopm__special_roots *specials, struct gopm__marker *marker,
                              const struct gopm__root *root, bool *taken)
{
	const bool special =
	    root->kind == GOPM__ROOT_FINALIZER || root->kind == GOPM__ROOT_CLEANUP || root->kind == GOPM__ROOT_WEAK;
	const struct gopm__slots *span;
	const uint32_t owner =
	    special && root->owner != 0 ? gopm__index_object(&marker->heap->index, root->owner, &span) : GOPM__NO_SLOT;

	*taken = owner != GOPM__NO_SLOT;
	if (!*taken) {
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(specials->list, specials->count, specials->capacity, 1)) {
		marker->status = GOPM_ERR_NO_MEMORY;
		return false;
	}
	specials->list[specials->count++] = (struct gopm__special_root){
	    .word = root->word, .place = root->place, .owner = owner, .kind = root->kind, .contents = root->contents};
	return true;
}

/* Marks what a special keeps. The contents of a live object are marked already. */
static bool mark_special(const struct gopm__special_root *special, struct gopm__marker *marker)
{
	const struct gopm__edge edge = {.word = special->word, .to = GOPM__TO_UNKNOWN};

	if (!special->contents) {
		return gopm__mark_edge(marker, &edge);
	}
	return special->owned ||
	       gopm__mark_contents(marker, gopm__index_span_of_slot(&marker->heap->index, special->owner),
	                           special->owner);
}

/* True if the collector keeps the object without the special. */
static bool is_owned(const struct gopm__special_root *special, const struct gopm__marker *marker)
{
	return gopm__bit(marker->heap->live, special->owner);
}

static int compare_specials(const void *a, const void *b)
{
	const struct gopm__special_root *x = a, *y = b;

	if (x->owner != y->owner) {
		return x->owner < y->owner ? -1 : 1;
	}
	return (x->place > y->place) - (x->place < y->place);
}

bool gopm__special_roots_mark(struct gopm__special_roots *specials, struct gopm__marker *marker)
{
	if (!gopm__mark_reachable(marker)) {
		return false;
	}
	for (unsigned pass = 0; pass < MOST_PASSES; pass++) {
		bool changed = false;
		for (size_t i = 0; i < specials->count; i++) {
			struct gopm__special_root *special = &specials->list[i];
			if (!special->owned && is_owned(special, marker)) {
				special->owned = changed = true;
				if (!mark_special(special, marker)) {
					return false;
				}
			}
		}
		if (!changed) {
			break;
		}
		if (!gopm__mark_reachable(marker)) {
			return false;
		}
	}
	for (size_t i = 0; i < specials->count; i++) {
		struct gopm__special_root *special = &specials->list[i];
		if (special->owned) {
			continue;
		}
		special->owned = is_owned(special, marker);
		if (!mark_special(special, marker) || !gopm__mark_reachable(marker)) {
			return false;
		}
	}
	if (specials->count != 0) {
		qsort(specials->list, specials->count, sizeof *specials->list, compare_specials);
	}
	return true;
}

size_t gopm__special_roots_of(const struct gopm__special_roots *specials, uint32_t slot)
{
	size_t at;

	GOPM__LOWER_BOUND(at, specials->count, specials->list[at].owner < slot);
	return at;
}

void gopm__special_roots_free(struct gopm__special_roots *specials)
{
	free(specials->list);
	*specials = (struct gopm__special_roots){0};
}
