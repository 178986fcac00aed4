/* SPDX-License-Identifier: Apache-2.0 */
#include "why/condition.h"

#include <stdlib.h>

#include "util/vector.h"

struct gopm__condition *gopm__condition_add(struct gopm__conditions *conditions, uint8_t verdict, uint8_t certainty,
                                            uint8_t pattern)
{
	if (!GOPM__VECTOR_RESERVE(conditions->list, conditions->count, conditions->capacity, 1)) {
		return NULL;
	}
	struct gopm__condition *condition = &conditions->list[conditions->count++];
	*condition = (struct gopm__condition){.verdict = verdict, .certainty = certainty, .pattern = pattern};
	return condition;
}

bool gopm__condition_wait(struct gopm__condition *condition, uint32_t member)
{
	if (!GOPM__VECTOR_RESERVE(condition->waiters, condition->waiter_count, condition->waiter_capacity, 1)) {
		return false;
	}
	condition->waiters[condition->waiter_count++] = member;
	return true;
}

bool gopm__condition_blame(struct gopm__condition *condition, uint32_t member)
{
	if (!GOPM__VECTOR_RESERVE(condition->blamed, condition->blamed_count, condition->blamed_capacity, 1)) {
		return false;
	}
	condition->blamed[condition->blamed_count++] = member;
	return true;
}

void gopm__conditions_close(struct gopm__conditions *conditions)
{
	for (size_t i = 0; i < conditions->count; i++) {
		free(conditions->list[i].waiters);
		free(conditions->list[i].blamed);
	}
	free(conditions->list);
	*conditions = (struct gopm__conditions){0};
}
