/* SPDX-License-Identifier: Apache-2.0 */
#include "why/why.h"

#include <stdlib.h>

#include "util/allocate.h"
#include "why/coroutine.h"
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

static gopm_status find_claims(struct gopm__why *why, const struct gopm__progress *progress)
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
	    count != 0 ? gopm__claims_find(&why->claims, why->program, contended, count, progress) : GOPM_OK;
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

/* Finds who is stuck for certain. */
static gopm_status find_stuck(struct gopm__why *why, struct gopm__ownership *ownership)
{
	struct gopm__reach reach;
	gopm_status status;

	why->basis = gopm__calloc(why->blocked.member_count + 1, 1);
	if (why->basis == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	why->partial = why->blocked.partial;
	if (ownership == NULL) {
		return gopm__stuck_find(&why->ports, NULL, why->basis);
	}
	status = gopm__reach_open(&reach, ownership);
	if (status != GOPM_OK) {
		return status;
	}
	why->partial |= reach.partial;
	status = gopm__stuck_find(&why->ports, &reach, why->basis);
	gopm__reach_close(&reach);
	return status;
}

static gopm_status analyze(struct gopm__why *why, struct gopm__ownership *ownership, uint64_t missing,
                           const struct gopm__progress *progress)
{
	gopm_status status = gopm__blocked_open(&why->blocked, why->program, progress);

	if (status == GOPM_OK) {
		status = find_claims(why, progress);
	}
	if (status == GOPM_OK && ownership != NULL) {
		status = gopm__recognise_pools(&why->claims, &why->blocked, why->program, ownership);
	}
	if (status == GOPM_OK && ownership != NULL) {
		status = gopm__coroutines_find(&why->blocked, &why->claims, why->program, ownership);
	}
	if (status == GOPM_OK) {
		status = gopm__ports_open(&why->ports, why->program, &why->blocked, &why->claims);
	}
	if (status == GOPM_OK) {
		status = find_stuck(why, ownership);
	}
	if (status == GOPM_OK) {
		why->partial |=
		    has_damage(&why->program->findings) || gopm__missing_findings(&why->program->findings) != missing;
		status = gopm__prospects_open(&why->prospects, &why->ports, why->basis,
		                              gopm__member_in_init(why->program, &why->blocked),
		                              !why->partial && !gopm__has_crashed(why->program));
	}
	if (status == GOPM_OK) {
		status = gopm__components_open(&why->components, why->program, &why->prospects);
	}
	return status == GOPM_OK ? gopm__why_findings_open(&why->findings, &why->components, why->program, why->basis)
	                         : status;
}

gopm_status gopm__why_open(struct gopm__why *why, struct gopm__program *program, struct gopm__ownership *ownership,
                           uint64_t missing, const struct gopm__progress *progress)
{
	*why = (struct gopm__why){.program = program};
	const gopm_status status = analyze(why, ownership, missing, progress);
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
