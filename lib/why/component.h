/* SPDX-License-Identifier: Apache-2.0 */
/* Components of the wait graph: goroutines that are stuck or slow together, by the objects that they wait for and by
 * who is to release these. Components of one shape are one structure: sixty goroutines that the same go statement
 * started, each stuck on a channel of its own, say one thing. */
#ifndef GOPM_WHY_COMPONENT_H
#define GOPM_WHY_COMPONENT_H

#include "why/prospect.h"

struct gopm__component {
	uint32_t first, count; /* its members, in gopm__components.members */
	uint64_t shape;        /* equal for components of one shape */
};

struct gopm__components {
	const struct gopm__prospects *prospects;
	struct gopm__component *list; /* sorted by shape, then by their first members */
	size_t count;
	uint32_t *members; /* indexes, by component */
	uint64_t *places;  /* of each member in a component: pc of its innermost frame outside the runtime and sync; 0:
	                      unknown */
};

/* @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__components_open(struct gopm__components *components, struct gopm__program *program,
                                  const struct gopm__prospects *prospects);
void gopm__components_close(struct gopm__components *components);

/* The innermost call at a place that is not of the code that implements a wait: package runtime, sync or internal/poll.
 * NULL: there is none. */
const struct gopm__call *gopm__place_call(const struct gopm__pcinfo *info);

/* True if the releaser of a port belongs to the component of those who wait for the port. */
static inline bool gopm__releaser_counts(const struct gopm__prospects *prospects, const struct gopm__releaser *releaser)
{
	return releaser->strength >= GOPM__CLAIM_LIKELY && prospects->of[releaser->member] != GOPM__PROSPECT_FREE;
}

#endif
