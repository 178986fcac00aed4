/* SPDX-License-Identifier: Apache-2.0 */
#include "why/edge.h"

#include "util/map64.h"
#include "util/vector.h"

/* Edges and objects of a finding, and targets of an edge, that are shown. */
#define MOST_EDGES 256u
#define MOST_OBJECTS 64u
#define MOST_TARGETS 64u

struct edge_build {
	struct gopm__findings_of_why *findings;
	struct gopm__why_finding *finding;
	const struct gopm__prospects *prospects;
	const struct gopm__ports *ports;
	const struct gopm__blocked *blocked;
	struct gopm__map64 places; /* of a port and place: index of its edge in the finding, plus 1 */
	bool cycle;                /* the members of a cycle are added, each with its own edges */
};

/* The index of an object among those of the finding. False: out of memory, or there are enough. */
static bool find_object(struct edge_build *build, uint32_t object, uint32_t *out)
{
	struct gopm__findings_of_why *f = build->findings;
	struct gopm__range *range = &build->finding->objects;

	for (uint32_t i = 0; i < range->count; i++) {
		if (f->objects[range->first + i] == object) {
			*out = i;
			return true;
		}
	}
	if (range->count == MOST_OBJECTS || !GOPM__VECTOR_RESERVE(f->objects, f->object_count, f->object_capacity, 1)) {
		return false;
	}
	f->objects[f->object_count++] = object;
	*out = range->count++;
	return true;
}

static uint8_t claim_certainty(uint8_t strength)
{
	return strength == GOPM__CLAIM_PROVED   ? GOPM_CERTAINTY_CERTAIN
	       : strength == GOPM__CLAIM_LIKELY ? GOPM_CERTAINTY_LIKELY
	                                        : GOPM_CERTAINTY_POSSIBLE;
}

/* Adds the targets of the last edge. */
static bool add_targets(struct edge_build *build)
{
	struct gopm__findings_of_why *f = build->findings;
	struct gopm__why_edge *edge = &f->edges[f->edge_count - 1];
	const struct gopm__releaser *best = NULL;

	edge->to.first = (uint32_t)f->people_count;
	for (uint32_t i = build->ports->first[edge->port];
	     i < gopm__port_end(build->ports, edge->port) && edge->to.count < MOST_TARGETS; i++) {
		const struct gopm__releaser *releaser = &build->ports->releasers[i];
		if (!gopm__releaser_counts(build->prospects, releaser)) {
			continue;
		}
		if (!GOPM__VECTOR_RESERVE(f->people, f->people_count, f->people_capacity, 1)) {
			return false;
		}
		f->people[f->people_count++] = releaser->member;
		edge->to.count++;
		best = best == NULL || releaser->strength > best->strength ? releaser : best;
	}
	if (best != NULL && best->claim != GOPM__NO_INDEX) {
		edge->how = build->ports->claims->list[best->claim].op;
		edge->evidence = build->ports->claims->list[best->claim].evidence;
		edge->certainty = claim_certainty(best->strength);
	} else if (best != NULL) {
		edge->how = GOPM_EDGE_BEFORE;
		edge->evidence = GOPM_EVIDENCE_QUEUE;
		edge->certainty = claim_certainty(best->strength);
	}
	return true;
}

/* Adds the edge of one wait, or counts it if there is one from the same place. False: out of memory. */
static bool add_wait_edge(struct edge_build *build, uint32_t member, uint32_t wait)
{
	struct gopm__findings_of_why *f = build->findings;
	const uint32_t port = build->ports->of[wait];
	bool fresh = true;

	if (port == GOPM__NO_INDEX) {
		return true;
	}
	const uint64_t place = f->components->places[member];
	const uint64_t key = (place ^ (uint64_t)port << 32 ^ (build->cycle ? (uint64_t)member << 1 | 1 : 0)) | 1;
	uint64_t *slot = gopm__map64_put(&build->places, key, &fresh);
	if (slot == NULL) {
		return false;
	}
	if (!fresh) {
		if (*slot != 0) {
			f->edges[build->finding->edges.first + *slot - 1].waiters++;
		}
		return true;
	}
	uint32_t object;
	if (build->finding->edges.count == MOST_EDGES) {
		return true;
	}
	if (!find_object(build, port / GOPM__PORTS, &object)) {
		return build->finding->objects.count == MOST_OBJECTS;
	}
	if (!GOPM__VECTOR_RESERVE(f->edges, f->edge_count, f->edge_capacity, 1)) {
		return false;
	}
	*slot = ++build->finding->edges.count;
	f->edges[f->edge_count++] =
	    (struct gopm__why_edge){.from = member, .object = object, .port = port, .waiters = 1};
	return add_targets(build);
}

static bool add_member_edges(struct edge_build *build, uint32_t index)
{
	const struct gopm__member *member = &build->blocked->members[index];

	for (uint32_t i = 0; i < member->wait_count; i++) {
		if (!add_wait_edge(build, index, member->wait + i)) {
			return false;
		}
	}
	return true;
}

/* Adds what a slow goroutine waits for, which is no edge. */
static bool add_slow_object(struct edge_build *build, uint32_t index)
{
	const struct gopm__member *member = &build->blocked->members[index];
	uint32_t object;

	return member->wait_count == 0 || find_object(build, build->blocked->waits[member->wait].object, &object) ||
	       build->finding->objects.count == MOST_OBJECTS;
}

static bool add_all(struct edge_build *build, const struct gopm__component *component, const struct gopm__blame *blame)
{
	const bool slow = blame->ending == GOPM__ENDING_SLOW;

	build->cycle = true;
	for (size_t i = 0; i < blame->cycle_count; i++) {
		if (!add_member_edges(build, blame->cycle[i])) {
			return false;
		}
	}
	build->cycle = false;
	for (uint32_t i = 0; i < component->count; i++) {
		const uint32_t member = build->findings->components->members[component->first + i];
		bool in_cycle = false;
		for (size_t k = 0; k < blame->cycle_count && k < MOST_EDGES && !in_cycle; k++) {
			in_cycle = blame->cycle[k] == member;
		}
		if (!in_cycle && build->prospects->of[member] != GOPM__PROSPECT_SLOW &&
		    !add_member_edges(build, member)) {
			return false;
		}
	}
	for (size_t i = 0; slow && i < blame->blamed_count; i++) {
		if (!add_slow_object(build, blame->blamed[i])) {
			return false;
		}
	}
	return true;
}

bool gopm__add_edges(struct gopm__findings_of_why *findings, const struct gopm__component *component,
                     const struct gopm__blame *blame)
{
	struct edge_build build = {.findings = findings,
	                           .finding = &findings->list[findings->count - 1],
	                           .prospects = findings->components->prospects,
	                           .ports = findings->components->prospects->ports,
	                           .blocked = findings->components->prospects->ports->blocked};

	build.finding->objects.first = (uint32_t)findings->object_count;
	build.finding->edges.first = (uint32_t)findings->edge_count;
	const bool made = add_all(&build, component, blame);
	gopm__map64_free(&build.places);
	return made;
}
