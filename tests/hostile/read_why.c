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

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Lists the goroutines that are stuck for certain. */
static size_t list_certain(gopm_why *why, uint64_t *certain, size_t capacity)
{
	static gopm_leak leaks[MAX_PEOPLE];
	size_t count = 0, found = 0;

	(void)gopm_why_leaks(why, leaks, sizeof leaks[0], MAX_PEOPLE, &count);
	for (size_t i = 0; i < count && i < MAX_PEOPLE && found < capacity; i++) {
		if (leaks[i].certainty == GOPM_CERTAINTY_CERTAIN) {
			certain[found++] = leaks[i].address;
		}
	}
	if (found != 0) {
		qsort(certain, found, sizeof *certain, compare_addresses);
	}
	return found;
}

size_t read_why(gopm_core *core, uint64_t *certain, size_t capacity)
{
	static gopm_why_finding findings[MAX_FINDINGS];
	static gopm_leak_group groups[MAX_FINDINGS];
	size_t count = 0, group_count;
	gopm_why_options options;
	gopm_why *why;

	gopm_why_options_init(&options, sizeof options);
	options.flags = GOPM_WHY_FLAG_ONE_THREAD;
	if (gopm_why_open(core, &options, &why, NULL) != GOPM_OK) {
		return 0;
	}
	(void)gopm_why_findings(why, findings, sizeof findings[0], MAX_FINDINGS, &count);
	for (size_t i = 0; i < count && i < MAX_FINDINGS; i++) {
		read_finding(why, i, &findings[i]);
	}
	(void)gopm_why_leak_groups(why, groups, sizeof groups[0], MAX_FINDINGS, &group_count);
	const size_t found = list_certain(why, certain, capacity);
	gopm_why_close(why);
	return found;
}
