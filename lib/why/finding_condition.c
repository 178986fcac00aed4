/* SPDX-License-Identifier: Apache-2.0 */
#include "why/finding_condition.h"

#include "util/vector.h"

/* The time since when the longest of the members waits; 0: unknown. */
static int64_t first_wait(const struct gopm__blocked *blocked, const uint32_t *members, size_t count)
{
	int64_t first = 0;

	for (size_t i = 0; i < count; i++) {
		const int64_t since = blocked->members[members[i]].since;
		first = since > 0 && (first == 0 || since < first) ? since : first;
	}
	return first;
}

static bool add_condition(struct gopm__findings_of_why *f, const struct gopm__condition *condition)
{
	const struct gopm__blocked *b = f->components->prospects->ports->blocked;
	struct gopm__why_finding finding = {.verdict = condition->verdict,
	                                    .certainty = condition->certainty,
	                                    .pattern = condition->pattern,
	                                    .structures = 1,
	                                    .detail = condition->detail,
	                                    .function = condition->function};

	if (!GOPM__VECTOR_RESERVE(f->list, f->count, f->capacity, 1)) {
		return false;
	}
	finding.waiters = (struct gopm__range){(uint32_t)f->people_count, (uint32_t)condition->waiter_count};
	finding.blamed = (struct gopm__range){(uint32_t)(f->people_count + condition->waiter_count),
	                                      (uint32_t)condition->blamed_count};
	finding.since = condition->waiter_count != 0 ? first_wait(b, condition->waiters, condition->waiter_count)
	                                             : first_wait(b, condition->blamed, condition->blamed_count);
	f->list[f->count++] = finding;
	return gopm__findings_add_people(f, condition->waiters, condition->waiter_count) &&
	       gopm__findings_add_people(f, condition->blamed, condition->blamed_count);
}

gopm_status gopm__add_conditions(struct gopm__findings_of_why *findings, const struct gopm__conditions *conditions)
{
	for (size_t i = 0; i < conditions->count; i++) {
		if (!add_condition(findings, &conditions->list[i])) {
			return GOPM_ERR_NO_MEMORY;
		}
	}
	gopm__findings_sort(findings);
	return GOPM_OK;
}
