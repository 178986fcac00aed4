/* SPDX-License-Identifier: Apache-2.0 */
/* Counts goroutines by a common key. Memory grows with the number of groups, not of goroutines. */
#ifndef GOPM_QUERY_GROUP_H
#define GOPM_QUERY_GROUP_H

#include "query/query.h"

struct gopm__groups {
	gopm_group *list;
	size_t count, capacity;
	struct gopm__map64 index; /* hash of the key -> index into `list` */
	struct gopm__arena strings;
};

/* Counts the goroutines that pass the query, in no particular order of groups. `by` is GOPM_GROUP_*. `label_key` is for
 * GOPM_GROUP_LABEL only.
 * @return GOPM_OK; GOPM_ERR_ARGUMENT (unknown `by`, or `label_key` for another one); GOPM_ERR_NO_MEMORY;
 *   GOPM_ERR_CANCELLED. */
gopm_status gopm__groups_make(struct gopm__groups *groups, struct gopm__runtime *rt, const struct gopm__query *query,
                              uint32_t by, const char *label_key);
void gopm__groups_clear(struct gopm__groups *groups);

/* Sorts by count, the largest group first, then by location and key. */
void gopm__groups_sort(struct gopm__groups *groups);

#endif
