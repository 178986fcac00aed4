/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/special.h"

#include "runtime/layout/field.h"

#define NO_KIND 0u

/* Numbers of the kinds (_KindSpecialFinalizer, ...). The structures tell the Go version, as a program may not:
 * special.offset is a uint16 until Go 1.23, p.cleanups is since Go 1.25, and cleanupFn since Go 1.26. */
static const struct special_kinds {
	bool wide_offset, p_cleanups, cleanup_fn;
	uint8_t finalizer, weak, cleanup;
	uint8_t cleanup_words; /* fn; since Go 1.26 a cleanupFn: call, fn, arg */
} special_kinds[] = {
    {true, true, true, 2, 3, 7, 3},
    {true, true, false, 2, 3, 7, 1},
    {true, false, false, 1, 2, 6, 1},
    {false, false, false, 1, 2, NO_KIND, 0},
};

/* Until Go 1.22 there are no weak pointers, and their number is that of profiles. */
#define FIRST_WITH_WEAK 23

/* Bytes of special.offset, which the kind follows. */
static unsigned offset_width(const struct gopm__layout *l)
{
	return l->special.kind - l->special.offset < 8 ? 2 : 8;
}

/* The last row is for what is older than all others. */
static const struct special_kinds *kinds_of(const struct gopm__layout *l)
{
	const size_t last = sizeof special_kinds / sizeof special_kinds[0] - 1;
	size_t i = 0;

	while (i < last && ((special_kinds[i].wide_offset && offset_width(l) != 8) ||
	                    (special_kinds[i].p_cleanups && l->p.cleanups < 0) ||
	                    (special_kinds[i].cleanup_fn && l->size[GOPM__STRUCT_CLEANUP_FN] == 0))) {
		i++;
	}
	return &special_kinds[i];
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
	const struct special_kinds *kinds = kinds_of(l);
	uint64_t kind;

	if (!gopm__specials_known(rt)) {
		return false;
	}
	*out = (struct gopm__special){.address = address, .fields = address + l->size[GOPM__STRUCT_SPECIAL]};
	if (!gopm__field(reader, address, l->special.next, 8, &out->next) ||
	    !gopm__field(reader, address, l->special.offset, offset_width(l), &out->offset) ||
	    !gopm__field(reader, address, l->special.kind, 1, &kind)) {
		return false;
	}
	if (kind == NO_KIND) {
		return true;
	}
	if (kind == kinds->finalizer) {
		out->kind = GOPM__SPECIAL_FINALIZER;
		out->words = 1;
	} else if (kind == kinds->weak && (rt->minor == 0 || rt->minor >= FIRST_WITH_WEAK)) {
		out->kind = GOPM__SPECIAL_WEAK;
		out->words = 1;
	} else if (kind == kinds->cleanup) {
		out->kind = GOPM__SPECIAL_CLEANUP;
		out->words = kinds->cleanup_words;
	}
	return true;
}
