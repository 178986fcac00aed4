/* SPDX-License-Identifier: Apache-2.0 */
/* Liveness of stack bytes and registers. A location is live if on some path an instruction reads it before it is
 * overwritten. A read counts only if it is certain, so a location that is not reported may be live too. In the frame
 * only accesses by the stack pointer count: a store through a pointer does not end liveness.
 *
 * If a location is not live, the variable in it may have a newer value that is stored elsewhere or nowhere. */
#ifndef GOPM_CODE_LIVENESS_H
#define GOPM_CODE_LIVENESS_H

#include "code/cfg.h"

#define GOPM__LIVE_WORDS 16u

/* The frame is cut into cells at every offset at which a read or a write begins or ends: each accesses whole cells. */
struct gopm__liveness {
	const struct gopm__cfg *cfg;
	int32_t *bounds; /* from the CFA; cell i is [bounds[i], bounds[i + 1]) */
	size_t cell_count;
	/* At the start of each reachable block, by rank: a bit for each register, then for each cell. */
	uint64_t (*in)[GOPM__LIVE_WORDS];
};

/* The live locations at one pc. */
struct gopm__live_set {
	const struct gopm__liveness *liveness;
	uint64_t bits[GOPM__LIVE_WORDS];
};

/* False: more cells than fit, or out of memory. Release it with gopm__liveness_clear() in either case. `cfg` must
 * outlive it. */
bool gopm__liveness_analyze(struct gopm__liveness *liveness, const struct gopm__cfg *cfg);
void gopm__liveness_clear(struct gopm__liveness *liveness);

/* Bytes that it uses. */
size_t gopm__liveness_bytes(const struct gopm__liveness *liveness);

/* The locations live before instruction `index`. False: no path reaches it. The set is valid as long as `liveness`. */
bool gopm__liveness_before(const struct gopm__liveness *liveness, size_t index, struct gopm__live_set *out);

/* The locations live when the call `index` returns. False: it does not return, or no path reaches it. */
bool gopm__liveness_after_call(const struct gopm__liveness *liveness, size_t index, struct gopm__live_set *out);

/* True if one of the `size` bytes at CFA + `offset` is live. */
bool gopm__is_live(const struct gopm__live_set *set, int64_t offset, uint64_t size);

/* Register numbers are those of arch/instruction.h. */
bool gopm__is_live_register(const struct gopm__live_set *set, unsigned number);

/* Fills up to `capacity` offsets from the CFA of words that are aligned, live, and read or written as a whole, alone or
 * with others. Returns how many there are, at most `capacity`. */
size_t gopm__live_words(const struct gopm__live_set *set, int32_t *offsets, size_t capacity);

#endif
