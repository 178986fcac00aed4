/* SPDX-License-Identifier: Apache-2.0 */
/* Why the goroutines of a damaged core wait. Damage may hide that a goroutine is stuck, but must not make it certain.
 */
#include "hostile/read.h"

#include <stdlib.h>

#define MAX_PEOPLE 4096
#define MAX_FINDINGS 256

/* The driver reports a crash with its seed. */
static void check(bool ok)
{
	if (!ok) {
		abort();
	}
}

/* The parts of a finding: counts are those that it says, indexes are in range. */
static void read_finding(gopm_why *why, size_t index, const gopm_why_finding *finding)
{
	static gopm_why_waiter people[MAX_PEOPLE];
	static gopm_why_edge edges[MAX_FINDINGS];
	static gopm_object objects[MAX_FINDINGS];
	static uint64_t ids[MAX_FINDINGS];
	size_t count;

	check(gopm_why_waiters(why, index, people, sizeof people[0], MAX_PEOPLE, &count) == GOPM_OK &&
	      count == finding->waiters);
	check(gopm_why_blamed(why, index, people, sizeof people[0], MAX_PEOPLE, &count) == GOPM_OK &&
	      count == finding->blamed);
	check(gopm_why_objects(why, index, objects, sizeof objects[0], MAX_FINDINGS, &count) == GOPM_OK &&
	      count == finding->objects);
	check(gopm_why_edges(why, index, edges, sizeof edges[0], MAX_FINDINGS, &count) == GOPM_OK &&
	      count == finding->edges);
	for (size_t i = 0; i < count && i < MAX_FINDINGS; i++) {
		size_t targets;
		check(edges[i].object < finding->objects);
		check(gopm_why_edge_targets(why, index, i, ids, MAX_FINDINGS, &targets) == GOPM_OK &&
		      targets == edges[i].targets);
	}
	check(finding->text.size != 0);
}

static int compare_ids(const void *a, const void *b)
{
	const gopm_leak *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* An answer for each goroutine: is it stuck for certain? */
static void say_stuck(gopm_core *core, gopm_why *why, struct answers *answers)
{
	static gopm_leak leaks[MAX_PEOPLE];
	static gopm_goroutine goroutines[MAX_PEOPLE];
	gopm_goroutine_iter *it;
	gopm_goroutine_filter filter;
	size_t count = 0, got = 0;

	(void)gopm_why_leaks(why, leaks, sizeof leaks[0], MAX_PEOPLE, &count);
	count = count < MAX_PEOPLE ? count : MAX_PEOPLE;
	if (count != 0) {
		qsort(leaks, count, sizeof leaks[0], compare_ids);
	}
	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = 0;
	if (gopm_goroutine_iter_open(core, &filter, &it, NULL) != GOPM_OK) {
		return;
	}
	(void)gopm_goroutine_iter_next(it, goroutines, sizeof goroutines[0], MAX_PEOPLE, &got);
	gopm_goroutine_iter_free(it);
	for (size_t i = 0; i < got; i++) {
		const gopm_leak key = {.id = goroutines[i].id};
		const gopm_leak *leak = count != 0 ? bsearch(&key, leaks, count, sizeof leaks[0], compare_ids) : NULL;
		const bool certain = leak != NULL && leak->certainty == GOPM_CERTAINTY_CERTAIN;
		say(answers, certain ? "certain" : "not certain");
		answer(answers, ANSWER_STUCK, goroutines[i].address, ALWAYS, certain ? 0 : 1);
	}
}

void read_why(gopm_core *core, struct answers *answers)
{
	static gopm_why_finding findings[MAX_FINDINGS];
	static gopm_leak_group groups[MAX_FINDINGS];
	size_t count = 0, group_count;
	gopm_why *why;

	if (gopm_why_open(core, NULL, &why, NULL) != GOPM_OK) {
		return;
	}
	(void)gopm_why_findings(why, findings, sizeof findings[0], MAX_FINDINGS, &count);
	for (size_t i = 0; i < count && i < MAX_FINDINGS; i++) {
		read_finding(why, i, &findings[i]);
	}
	(void)gopm_why_leak_groups(why, groups, sizeof groups[0], MAX_FINDINGS, &group_count);
	say_stuck(core, why, answers);
	gopm_why_close(why);
}
