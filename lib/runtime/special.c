/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/special.h"

#include <limits.h>

#include "runtime/layout/field.h"

#define NO_KIND 0u

/* Numbers of the kinds (_KindSpecialFinalizer, ...) in a range of minor versions. */
static const struct special_kinds {
	int first, last;
	uint8_t finalizer, weak, cleanup;
	uint8_t cleanup_words; /* fn; since Go 1.26 a cleanupFn: call, fn, arg */
} special_kinds[] = {
    {26, INT_MAX, 2, 3, 7, 3},       {25, 25, 2, 3, 7, 1}, {24, 24, 1, 2, 6, 1}, {23, 23, 1, 2, NO_KIND, 0},
    {0, 22, 1, NO_KIND, NO_KIND, 0},
};

/* An unknown version is taken for the newest. */
static const struct special_kinds *kinds_of(const struct gopm__runtime *rt)
{
	const struct special_kinds *kinds = special_kinds;

	while (rt->minor != 0 && rt->minor < kinds->first) {
		kinds++;
	}
	return kinds;
}

bool gopm__specials_known(const struct gopm__runtime *rt)
{
	const struct gopm__layout *l = &rt->layout;

	return l->span.specials >= 0 && l->special.next >= 0 && l->special.offset >= 0 && l->special.kind >= 0;
}

bool gopm__special_read(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address,
                        struct gopm__special *out)
{
	const struct gopm__layout *l = &rt->layout;
	const struct special_kinds *kinds = kinds_of(rt);
	uint64_t kind;

	if (!gopm__specials_known(rt)) {
		return false;
	}
	/* The kind follows the offset: a uint16 until Go 1.23, a uintptr since. */
	const unsigned width = l->special.kind - l->special.offset < 8 ? 2 : 8;
	*out = (struct gopm__special){.address = address, .fields = address + l->size[GOPM__STRUCT_SPECIAL]};
	if (!gopm__field(reader, address, l->special.next, 8, &out->next) ||
	    !gopm__field(reader, address, l->special.offset, width, &out->offset) ||
	    !gopm__field(reader, address, l->special.kind, 1, &kind)) {
		return false;
	}
	if (kind == NO_KIND) {
		return true;
	}
	if (kind == kinds->finalizer) {
		out->kind = GOPM__SPECIAL_FINALIZER;
		out->words = 1;
	} else if (kind == kinds->weak) {
		out->kind = GOPM__SPECIAL_WEAK;
		out->words = 1;
	} else if (kind == kinds->cleanup) {
		out->kind = GOPM__SPECIAL_CLEANUP;
		out->words = kinds->cleanup_words;
	}
	return true;
}
