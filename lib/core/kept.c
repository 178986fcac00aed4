/* SPDX-License-Identifier: Apache-2.0 */
#include "core/kept.h"

#include <stdlib.h>

#include "util/vector.h"

void gopm__kept_free(struct gopm__kept *kept)
{
	free(kept->pieces);
	*kept = (struct gopm__kept){0};
}

/* Adds a piece, or extends the last one if this one continues it. */
static bool add_piece(struct gopm__kept *kept, const struct gopm__segment *s, uint64_t address, uint64_t size)
{
	struct gopm__kept_piece *last = kept->count != 0 ? &kept->pieces[kept->count - 1] : NULL;
	uint64_t offset = s->offset + (address - s->address);

	if (last != NULL && last->address + last->size >= address && last->source == s->source &&
	    last->offset + (address - last->address) == offset) {
		uint64_t end = address + size, old = last->address + last->size;
		last->size = (end > old ? end : old) - last->address;
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(kept->pieces, kept->count, kept->capacity, 1)) {
		return false;
	}
	kept->pieces[kept->count++] = (struct gopm__kept_piece){address, size, s->source, offset};
	return true;
}

static bool add_touched_pieces(struct gopm__kept *kept, const struct gopm__segment *s, uint64_t page)
{
	const struct gopm__source *source = s->source;
	uint64_t end = s->offset + s->size, from, to;

	for (uint64_t at = s->offset; at < end && gopm__source_touched(source, at, &from, &to) && from < end; at = to) {
		uint64_t first = s->address + (from - s->offset);
		uint64_t last = s->address + ((to < end ? to : end) - s->offset);
		first = first - first % page > s->address ? first - first % page : s->address;
		uint64_t whole = (page - last % page) % page;
		last = whole < s->address + s->size - last ? last + whole : s->address + s->size;
		if (!add_piece(kept, s, first, last - first)) {
			return false;
		}
	}
	return true;
}

/* Joins neighbours that are at most `gap` bytes apart, if they are equally far apart in memory and in the file, and the
 * bytes between them can still be read: those of a process may be gone. */
static void close_gaps(struct gopm__kept *kept, uint64_t gap)
{
	size_t out = 0;

	for (size_t i = 1; i < kept->count; i++) {
		struct gopm__kept_piece *last = &kept->pieces[out];
		const struct gopm__kept_piece *p = &kept->pieces[i];
		uint64_t between = p->address - last->address;
		if (between - last->size <= gap && last->source == p->source && last->offset + between == p->offset &&
		    gopm__source_available(p->source, last->offset + last->size, between - last->size)) {
			last->size = between + p->size;
		} else {
			kept->pieces[++out] = *p;
		}
	}
	kept->count = kept->count != 0 ? out + 1 : 0;
}

gopm_status gopm__kept_collect(struct gopm__kept *kept, const struct gopm__corefile *core, uint64_t page, bool files,
                               size_t most_pieces)
{
	const struct gopm__memory *memory = &core->memory;

	*kept = (struct gopm__kept){0};
	for (size_t i = 0; i < memory->count; i++) {
		const struct gopm__segment *s = &memory->segments[i];
		bool ok = true;
		if (s->source == &core->source) {
			ok = add_touched_pieces(kept, s, page);
		} else if (files && s->source != NULL) {
			ok = add_piece(kept, s, s->address, s->size);
		}
		if (!ok) {
			return GOPM_ERR_NO_MEMORY;
		}
	}
	for (uint64_t gap = 4096; kept->count > most_pieces && gap < (uint64_t)1 << 40; gap *= 2) {
		close_gaps(kept, gap);
	}
	for (size_t i = 0; i < kept->count; i++) {
		kept->bytes += kept->pieces[i].size;
	}
	return GOPM_OK;
}
