/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "why/collector_wait.h"
#include "why/condition.h"

/* Adds goroutines that wait in a finalizer or cleanup while others are due. Who is certainly or likely stuck has a
 * finding of its own, and there a finalizer is one goroutine among others: this one says what it stops. */
static gopm_status find_collector_waits(struct gopm__conditions *conditions, const struct gopm__prospects *prospects,
                                        const struct gopm__ownership *ownership)
{
	struct gopm__collector_wait *list;
	size_t count;
	gopm_status status = gopm__collector_waits(ownership, &list, &count);

	for (size_t i = 0; status == GOPM_OK && i < count; i++) {
		const uint32_t member = gopm__blocked_member(prospects->ports->blocked, list[i].g);
		if (member == GOPM__NO_INDEX || list[i].due == 0) {
			continue;
		}
		const bool stuck = prospects->of[member] >= GOPM__PROSPECT_LIKELY;
		struct gopm__condition *condition =
		    gopm__condition_add(conditions, stuck ? GOPM_VERDICT_DEADLOCK : GOPM_VERDICT_SLOW,
		                        stuck ? GOPM_CERTAINTY_LIKELY : GOPM_CERTAINTY_POSSIBLE,
		                        list[i].cleanup ? GOPM_PATTERN_CLEANUP : GOPM_PATTERN_FINALIZER);
		if (condition == NULL || !gopm__condition_blame(condition, member)) {
			status = GOPM_ERR_NO_MEMORY;
			break;
		}
		condition->detail = list[i].due;
		condition->function = list[i].function;
	}
	free(list);
	return status;
}

gopm_status gopm__conditions_find(struct gopm__conditions *conditions, struct gopm__program *program,
                                  const struct gopm__prospects *prospects, struct gopm__ownership *ownership)
{
	*conditions = (struct gopm__conditions){0};
	gopm_status status = gopm__scheduler_find(conditions, program, prospects->ports->blocked) &&
	                             gopm__panicking_find(conditions, program, prospects)
	                         ? GOPM_OK
	                         : GOPM_ERR_NO_MEMORY;
	if (status == GOPM_OK && ownership != NULL) {
		status = find_collector_waits(conditions, prospects, ownership);
	}
	if (status == GOPM_OK && ownership != NULL) {
		status = gopm__abandoned_find(conditions, program, prospects->ports->blocked, ownership);
	}
	if (status != GOPM_OK) {
		gopm__conditions_close(conditions);
	}
	return status;
}
