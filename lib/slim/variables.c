/* SPDX-License-Identifier: Apache-2.0 */
/* Loads the variables of each frame as a debugger would, so that the source records what that reads. With too many
 * goroutines, those with equal stacks are sampled. */
#include <stdlib.h>

#include "locals/c_local.h"
#include "locals/frame_variables.h"
#include "locals/roots.h"
#include "locals/stack_state.h"
#include "locals/stack_variables.h"
#include "slim/keep.h"
#include "unwind/stack.h"
#include "util/map64.h"
#include "value/chan.h"

#define BUDGET 65536

struct pass {
	struct gopm__keep *keep;
	struct gopm__context *context;
	struct gopm__stack_state *stack_state;
	struct gopm__stack stack;
	struct gopm__stack_roots roots;
	struct gopm__arena arena; /* variables of the current frame */
	bool no_memory;
};

static void load_variable(struct pass *pass, struct gopm__variable *v)
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

static void load_frame_variables(struct pass *pass, const struct gopm__frame *frame)
{
	struct gopm__variable_list variables = {0};
	int64_t line = frame->call != NULL ? (int64_t)frame->call->line : 0;

	struct gopm__context *context = pass->context;
	struct gopm__types *const types = context->types, *module_types;
	struct gopm__executable *const exe = context->exe;
	struct gopm__stack_state *stack_state = pass->stack_state;

	context->arena = &pass->arena;
	context->budget = BUDGET;
	const gopm_status status = gopm__frame_types(pass->keep->program, frame, &module_types);
	if (status == GOPM_OK && module_types != NULL) {
		/* C of a library: nothing is recovered. */
		gopm__context_use_types(context, module_types);
		stack_state = NULL;
		line = gopm__c_frame_line(frame);
	}
	pass->no_memory |= status == GOPM_ERR_NO_MEMORY;
	if (status == GOPM_OK && gopm__frame_variables(context, stack_state, pass->keep->rt->core->arch, frame, line,
	                                               &variables) == GOPM_OK) {
		for (size_t i = 0; i < variables.count; i++) {
			pass->context->budget = BUDGET;
			load_variable(pass, &variables.list[i]);
		}
	}
	context->types = types;
	context->exe = exe;
	pass->no_memory |= context->no_memory;
	gopm__arena_free(&pass->arena);
}

static void load_stack_variables(struct pass *pass)
{
	pass->stack.count = 0;
	gopm__stack_roots_clear(&pass->roots);
	if (gopm__stack_collect(&pass->stack, pass->keep->program->max_frames) != GOPM_OK) {
		pass->no_memory = true;
		return;
	}
	for (size_t i = 0; i < pass->stack.count && !pass->no_memory; i++) {
		load_frame_variables(pass, &pass->stack.frames[i]);
	}
}

/* Reads variables of goroutines: among those with equal stacks, of the ones from number `from` to number `to` - 1.
 * Returns of how many, at most `most`. *kind_count: how many different stacks there are. */
static uint64_t read_goroutines(struct pass *pass, const struct gopm__query *query, uint64_t from, uint64_t to,
                                uint64_t most, size_t *kind_count)
{
	struct gopm__map64 kinds = {0}; /* stack id -> goroutines with that stack */
	struct gopm__scan scan;
	uint64_t done = 0;
	bool fresh;

	gopm__scan_init(&scan, pass->keep->rt, query);
	while (done < most && !pass->no_memory && gopm__scan_next(&scan)) {
		gopm__scan_locate(&scan, GOPM_FIELD_STACK);
		uint64_t *count = gopm__map64_put(&kinds, scan.stack_id, &fresh);
		if (count == NULL) {
			pass->no_memory = true;
			break;
		}
		uint64_t rank = (*count)++;
		if (rank < from || rank >= to) {
			continue;
		}
		gopm__walk_goroutine(&pass->stack.walk, pass->keep->rt, &scan.g, false, NULL);
		load_stack_variables(pass);
		done++;
	}
	*kind_count = kinds.count;
	gopm__scan_clear(&scan);
	gopm__map64_free(&kinds);
	return done;
}

static void read_all_goroutines(struct pass *pass, const struct gopm__query *query)
{
	struct gopm__keep *keep = pass->keep;
	uint64_t most = keep->options->max_variable_stacks;
	size_t kinds;

	if (keep->answers.goroutines <= most) {
		(void)read_goroutines(pass, query, 0, UINT64_MAX, UINT64_MAX, &kinds);
		return;
	}
	/* First a few with each stack, then more up to the limit. */
	(void)read_goroutines(pass, query, 0, 0, UINT64_MAX, &kinds);
	uint64_t share = most / (2 * (kinds != 0 ? kinds : 1)) + 1;
	uint64_t done = read_goroutines(pass, query, 0, share, most, &kinds);
	done += read_goroutines(pass, query, share, UINT64_MAX, most - done, &kinds);
	gopm__finding_add(
	    keep->rt->findings, GOPM_FINDING_SLIM, GOPM__NOWHERE,
	    "variables of %llu of %llu goroutines are kept completely; for the others, memory that their stacks "
	    "point to is kept up to max_reach",
	    (unsigned long long)done, (unsigned long long)keep->answers.goroutines);
}

gopm_status gopm__keep_variables(struct gopm__keep *keep, struct gopm__context *context)
{
	gopm_goroutine_filter filter = {.struct_size = sizeof filter, .fields = GOPM_FIELD_STACK};
	struct gopm__code_cache code = {0};
	struct pass pass = {.keep = keep, .context = context};
	struct gopm__stack_state stack_state = {
	    .context = context, .rt = keep->rt, .code_cache = &code, .stack = &pass.stack, .roots = &pass.roots};
	struct gopm__query query;

	if (gopm__query_init(&query, &filter) != GOPM_OK) {
		return GOPM_ERR_NO_MEMORY;
	}
	/* Recovered variables must be recovered from the small core too. */
	pass.stack_state = &stack_state;
	for (size_t i = 0; i < keep->rt->core->thread_count && !pass.no_memory; i++) {
		gopm__walk_thread(&pass.stack.walk, keep->rt, &keep->rt->core->threads[i]);
		load_stack_variables(&pass);
	}
	read_all_goroutines(&pass, &query);
	gopm__query_clear(&query);
	gopm__stack_clear(&pass.stack);
	gopm__stack_roots_clear(&pass.roots);
	gopm__arena_free(&pass.arena);
	gopm__code_cache_free(&code);
	return pass.no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK;
}
