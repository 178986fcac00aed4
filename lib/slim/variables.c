/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "locals/frame_variables.h"
#include "locals/roots.h"
#include "locals/stack_state.h"
#include "slim/keep.h"
#include "unwind/stack.h"
#include "util/map64.h"
#include "value/chan.h"

#define BUDGET 65536

struct pass {
	struct gopm__keep *keep;
	struct gopm__context *context;
	struct gopm__stack stack;
	struct gopm__stack_roots roots;
	struct gopm__arena arena; /* of one frame's variables */
	bool no_memory;
};

static void load_one(struct pass *pass, struct gopm__variable *v)
{
	struct gopm__chan_state chan;

	gopm__variable_load(pass->context, v, 0);
	if (v->kind == GOPM_KIND_CHAN && v->unreadable == NULL) {
		struct gopm__variable element;
		gopm__chan_state(pass->context, v, &chan);
		for (uint64_t i = 0; v->length > 0 && i < (uint64_t)v->length && i < pass->context->limits.max_elements;
		     i++) {
			if (gopm__chan_element(pass->context, v, i, &element)) {
				gopm__variable_load(pass->context, &element, 1);
			}
		}
	}
}

static void load_frame(struct pass *pass, const struct gopm__frame *frame)
{
	struct gopm__variable_list variables = {0};
	int64_t line = frame->call != NULL ? (int64_t)frame->call->line : 0;

	pass->context->arena = &pass->arena;
	pass->context->budget = BUDGET;
	if (gopm__frame_variables(pass->context, pass->keep->rt->core->arch, frame, line, &variables) == GOPM_OK) {
		for (size_t i = 0; i < variables.count; i++) {
			pass->context->budget = BUDGET;
			load_one(pass, &variables.list[i]);
		}
	}
	pass->no_memory |= pass->context->no_memory;
	gopm__arena_free(&pass->arena);
}

static void load_stack(struct pass *pass)
{
	pass->stack.count = 0;
	gopm__stack_roots_clear(&pass->roots);
	if (gopm__stack_collect(&pass->stack, pass->keep->program->max_frames) != GOPM_OK) {
		pass->no_memory = true;
		return;
	}
	for (size_t i = 0; i < pass->stack.count && !pass->no_memory; i++) {
		load_frame(pass, &pass->stack.frames[i]);
	}
}

/* How many of each kind of stack were read. */
struct kinds {
	struct gopm__map64 index; /* stack id -> index into counts, plus 1 */
	uint64_t *counts;
	size_t count, capacity;
};

static uint64_t *kind_of(struct kinds *kinds, uint64_t stack_id)
{
	bool fresh;
	uint64_t *slot = gopm__map64_put(&kinds->index, stack_id, &fresh);

	if (slot == NULL) {
		return NULL;
	}
	if (fresh) {
		if (kinds->count == kinds->capacity) {
			size_t capacity = kinds->capacity != 0 ? kinds->capacity * 2 : 64;
			uint64_t *counts = realloc(kinds->counts, capacity * sizeof *counts);
			if (counts == NULL) {
				return NULL;
			}
			kinds->counts = counts;
			kinds->capacity = capacity;
		}
		kinds->counts[kinds->count++] = 0;
		*slot = kinds->count;
	}
	return &kinds->counts[*slot - 1];
}

/* Reads the variables of goroutines, of each kind of stack those from the `from`-th to the one before the `to`-th. */
static uint64_t run(struct pass *pass, const struct gopm__query *query, uint64_t from, uint64_t to, uint64_t most,
                    size_t *kind_count)
{
	struct kinds kinds = {0};
	struct gopm__scan scan;
	uint64_t done = 0;

	gopm__scan_init(&scan, pass->keep->rt, query);
	while (done < most && !pass->no_memory && gopm__scan_next(&scan)) {
		gopm__scan_locate(&scan, GOPM_FIELD_STACK);
		uint64_t *count = kind_of(&kinds, scan.stack_id);
		if (count == NULL) {
			pass->no_memory = true;
			break;
		}
		uint64_t rank = (*count)++;
		if (rank < from || rank >= to) {
			continue;
		}
		gopm__walk_goroutine(&pass->stack.walk, pass->keep->rt, &scan.g, false, NULL);
		load_stack(pass);
		done++;
	}
	*kind_count = kinds.count;
	gopm__scan_clear(&scan);
	gopm__map64_free(&kinds.index);
	free(kinds.counts);
	return done;
}

static void read_all(struct pass *pass, const struct gopm__query *query)
{
	struct gopm__keep *keep = pass->keep;
	uint64_t most = keep->options->max_variable_stacks;
	size_t kinds;

	if (keep->goroutines <= most) {
		(void)run(pass, query, 0, UINT64_MAX, UINT64_MAX, &kinds);
		return;
	}
	/* First a few of every kind, then as many as there is room for. */
	(void)run(pass, query, 0, 0, UINT64_MAX, &kinds);
	uint64_t share = most / (2 * (kinds != 0 ? kinds : 1)) + 1;
	uint64_t done = run(pass, query, 0, share, most, &kinds);
	done += run(pass, query, share, UINT64_MAX, most - done, &kinds);
	gopm__finding_add(
	    keep->rt->findings, GOPM_FINDING_SLIM, GOPM__NOWHERE,
	    "the variables of %llu goroutines of %llu were read and are whole; of the others what their stacks "
	    "point to was kept, as far as there was room",
	    (unsigned long long)done, (unsigned long long)keep->goroutines);
}

gopm_status gopm__keep_variables(struct gopm__keep *keep, struct gopm__context *context)
{
	gopm_goroutine_filter filter = {.struct_size = sizeof filter, .fields = GOPM_FIELD_STACK};
	struct gopm__code_cache code = {0};
	struct pass pass = {.keep = keep, .context = context};
	struct gopm__stack_state stack_state = {
	    .rt = keep->rt, .code_cache = &code, .stack = &pass.stack, .roots = &pass.roots};
	struct gopm__query query;

	if (gopm__query_init(&query, &filter) != GOPM_OK) {
		return GOPM_ERR_NO_MEMORY;
	}
	/* What is found elsewhere has to be found in the small core too. */
	context->stack_state = &stack_state;
	for (size_t i = 0; i < keep->rt->core->thread_count && !pass.no_memory; i++) {
		gopm__walk_thread(&pass.stack.walk, keep->rt, &keep->rt->core->threads[i]);
		load_stack(&pass);
	}
	read_all(&pass, &query);
	gopm__query_clear(&query);
	gopm__stack_clear(&pass.stack);
	gopm__stack_roots_clear(&pass.roots);
	gopm__arena_free(&pass.arena);
	gopm__code_cache_free(&code);
	context->stack_state = NULL;
	return pass.no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}
