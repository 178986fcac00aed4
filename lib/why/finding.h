/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: what is wrong, worst first. Components of one shape are one finding. */
#ifndef GOPM_WHY_FINDING_H
#define GOPM_WHY_FINDING_H

#include <gopm/why.h>

#include "why/blame.h"

/* The members of a list that belong to something. */
struct gopm__range {
	uint32_t first, count;
};

struct gopm__why_finding {
	uint8_t verdict, certainty, basis, pattern; /* GOPM_VERDICT_*, ... */
	uint32_t structures;                        /* components of this shape */
	struct gopm__range waiters, blamed;         /* in people */
	struct gopm__range objects;                 /* in objects; of the first component */
	struct gopm__range edges;                   /* likewise */
	int64_t since;                              /* nanotime when the first of its goroutines parked; 0: unknown */
	uint64_t detail, function;                  /* as in struct gopm__condition */
};

struct gopm__why_edge {
	uint32_t from;   /* member */
	uint32_t object; /* index in the finding's objects */
	uint32_t port;
	uint32_t waiters;      /* members of this port at the same place */
	struct gopm__range to; /* in people */
	uint8_t how;           /* GOPM_EDGE_* */
	uint8_t evidence;      /* GOPM_EVIDENCE_* */
	uint8_t certainty;     /* GOPM_CERTAINTY_* */
};

struct gopm__findings_of_why {
	const struct gopm__components *components;
	struct gopm__why_finding *list;
	size_t count, capacity;
	uint32_t *people; /* members */
	size_t people_count, people_capacity;
	uint32_t *objects; /* in gopm__blocked.objects */
	size_t object_count, object_capacity;
	struct gopm__why_edge *edges;
	size_t edge_count, edge_capacity;
};

/* @param basis of each member, by gopm__stuck_find()
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__why_findings_open(struct gopm__findings_of_why *findings, const struct gopm__components *components,
                                    const struct gopm__program *program, const uint8_t *basis);
void gopm__why_findings_close(struct gopm__findings_of_why *findings);

/* Adds members to `people`. False: out of memory. */
bool gopm__findings_add_people(struct gopm__findings_of_why *findings, const uint32_t *members, size_t count);

/* Sorts the findings, the worst first. */
void gopm__findings_sort(struct gopm__findings_of_why *findings);

/* GOPM_CERTAINTY_* that a member is stuck. */
static inline uint8_t gopm__member_certainty(const struct gopm__prospects *prospects, uint32_t member)
{
	const uint8_t prospect = prospects->of[member];

	return prospect == GOPM__PROSPECT_CERTAIN  ? GOPM_CERTAINTY_CERTAIN
	       : prospect == GOPM__PROSPECT_LIKELY ? GOPM_CERTAINTY_LIKELY
	                                           : GOPM_CERTAINTY_POSSIBLE;
}

#endif
