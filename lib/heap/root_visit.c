/* SPDX-License-Identifier: Apache-2.0 */
/* One root, read and given to the visitor. */
#include "heap/root_private.h"

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
