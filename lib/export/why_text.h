/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong, in words that a person can forward. */
#ifndef GOPM_EXPORT_WHY_TEXT_H
#define GOPM_EXPORT_WHY_TEXT_H

#include "util/text.h"
#include "why/object.h"
#include "why/why.h"

/* Writes a finding: one sentence, then a line for each edge, then what to look at next. All names are escaped.
 * @param objects those of the finding, described, in the order of its objects */
void gopm__why_text(struct gopm__text *text, const struct gopm__why *why, const struct gopm__why_finding *finding,
                    const struct gopm__object *objects);

/* Writes an object: "sync.RWMutex in main.room.mu", "chan main.job in main.pool.jobs (100 of 100)". */
void gopm__object_text(struct gopm__text *text, const struct gopm__object *object);

#endif
