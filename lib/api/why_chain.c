/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of waits from one goroutine on. */
#include <stdlib.h>

#include "api/first_release.h"
#include "api/object_record.h"
#include "api/sized.h"
#include "api/why.h"
#include "util/allocate.h"

/* Goroutines of one chain. */
#define LONGEST 256u

struct why_chain {
	gopm_why *why;
	gopm_why_step *steps;
	struct gopm__object *objects; /* of each step */
	uint32_t members[LONGEST];
	size_t count;
};

/* The strongest releaser of a wait; NULL: none. *others: how many more there are. */
static const struct gopm__releaser *best_releaser(const struct gopm__ports *ports, uint32_t wait, uint64_t *others)
{
	const uint32_t port = ports->of[wait];
	const struct gopm__releaser *best = NULL;

	*others = 0;
	if (port == GOPM__NO_INDEX) {
		return NULL;
	}
	for (uint32_t i = ports->first[port]; i < gopm__port_end(ports, port); i++) {
		const struct gopm__releaser *releaser = &ports->releasers[i];
		*others += best != NULL;
		best = best == NULL || releaser->strength > best->strength ? releaser : best;
	}
	return best;
}

/* Adds a step. Returns the next member; GOPM__NO_INDEX: there is none. */
static uint32_t add_step(struct why_chain *chain, uint32_t index)
{
	const struct gopm__why *w = &chain->why->why;
	const struct gopm__member *member = &w->blocked.members[index];
	gopm_why_step *step = &chain->steps[chain->count];
	const struct gopm__releaser *best = NULL;
	uint32_t wait = member->wait;

	chain->members[chain->count] = index;
	step->goroutine = member->id;
	step->address = member->g;
	step->waits = member->wait_count;
	step->certainty =
	    w->prospects.of[index] >= GOPM__PROSPECT_LIKELY ? gopm__member_certainty(&w->prospects, index) : 0;
	for (uint32_t i = 0; i < member->wait_count; i++) {
		uint64_t others;
		const struct gopm__releaser *releaser = best_releaser(&w->ports, member->wait + i, &others);
		if (releaser != NULL && (best == NULL || releaser->strength > best->strength)) {
			best = releaser;
			wait = member->wait + i;
			step->others = others;
		}
	}
	if (member->wait_count != 0) {
		const struct gopm__wait_for *wait_for = &w->blocked.waits[wait];
		const struct gopm__waited *waited = &w->blocked.objects[wait_for->object];
		step->side = wait_for->side;
		chain->objects[chain->count] =
		    (struct gopm__object){.address = waited->address, .g = member->g, .kind = waited->kind};
		step->object.goroutines = waited->waiters;
		step->object.fd = waited->fd;
		step->object.deadline = waited->deadline;
	}
	chain->count++;
	if (best == NULL) {
		return GOPM__NO_INDEX;
	}
	step->next = w->blocked.members[best->member].id;
	step->how = GOPM_EDGE_BEFORE;
	step->evidence = GOPM_EVIDENCE_QUEUE;
	if (best->claim != GOPM__NO_INDEX) {
		step->how = w->claims.list[best->claim].op;
		step->evidence = w->claims.list[best->claim].evidence;
	}
	return best->member;
}

static bool is_in_chain(const struct why_chain *chain, uint32_t member)
{
	for (size_t i = 0; i < chain->count; i++) {
		if (chain->members[i] == member) {
			return true;
		}
	}
	return false;
}

/* Describes the objects of the steps. */
static gopm_status describe_steps(struct why_chain *chain)
{
	const gopm_status status = gopm__why_describe_objects(chain->why, chain->objects, chain->count);

	for (size_t i = 0; status == GOPM_OK && i < chain->count; i++) {
		const gopm_object known = chain->steps[i].object;
		chain->steps[i].object = gopm__object_record(&chain->objects[i]);
		chain->steps[i].object.goroutines = known.goroutines;
		chain->steps[i].object.fd = known.fd;
		chain->steps[i].object.deadline =
		    known.deadline != 0 ? known.deadline : chain->steps[i].object.deadline;
	}
	return status;
}

static gopm_status make_chain(struct why_chain *chain, uint32_t member)
{
	chain->steps = gopm__calloc(LONGEST, sizeof *chain->steps);
	chain->objects = gopm__calloc(LONGEST, sizeof *chain->objects);
	if (chain->steps == NULL || chain->objects == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	while (member != GOPM__NO_INDEX && chain->count < LONGEST && !is_in_chain(chain, member)) {
		member = add_step(chain, member);
	}
	return describe_steps(chain);
}

gopm_status gopm_why_chain(gopm_why *why, uint64_t goroutine, gopm_why_step *records, size_t stride, size_t capacity,
                           size_t *count)
{
	struct why_chain chain = {.why = why};
	gopm_status status = gopm__why_array(why, records, stride, GOPM__FIRST_WHY_STEP, capacity, count);

	if (status != GOPM_OK) {
		return status;
	}
	const uint32_t member = gopm__blocked_by_id(&why->why.blocked, goroutine);
	if (member == GOPM__NO_INDEX) {
		return GOPM_NOT_FOUND;
	}
	const uint64_t begun = gopm__call_begin();
	(void)pthread_mutex_lock(&why->lock);
	status = make_chain(&chain, member);
	for (size_t i = 0; status == GOPM_OK && i < chain.count && i < capacity; i++) {
		gopm__sized_out(gopm__sized_at(records, stride, i), stride, &chain.steps[i], sizeof chain.steps[i]);
	}
	(void)pthread_mutex_unlock(&why->lock);
	free(chain.steps);
	free(chain.objects);
	status = gopm__call_result(begun, status, NULL);
	*count = status == GOPM_OK ? chain.count : 0;
	return status;
}
