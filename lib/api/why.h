/* SPDX-License-Identifier: Apache-2.0 */
/* gopm_why, the handle of an analysis of waits. */
#ifndef GOPM_API_WHY_H
#define GOPM_API_WHY_H

#include <gopm/why.h>

#include "api/heap.h"
#include "why/leak.h"
#include "why/object.h"
#include "why/why.h"

struct gopm_why {
	gopm_core *core;
	gopm_heap *heap; /* NULL: quick, not needed so far, or the core does not have it */
	bool heap_tried; /* it is not to be opened later */
	struct gopm__why why;
	struct gopm__leaks leaks;
	bool partial;
	pthread_mutex_t lock; /* of what follows */
	struct gopm__arena arena;
	struct gopm__object *objects; /* of all findings, described; NULL: not yet */
	gopm_str *texts;              /* of each finding; data NULL: not made yet */
};

/* The finding with this index; NULL: there is none. */
const struct gopm__why_finding *gopm__why_finding_at(const gopm_why *why, size_t finding);

/* Describes objects; their strings live as long as the analysis. The caller holds the lock.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__why_describe_objects(gopm_why *why, struct gopm__object *list, size_t count);

/* Describes the objects of all findings, if that was not done. The caller holds the lock.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__why_describe(gopm_why *why);

/* Checks the arguments of a call that fills an array, and clears *count. */
gopm_status gopm__why_array(const gopm_why *why, const void *records, size_t stride, size_t least, size_t capacity,
                            size_t *count);

#endif
