/* SPDX-License-Identifier: Apache-2.0 */
#include "why/why.h"

#include <stdlib.h>

#include "symbol/functions.h"
#include "util/allocate.h"
#include "why/coroutine.h"
#include "why/crash.h"
#include "why/init.h"
#include "why/recogniser.h"
#include "why/stuck.h"

/* Claims are on objects that a goroutine can release. */
static bool takes_claims(uint8_t kind)
{
	switch (kind) {
	case GOPM_OBJECT_CHAN:
	case GOPM_OBJECT_MUTEX:
	case GOPM_OBJECT_RWMUTEX:
	case GOPM_OBJECT_ONCE:
	case GOPM_OBJECT_WAITGROUP:
	case GOPM_OBJECT_COND:
	case GOPM_OBJECT_CONTEXT:
		return true;
	default:
		return false;
	}
}

static gopm_status find_claims(struct gopm__why *why, size_t threads, const struct gopm__progress *progress)
{
	const struct gopm__blocked *b = &why->blocked;
	struct gopm__contended *contended = gopm__malloc((b->object_count + 1) * sizeof *contended);
	size_t count = 0;

	if (contended == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	for (size_t i = 0; i < b->object_count && b->objects[i].address != 0; i++) {
		if (takes_claims(b->objects[i].kind)) {
			contended[count++] = (struct gopm__contended){b->objects[i].address, b->objects[i].kind};
		}
	}
	const gopm_status status =
	    count != 0 ? gopm__claims_find(&why->claims, why->program, contended, count, threads, progress) : GOPM_OK;
	free(contended);
	return status;
}

uint64_t gopm__missing_findings(struct gopm__findings *findings)
{
	uint64_t count = 0;

	(void)pthread_mutex_lock(&findings->lock);
	for (size_t i = 0; i < findings->count; i++) {
		count += findings->list[i].kind == GOPM_FINDING_MISSING ? findings->list[i].count : 0;
	}
	(void)pthread_mutex_unlock(&findings->lock);
	return count;
}

/* True if the core has damage: what looks certain may be an effect of that. DWARF is not used, and what gopm slim left
 * out is missing. */
static bool has_damage(struct gopm__findings *findings)
{
	bool damage = false;

	(void)pthread_mutex_lock(&findings->lock);
	for (size_t i = 0; i < findings->count; i++) {
		const uint32_t kind = findings->list[i].kind;
		damage |= kind != GOPM_FINDING_BAD_DWARF && kind != GOPM_FINDING_SLIM && kind != GOPM_FINDING_MISSING;
	}
	damage |= findings->count == findings->limit;
	(void)pthread_mutex_unlock(&findings->lock);
	return damage;
}

bool gopm__why_is_partial(const struct gopm__why *why, uint64_t missing)
{
	return has_damage(&why->program->findings) || gopm__missing_findings(&why->program->findings) != missing;
}

/* True if the goroutine runs a finalizer or cleanup: the heap says what waits for it. A stripped program does not say
 * if one runs; the wait does. */
static bool runs_finalizers(const struct gopm__why *why, const struct gopm__member *member)
{
	const struct gopm__blocked *b = &why->blocked;
	const struct gopm__pcinfo *info = gopm__symtab_pc(&why->program->symtab, member->start);
	const bool idle =
	    member->wait_count != 0 && b->objects[b->waits[member->wait].object].kind == GOPM_OBJECT_FINALIZERS;

	return !idle && info != NULL && info->known &&
	       (info->role == GOPM__ROLE_FINALIZERS || info->role == GOPM__ROLE_CLEANUPS);
}

/* Sets *needed if somebody waits for what only the heap knows. */
static gopm_status needs_heap(const struct gopm__why *why, bool *needed)
{
	const struct gopm__blocked *b = &why->blocked;
	uint64_t start = 0;

	*needed = gopm__has_coroutines(b, why->program) || gopm__may_be_abandoned(why->program, b);
	for (size_t i = 0; i < b->member_count && !*needed; i++) {
		/* Many have the same first function. */
		*needed = b->members[i].start != start && runs_finalizers(why, &b->members[i]);
		start = b->members[i].system ? 0 : b->members[i].start;
	}
	return *needed ? GOPM_OK : gopm__has_pool_requests(b, why->program, needed);
}

/* Opens the wait graph, and finds who is stuck for certain. `reach` may be NULL. */
static gopm_status find_stuck(struct gopm__why *why, struct gopm__reach *reach)
{
	gopm_status status = gopm__ports_open(&why->ports, why->program, &why->blocked, &why->claims);

	free(why->basis);
	why->basis = gopm__calloc(why->blocked.member_count + 1, 1);
	if (status == GOPM_OK && why->basis == NULL) {
		status = GOPM_ERR_NO_MEMORY;
	}
	return status == GOPM_OK ? gopm__stuck_find(&why->ports, reach, why->basis) : status;
}

/* Sets why->reached if nobody is stuck, which the variables alone may show. */
static gopm_status try_variables(struct gopm__why *why)
{
	struct gopm__reach reach;
	bool needed;
	gopm_status status = needs_heap(why, &needed);

	if (status != GOPM_OK || needed) {
		return status;
	}
	status = gopm__reach_variables(&reach, why->program, &why->blocked);
	if (status != GOPM_OK) {
		return status;
	}
	status = find_stuck(why, &reach);
	gopm__reach_close(&reach);
	why->reached = status == GOPM_OK;
	for (size_t i = 0; i < why->blocked.member_count && why->reached; i++) {
		why->reached = why->basis[i] == GOPM__BASIS_NONE;
	}
	if (!why->reached) {
		gopm__ports_close(&why->ports);
	}
	return status;
}

/* Finds who is stuck, with all that the heap says. `ownership` may be NULL. */
static gopm_status use_heap(struct gopm__why *why, struct gopm__ownership *ownership)
{
	struct gopm__reach reach;

	if (ownership == NULL) {
		return find_stuck(why, NULL);
	}
	gopm_status status = gopm__recognise_pools(&why->claims, &why->blocked, why->program, ownership);
	if (status == GOPM_OK) {
		status = gopm__coroutines_find(&why->blocked, &why->claims, why->program, ownership);
	}
	if (status == GOPM_OK) {
		status = gopm__reach_open(&reach, ownership, &why->blocked);
	}
	if (status != GOPM_OK) {
		return status;
	}
	status = find_stuck(why, &reach);
	why->partial |= reach.partial;
	gopm__reach_close(&reach);
	why->reached = true;
	return status;
}

static gopm_status add_conditions(struct gopm__why *why, struct gopm__ownership *ownership)
{
	struct gopm__conditions conditions;
	gopm_status status = gopm__conditions_find(&conditions, why->program, &why->prospects, ownership);

	if (status == GOPM_OK) {
		status = gopm__add_conditions(&why->findings, &conditions);
		gopm__conditions_close(&conditions);
	}
	return status;
}

static gopm_status analyze(struct gopm__why *why, const struct gopm__heap_source *heap, uint64_t missing,
                           bool one_thread, const struct gopm__progress *progress)
{
	struct gopm__ownership *ownership = NULL;
	const size_t threads = one_thread ? 1 : gopm__blocked_threads(&why->program->runtime);
	gopm_status status = gopm__blocked_open(&why->blocked, why->program, progress, threads);

	why->partial = why->blocked.partial;
	if (status == GOPM_OK) {
		status = find_claims(why, threads, progress);
	}
	if (status == GOPM_OK && heap != NULL) {
		status = try_variables(why);
	}
	if (status == GOPM_OK && heap != NULL && !why->reached) {
		status = heap->open(heap->user_data, &ownership);
	}
	if (status == GOPM_OK && !why->reached) {
		status = use_heap(why, ownership);
	}
	if (status == GOPM_OK) {
		why->partial |= gopm__why_is_partial(why, missing);
		status = gopm__prospects_open(&why->prospects, &why->ports, why->basis,
		                              gopm__member_in_init(why->program, &why->blocked),
		                              !why->partial && !gopm__has_crashed(why->program));
	}
	if (status == GOPM_OK) {
		status = gopm__components_open(&why->components, why->program, &why->prospects);
	}
	if (status == GOPM_OK) {
		status = gopm__why_findings_open(&why->findings, &why->components, why->program, why->basis);
	}
	return status == GOPM_OK ? add_conditions(why, ownership) : status;
}

gopm_status gopm__why_open(struct gopm__why *why, struct gopm__program *program, const struct gopm__heap_source *heap,
                           uint64_t missing, bool one_thread, const struct gopm__progress *progress)
{
	*why = (struct gopm__why){.program = program};
	const gopm_status status = analyze(why, heap, missing, one_thread, progress);
	if (status != GOPM_OK) {
		gopm__why_close(why);
	}
	return status;
}

void gopm__why_close(struct gopm__why *why)
{
	gopm__why_findings_close(&why->findings);
	gopm__components_close(&why->components);
	gopm__prospects_close(&why->prospects);
	gopm__ports_close(&why->ports);
	gopm__claims_free(&why->claims);
	gopm__blocked_close(&why->blocked);
	free(why->basis);
	*why = (struct gopm__why){0};
}
