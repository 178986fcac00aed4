/* SPDX-License-Identifier: Apache-2.0 */
/* Damage met while reading: a bounded, counted list. Equal findings are counted, not
 * repeated. Safe from many threads. */
#ifndef GOPM_UTIL_FINDING_H
#define GOPM_UTIL_FINDING_H

#include <gopm/core.h>
#include <pthread.h>

#include "util/arena.h"
#include "util/error.h"

struct gopm__findings {
	pthread_mutex_t lock;
	struct gopm__arena arena;
	gopm_finding *list; /* grows up to `limit` */
	size_t count, capacity, limit;
	uint64_t total;
};

void gopm__findings_init(struct gopm__findings *findings, size_t limit);
void gopm__findings_clear(struct gopm__findings *findings);

/* Never fails: what cannot be kept is counted. NULL `findings` is accepted. Findings of one kind
 * with the same message are one, with the place of the first. */
void gopm__finding_add(struct gopm__findings *findings, uint32_t kind, struct gopm__place place, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));

#endif
