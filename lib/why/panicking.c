/* SPDX-License-Identifier: Apache-2.0 */
/* Panics in flight: a goroutine panics, its deferred calls run, and one of them waits or takes long. Until they return,
 * the process does not die and says nothing. */
#include <stdlib.h>

#include "program/program.h"
#include "runtime/panic.h"
#include "why/condition.h"
#include "why/crash.h"

#define MOST_PANICS 64u /* that are found */

bool gopm__panicking_find(struct gopm__conditions *conditions, struct gopm__program *program,
                          const struct gopm__prospects *prospects)
{
	const struct gopm__blocked *b = prospects->ports->blocked;
	struct gopm__runtime *rt = &program->runtime;
	struct gopm__reader reader = gopm__reader(&program->file.memory);
	unsigned found = 0;

	/* A process that died says which panic it was. */
	for (uint32_t i = 0; !gopm__has_crashed(program) && i < b->member_count && found < MOST_PANICS; i++) {
		struct gopm__g g;
		if (!b->members[i].panics || !gopm__g_read(rt, &reader, b->members[i].g, &g)) {
			continue;
		}
		if (!gopm__panics(rt, &reader, &g)) {
			continue;
		}
		found++;
		const bool stuck = prospects->of[i] >= GOPM__PROSPECT_LIKELY;
		struct gopm__condition *condition =
		    gopm__condition_add(conditions, GOPM_VERDICT_CRASH,
		                        stuck ? GOPM_CERTAINTY_LIKELY : GOPM_CERTAINTY_POSSIBLE, GOPM_PATTERN_PANIC);
		if (condition == NULL || !gopm__condition_blame(condition, i)) {
			return false;
		}
	}
	return true;
}
