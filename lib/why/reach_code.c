/* SPDX-License-Identifier: Apache-2.0 */
#include "why/reach_code.h"

#include "unwind/walk.h"

/* Words of one frame. More are left to the stack map. */
#define MOST_WORDS 512u
/* Frames of one goroutine. */
#define MOST_FRAMES 1024u

/* The live words of all frames that continue at one pc. */
struct live_words {
	size_t count;
	int32_t offsets[]; /* from the CFA */
};

void gopm__reach_code_init(struct gopm__reach_code *code, struct gopm__reach *reach)
{
	*code = (struct gopm__reach_code){.reach = reach, .program = reach->heap->program};
	code->budget = gopm__walk_budget(&code->program->runtime);
}

void gopm__reach_code_free(struct gopm__reach_code *code)
{
	gopm__map64_free(&code->words);
	gopm__arena_free(&code->arena);
	*code = (struct gopm__reach_code){0};
}

static size_t find_live_words(struct gopm__reach_code *code, const struct gopm__walk *walk, int32_t *offsets)
{
	struct gopm__program *program = code->program;
	struct gopm__live_set live;
	struct gopm__code *of =
	    gopm__code_of(&program->code, program->runtime.core->arch, &program->symtab, &walk->info->func);
	const bool known = of != NULL && gopm__code_live_at(of, walk->pc, walk->pc != walk->lookup_pc, &live);
	const size_t count = known ? gopm__live_words(&live, offsets, MOST_WORDS) : 0;

	gopm__code_cache_trim(&program->code);
	return count;
}

/* The live words of the current frame. NULL: out of memory. */
static const struct live_words *live_words_of(struct gopm__reach_code *code, const struct gopm__walk *walk)
{
	int32_t offsets[MOST_WORDS];
	bool fresh;
	uint64_t *slot = gopm__map64_put(&code->words, walk->lookup_pc * 2 + (walk->pc != walk->lookup_pc), &fresh);

	if (slot == NULL) {
		return NULL;
	}
	if (!fresh && *slot != 0) {
		return (const struct live_words *)(uintptr_t)*slot;
	}
	const size_t count = find_live_words(code, walk, offsets);
	struct live_words *words = gopm__arena_alloc(&code->arena, sizeof *words + count * sizeof words->offsets[0]);
	if (words == NULL) {
		return NULL;
	}
	words->count = count;
	for (size_t i = 0; i < count; i++) {
		words->offsets[i] = offsets[i];
	}
	*slot = (uintptr_t)words;
	return words;
}

/* Marks what the words of the current frame point to. False: out of memory. */
static bool mark_frame(struct gopm__reach_code *code, struct gopm__walk *walk)
{
	const struct live_words *words = live_words_of(code, walk);

	for (size_t i = 0; words != NULL && i < words->count; i++) {
		uint64_t word;
		if (gopm__read_u64(&walk->reader, walk->cfa + (uint64_t)(int64_t)words->offsets[i], &word) &&
		    !gopm__reach_address(code->reach, word)) {
			return false;
		}
	}
	return words != NULL;
}

static bool mark_frames(struct gopm__reach_code *code, const struct gopm__g *g)
{
	struct gopm__walk walk;
	unsigned frames = 0;
	uint8_t callee = GOPM__ROLE_NORMAL;

	gopm__walk_goroutine(&walk, &code->program->runtime, g, true, &code->budget);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		/* A frame that faulted does not continue, but at its deferred calls. */
		const bool faulted = callee == GOPM__ROLE_SIGPANIC;
		const bool known = walk.info != NULL && walk.info->known && walk.cfa != 0;
		callee = known ? walk.info->role : GOPM__ROLE_NORMAL;
		if (known && !faulted && !mark_frame(code, &walk)) {
			return false;
		}
	}
	return true;
}

bool gopm__reach_by_code(struct gopm__reach_code *code, uint64_t address)
{
	const struct gopm__runtime *rt = &code->program->runtime;
	struct gopm__reader reader = gopm__reader(&code->program->file.memory);
	struct gopm__g g;

	if (!gopm__g_read(rt, &reader, address, &g) || gopm__g_is_dead(&g)) {
		return true;
	}
	gopm__program_lock(code->program);
	const bool marked = mark_frames(code, &g);
	gopm__program_unlock(code->program);
	return marked;
}
