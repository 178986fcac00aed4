/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines that hold locks which others wait for. */
#include <stdlib.h>

#include "api/first_release.h"
#include "api/object_record.h"
#include "api/sized.h"
#include "api/why.h"
#include "util/allocate.h"

/* True if the claim says that a goroutine holds a lock. */
static bool is_hold(const struct gopm__why *why, const struct gopm__claim *claim)
{
	return claim->op <= GOPM__CLAIM_HOLDS_READ && gopm__blocked_member(&why->blocked, claim->g) != GOPM__NO_INDEX &&
	       gopm__blocked_object(&why->blocked, claim->object) != GOPM__NO_INDEX;
}

static gopm_why_holder holder_record(const struct gopm__why *why, const struct gopm__claim *claim,
                                     const struct gopm__object *object)
{
	static const uint8_t certainties[] = {[GOPM__CLAIM_POSSIBLE] = GOPM_CERTAINTY_POSSIBLE,
	                                      [GOPM__CLAIM_LIKELY] = GOPM_CERTAINTY_LIKELY,
	                                      [GOPM__CLAIM_PROVED] = GOPM_CERTAINTY_CERTAIN};
	const struct gopm__waited *waited = &why->blocked.objects[gopm__blocked_object(&why->blocked, claim->object)];
	gopm_why_holder record = {
	    .goroutine = why->blocked.members[gopm__blocked_member(&why->blocked, claim->g)].id,
	    .address = claim->g,
	    .how = claim->op,
	    .evidence = claim->evidence,
	    .certainty = certainties[claim->strength],
	    .object = gopm__object_record(object),
	};

	record.object.goroutines = waited->waiters;
	return record;
}

gopm_status gopm_why_holders(gopm_why *why, gopm_why_holder *records, size_t stride, size_t capacity, size_t *count)
{
	gopm_status status = gopm__why_array(why, records, stride, GOPM__FIRST_WHY_HOLDER, capacity, count);
	size_t holds = 0, at = 0;

	if (status != GOPM_OK) {
		return status;
	}
	const struct gopm__claims *claims = &why->why.claims;
	for (size_t i = 0; i < claims->count; i++) {
		holds += is_hold(&why->why, &claims->list[i]);
	}
	const size_t described = holds < capacity ? holds : capacity;
	const uint64_t begun = gopm__call_begin();
	struct gopm__object *objects = gopm__calloc(described + 1, sizeof *objects);
	for (size_t i = 0; objects != NULL && i < claims->count && at < described; i++) {
		const struct gopm__claim *claim = &claims->list[i];
		if (is_hold(&why->why, claim)) {
			const uint32_t object = gopm__blocked_object(&why->why.blocked, claim->object);
			objects[at++] = (struct gopm__object){
			    .address = claim->object, .g = claim->g, .kind = why->why.blocked.objects[object].kind};
		}
	}
	(void)pthread_mutex_lock(&why->lock);
	status = objects != NULL ? gopm__why_describe_objects(why, objects, described) : GOPM_ERR_NO_MEMORY;
	(void)pthread_mutex_unlock(&why->lock);
	at = 0;
	for (size_t i = 0; status == GOPM_OK && i < claims->count && at < described; i++) {
		if (is_hold(&why->why, &claims->list[i])) {
			const gopm_why_holder record = holder_record(&why->why, &claims->list[i], &objects[at]);
			gopm__sized_out(gopm__sized_at(records, stride, at), stride, &record, sizeof record);
			at++;
		}
	}
	free(objects);
	status = gopm__call_result(begun, status, NULL);
	*count = status == GOPM_OK ? holds : 0;
	return status;
}
