/* SPDX-License-Identifier: Apache-2.0 */
/* The analyzed operations of one function: code/sync.h without the cache. */
#ifndef GOPM_CODE_SYNC_FACTS_H
#define GOPM_CODE_SYNC_FACTS_H

#include "code/sync_find.h"
#include "code/sync_flow.h"

struct gopm__sync {
	struct gopm__sync *next; /* of the cache's list */
	const struct gopm__cfg *cfg;
	const struct gopm__values *values;
	struct gopm__sync_ops ops;
	struct gopm__sync_flow flow;
	struct gopm__sync_summary summary;
	size_t bytes;
};

/* The operations of a function. NULL: none, or too many, or out of memory. source->values must outlive it. */
struct gopm__sync *gopm__sync_analyze(const struct gopm__sync_source *source);

/* Frees a list of them; NULL is an empty one. */
void gopm__sync_free(struct gopm__sync *list);

#endif
