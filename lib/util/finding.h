/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: damage and gaps met while reading. An error ends a call; a finding explains a partial answer. Equal
 * findings are counted, not repeated. Thread-safe. */
#ifndef GOPM_UTIL_FINDING_H
#define GOPM_UTIL_FINDING_H

#include <gopm/core.h>
#include <pthread.h>

#include "util/arena.h"
#include "util/error.h"

struct gopm__findings {
	pthread_mutex_t lock;
	struct gopm__arena arena; /* the messages */
	gopm_finding *list;       /* at most `limit` */
	size_t count, capacity, limit;
	uint64_t total; /* all findings added, those past the limit included */
};

void gopm__findings_init(struct gopm__findings *findings, size_t limit);
void gopm__findings_clear(struct gopm__findings *findings);

/* Adds a finding. `kind` is GOPM_FINDING_*; the message is "PATH: TEXT", with escapes. If there is one of the same kind
 * and message, its count goes up, and its place stays that of the first. Never fails: past the limit, the finding
 * counts in `total` alone. Nothing is added after an allocation failed in this call. `findings` may be NULL. */
void gopm__finding_add(struct gopm__findings *findings, uint32_t kind, struct gopm__place place, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));

#endif
