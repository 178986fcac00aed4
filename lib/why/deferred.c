/* SPDX-License-Identifier: Apache-2.0 */
#include "why/deferred.h"

#include "runtime/defer.h"
#include "symbol/open_defer.h"
#include "unwind/walk.h"

#define MOST_FRAMES 256u

/* The calls that the frame makes itself when it returns. Returns the new count. */
static size_t add_open_coded(const struct gopm__walk *walk, uint8_t format, struct gopm__reader *reader, uint64_t *out,
                             size_t count, size_t capacity)
{
	struct gopm__open_defers defers;
	uint64_t bits;
	const uint64_t end = gopm__walk_locals_end(walk);

	if (!gopm__open_defers(reader, &walk->info->func, (enum gopm__open_defer_format)format, &defers) ||
	    !gopm__read_word(reader, end - defers.bits, 1, &bits)) {
		return count;
	}
	for (uint32_t i = 0; i < GOPM__OPEN_DEFERS && count < capacity; i++) {
		count += (bits >> i & 1) != 0 && defers.slots[i] != 0 &&
		         gopm__read_u64(reader, end - defers.slots[i], &out[count]);
	}
	return count;
}

size_t gopm__deferred_closures(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                               uint64_t *out, size_t capacity)
{
	struct gopm__defers list = gopm__defers(&rt->layout, reader, g->address);
	struct gopm__defer call;
	struct gopm__walk walk;
	size_t count = 0;
	unsigned frames = 0;

	while (count < capacity && gopm__defer_next(&list, &call)) {
		out[count++] = call.closure;
	}
	gopm__walk_goroutine(&walk, rt, g, true, NULL);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES && count < capacity;
	     more = gopm__walk_next(&walk)) {
		frames++;
		if (walk.info != NULL && walk.info->known && walk.cfa != 0) {
			count = add_open_coded(&walk, rt->open_defers, reader, out, count, capacity);
		}
	}
	return count;
}
