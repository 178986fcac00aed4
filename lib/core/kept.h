/* SPDX-License-Identifier: Apache-2.0 */
/* The memory that a small core keeps: pieces, sorted by address, not overlapping. */
#ifndef GOPM_CORE_KEPT_H
#define GOPM_CORE_KEPT_H

#include "core/corefile.h"

struct gopm__kept_piece {
	uint64_t address, size;
	const struct gopm__source *source; /* borrowed from the core */
	uint64_t offset;                   /* of its first byte in the source */
};

struct gopm__kept {
	struct gopm__kept_piece *pieces;
	size_t count, capacity;
	uint64_t bytes; /* of all pieces */
};

/* Collects the used memory of the core (gopm__source_touched()).
 * @param page piece boundaries are rounded to pages of this many bytes, within the segment; 1: not rounded
 * @param files also keep all memory that comes from other files than the core
 * @param most_pieces if there are more pieces, those close to one another are joined, with the memory between them
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__kept_collect(struct gopm__kept *kept, const struct gopm__corefile *core, uint64_t page, bool files,
                               size_t most_pieces);
void gopm__kept_free(struct gopm__kept *kept);

#endif
