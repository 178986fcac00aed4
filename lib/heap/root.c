/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/root_private.h"

/* Words that no section or stack accounts for: of structures of the runtime. */
#define MORE_WORDS ((uint64_t)1 << 24)

gopm_status gopm__roots_visit(const struct gopm__root_request *request)
{
	struct gopm__runtime *rt = &request->program->runtime;
	struct gopm__root_walk walk = {
	    .request = request,
	    .rt = rt,
	    .findings = rt->findings,
	    .reader = gopm__reader(&rt->core->memory),
	    .probe = gopm__reader(&rt->core->memory),
	    /* A word of a stack is visited twice at most: as an argument, and as a part of a stack object. */
	    .words = rt->core->memory_size / 4 + MORE_WORDS,
	};

	if (request->goroutine == 0) {
		gopm__root_modules(&walk);
	}
	if (!walk.stopped && !request->variables_only) {
		gopm__root_stacks(&walk);
	}
	if (!walk.stopped && !request->variables_only && request->goroutine == 0) {
		gopm__root_runtime(&walk);
	}
	return walk.status;
}
