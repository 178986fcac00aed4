/* SPDX-License-Identifier: Apache-2.0 */
/* The collector notes when it first sees a goroutine wait (runtime/mgcmark.go), so all that are parked at one
 * collection have one time. Workers that were started together have one or two; goroutines that leak one after the
 * other have many, in the order of their ids. */
#include "why/growth.h"

#include <stdlib.h>

#include "util/allocate.h"

#define FEW_TIMES 4u /* different times, at least */
#define SAMPLE 512u  /* goroutines that are compared with each other */
#define IN_ORDER 70u /* of 100 pairs with different times: each P reserves ids in batches */

struct aged {
	uint64_t id;
	int64_t since; /* 0: no collection has seen it wait */
	uint32_t member;
};

static int compare_ids(const void *a, const void *b)
{
	const struct aged *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* The time of one of them; not seen yet: younger than all that were. */
static int64_t time_of(const struct aged *list, size_t index)
{
	return list[index].since > 0 ? list[index].since : INT64_MAX;
}

static int compare_times(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* True if there are many times, and no half of the goroutines has one. `times` is sorted. */
static bool has_many_times(const int64_t *times, size_t count)
{
	size_t different = 0, same = 0, most = 0;

	for (size_t i = 0; i < count; i++) {
		const bool fresh = i == 0 || times[i] != times[i - 1];
		different += fresh;
		same = fresh ? 1 : same + 1;
		most = same > most ? same : most;
	}
	return different >= FEW_TIMES && most <= count / 2;
}

/* True if the ages are in the order of the ids. `list` is sorted by id. */
static bool has_order(const struct aged *list, size_t count)
{
	int64_t times[SAMPLE], sorted[SAMPLE];
	const size_t taken = count < SAMPLE ? count : SAMPLE;
	uint64_t pairs = 0, good = 0;

	for (size_t i = 0; i < taken; i++) {
		times[i] = sorted[i] = time_of(list, i * (count / taken));
	}
	qsort(sorted, taken, sizeof sorted[0], compare_times);
	for (size_t i = 0; i < taken; i++) {
		for (size_t k = i + 1; k < taken; k++) {
			pairs += times[i] != times[k];
			good += times[i] < times[k];
		}
	}
	return has_many_times(sorted, taken) && good * 100 >= pairs * IN_ORDER;
}

static bool add_group(struct gopm__conditions *conditions, const struct aged *list, size_t count)
{
	struct gopm__condition *condition =
	    gopm__condition_add(conditions, GOPM_VERDICT_LEAK, GOPM_CERTAINTY_POSSIBLE, GOPM_PATTERN_GROWTH);

	for (size_t i = 0; condition != NULL && i < count; i++) {
		if (!gopm__condition_wait(condition, list[i].member)) {
			return false;
		}
	}
	return condition != NULL;
}

/* True if it is a suspect because there are many like it, and not because of what it waits for. */
static bool is_one_of_many(const struct gopm__why *why, const struct gopm__leak_group *group,
                           const struct gopm__leaks *leaks)
{
	return group->certainty != GOPM_CERTAINTY_CERTAIN && group->count != 0 &&
	       why->prospects.of[leaks->list[group->first].member] < GOPM__PROSPECT_LIKELY;
}

static bool find_growth(struct gopm__conditions *conditions, const struct gopm__why *why,
                        const struct gopm__leaks *leaks)
{
	for (size_t i = 0; i < leaks->group_count; i++) {
		const struct gopm__leak_group *group = &leaks->groups[i];
		if (!is_one_of_many(why, group, leaks)) {
			continue;
		}
		struct aged *list = gopm__malloc(group->count * sizeof *list);
		if (list == NULL) {
			return false;
		}
		for (uint32_t k = 0; k < group->count; k++) {
			const uint32_t member = leaks->list[group->first + k].member;
			list[k] =
			    (struct aged){why->blocked.members[member].id, why->blocked.members[member].since, member};
		}
		qsort(list, group->count, sizeof *list, compare_ids);
		const bool added = !has_order(list, group->count) || add_group(conditions, list, group->count);
		free(list);
		if (!added) {
			return false;
		}
	}
	return true;
}

gopm_status gopm__add_growth(struct gopm__why *why, const struct gopm__leaks *leaks)
{
	struct gopm__conditions conditions = {0};
	const gopm_status status = find_growth(&conditions, why, leaks)
	                               ? gopm__add_conditions(&why->findings, &conditions)
	                               : GOPM_ERR_NO_MEMORY;

	gopm__conditions_close(&conditions);
	return status;
}
