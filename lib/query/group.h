/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines counted by what they have in common. Memory grows with groups, not with goroutines. */
#ifndef GOPM_QUERY_GROUP_H
#define GOPM_QUERY_GROUP_H

#include "query/query.h"

struct gopm__groups {
	gopm_group *list; /* sorted: the largest first, then by name */
	size_t count, capacity;
	struct gopm__map64 index; /* hash -> position in list, plus 1 */
	struct gopm__arena strings;
};

/* @return GOPM_OK; GOPM_ERR_ARGUMENT (unknown `by`); GOPM_ERR_NO_MEMORY. */
gopm_status gopm__groups_make(struct gopm__groups *groups, struct gopm__runtime *rt, const struct gopm__query *query,
                              uint32_t by, const char *label_key);
void gopm__groups_clear(struct gopm__groups *groups);

#endif
