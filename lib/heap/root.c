/* SPDX-License-Identifier: Apache-2.0 */
#include "heap/root_private.h"

/* Words that no section or stack accounts for: of structures of the runtime. */
#define MORE_WORDS ((uint64_t)1 << 24)

bool gopm__root_afford(struct gopm__root_walk *walk, uint64_t count)
{
	if (walk->stopped) {
		return false;
	}
	if (count > walk->words) {
		gopm__finding_add(walk->findings, GOPM_FINDING_LIMIT, GOPM__NOWHERE,
		                  "the program has more roots than words of memory: the rest is left out");
		walk->stopped = true;
		return false;
	}
	walk->words -= count;
	return true;
}

void gopm__root_visit_value(struct gopm__root_walk *walk, const struct gopm__root *root)
{
	if (root->word != 0 && !walk->stopped && !walk->request->visit(walk->request->user_data, root)) {
		walk->stopped = true;
	}
}

bool gopm__root_visit_word(struct gopm__root_walk *walk, struct gopm__root *root)
{
	if (!gopm__root_afford(walk, 1)) {
		root->word = 0;
		return false;
	}
	if (!gopm__read_u64(&walk->reader, root->place, &root->word)) {
		walk->lost++;
		return false;
	}
	gopm__root_visit_value(walk, root);
	return root->word != 0;
}

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

	gopm__root_modules(&walk);
	if (!walk.stopped) {
		gopm__root_stacks(&walk);
	}
	if (!walk.stopped) {
		gopm__root_runtime(&walk);
	}
	return walk.status;
}
