/* SPDX-License-Identifier: Apache-2.0 */
/* Leaked goroutines and suspects, grouped by birthplace. */
#ifndef GOPM_WHY_LEAK_H
#define GOPM_WHY_LEAK_H

#include "why/why.h"

struct gopm__leak {
	uint32_t member;
	uint32_t group;
	uint8_t certainty; /* GOPM_CERTAINTY_CERTAIN, or _LIKELY: a suspect */
};

struct gopm__leak_group {
	uint32_t first, count; /* in gopm__leaks.list */
	uint8_t certainty;
	uint8_t basis; /* GOPM_BASIS_*, the weakest */
	uint8_t kind;  /* GOPM_OBJECT_* of the first one's wait */
	int64_t since; /* nanotime when the first of them parked; 0: unknown */
};

struct gopm__leaks {
	struct gopm__leak *list; /* by group */
	size_t count, capacity;
	struct gopm__leak_group *groups; /* leaked ones first, the largest first */
	size_t group_count, group_capacity;
	size_t leaked; /* of `list` */
};

/* @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__leaks_open(struct gopm__leaks *leaks, const struct gopm__why *why);
void gopm__leaks_close(struct gopm__leaks *leaks);

#endif
