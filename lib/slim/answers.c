/* SPDX-License-Identifier: Apache-2.0 */
#include "slim/answers.h"

static void add_words(struct gopm__answers *answers, const uint64_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		answers->hash = (answers->hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		answers->hash ^= answers->hash >> 32;
	}
}

void gopm__answers_add(struct gopm__answers *answers, const struct gopm__g *g, const gopm_wait *waits, size_t count)
{
	const uint64_t words[] = {g->address,  g->id,       g->raw_status, g->raw_wait_reason, (uint64_t)g->wait_since,
	                          g->stack_lo, g->stack_hi, g->sched_pc,   g->sched_sp,        count};

	answers->goroutines++;
	add_words(answers, words, sizeof words / sizeof words[0]);
	for (size_t i = 0; i < count && i < GOPM__ANSWER_WAITS; i++) {
		const gopm_wait *w = &waits[i];
		const uint64_t wait[] = {w->kind,     w->flags,   w->object,    w->length,
		                         w->capacity, w->senders, w->receivers, (uint64_t)w->deadline};
		add_words(answers, wait, sizeof wait / sizeof wait[0]);
	}
}
