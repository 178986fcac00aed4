/* SPDX-License-Identifier: Apache-2.0 */
/* What of a core's memory goes into a smaller one: pieces with their bytes, sorted and apart. */
#ifndef GOPM_CORE_KEPT_H
#define GOPM_CORE_KEPT_H

#include "core/corefile.h"

struct gopm__kept_piece {
	uint64_t address, size;
	const uint8_t *data; /* as long as the core */
};

struct gopm__kept {
	struct gopm__kept_piece *pieces;
	size_t count, capacity;
	uint64_t bytes;
};

/* What was asked for of the core's source (gopm__source_touched()).
 * @param page whole pages of so many bytes, as far as the core has them; 1: what was asked for, no more
 * @param files what other files than the core stand in for, too: all of it
 * @param most_pieces at most about so many: what lies between close ones is kept as well, where that is so
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__kept_collect(struct gopm__kept *kept, const struct gopm__corefile *core, uint64_t page, bool files,
                               size_t most_pieces);
void gopm__kept_free(struct gopm__kept *kept);

#endif
