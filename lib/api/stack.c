/* SPDX-License-Identifier: Apache-2.0 */
#include "api/stack.h"
#include "api/first_release.h"

#include <inttypes.h>
#include <stdlib.h>

#include "api/sized.h"
#include "query/query.h"
#include "unwind/locate.h"
#include "unwind/native_name.h"
#include "util/allocate.h"

struct gopm_stack {
	gopm_core *core;
	struct gopm__stack stack;
	bool delve;                      /* locations by the rules of Delve */
	struct gopm__stack_roots *roots; /* filled on first use, also by calls on a const stack */
};

void gopm_stack_options_init(gopm_stack_options *options, size_t struct_size)
{
	gopm_stack_options defaults = {0};

	gopm__sized_init(options, struct_size, &defaults, sizeof defaults);
}

const struct gopm__frame *gopm__stack_frame(const gopm_stack *stack, size_t index)
{
	return index < gopm_stack_size(stack) ? &stack->stack.frames[stack->stack.hidden + index] : NULL;
}

size_t gopm__stack_index(const gopm_stack *stack, size_t index)
{
	return stack != NULL ? stack->stack.hidden + index : index;
}

struct gopm__stack_roots *gopm__stack_roots_of(const gopm_stack *stack)
{
	return stack->roots;
}

const struct gopm__stack *gopm__stack_frames(const gopm_stack *stack)
{
	return &stack->stack;
}

gopm_core *gopm__stack_core(const gopm_stack *stack)
{
	return stack->core;
}

void gopm_stack_free(gopm_stack *stack)
{
	if (stack != NULL) {
		gopm__stack_roots_clear(stack->roots);
		free(stack->roots);
		gopm__stack_clear(&stack->stack);
		gopm__core_release(stack->core);
		free(stack);
	}
}

static const struct gopm__native_call *native_call(const struct gopm__frame *frame)
{
	return &frame->native->calls[frame->native->count - 1 - frame->inline_depth];
}

static gopm_location location_of(const gopm_stack *stack, const struct gopm__frame *frame)
{
	if (frame->native != NULL) {
		const struct gopm__native_call *call = native_call(frame);
		return (gopm_location){
		    .pc = frame->pc,
		    .entry = frame->native->entry,
		    .function = call->function,
		    .file = call->file,
		    .line = call->line,
		    .flags = frame->inline_depth != 0 ? GOPM_LOCATION_INLINED : 0,
		};
	}
	if (frame->call == NULL) {
		return (gopm_location){.pc = frame->pc};
	}
	gopm_location location = gopm__location(frame->info, frame->call, frame->pc);
	if (stack->delve && frame->call == &frame->info->calls[0]) {
		const struct gopm__call *line = gopm__delve_line(frame->info);
		location.file = line->file;
		location.line = line->line;
	}
	location.function = stack->delve ? frame->call->symbol : location.function;
	return location;
}

static gopm_status start_walk(gopm_stack *stack, const gopm_stack_options *o)
{
	const struct gopm__runtime *rt = &stack->core->program->runtime;
	struct gopm__reader reader = gopm__reader(&stack->core->program->file.memory);
	uint64_t address = o->goroutine_address;
	struct gopm__g g;

	stack->delve = false;
	if (o->thread_id != 0) {
		for (size_t i = 0; i < stack->core->program->file.thread_count; i++) {
			if (stack->core->program->file.threads[i].id == o->thread_id) {
				gopm__walk_thread_joined(&stack->stack.walk, rt, &stack->core->program->native,
				                         &stack->core->program->file.threads[i]);
				return GOPM_OK;
			}
		}
		return GOPM_NOT_FOUND;
	}
	if (address == 0) {
		address = gopm__goroutine_address(rt, &reader, o->goroutine_id);
	}
	if (address == 0) {
		return GOPM_NOT_FOUND;
	}
	if (!gopm__g_read(rt, &reader, address, &g)) {
		return GOPM_NOT_FOUND;
	}
	bool user_only = (o->flags & GOPM_STACK_USER_ONLY) != 0;
	stack->delve = (o->flags & GOPM_STACK_DELVE) != 0;
	if (stack->delve) {
		gopm__walk_delve(&stack->stack.walk, rt, &g, user_only, NULL);
	} else if (user_only) {
		gopm__walk_goroutine(&stack->stack.walk, rt, &g, true, NULL);
	} else {
		gopm__walk_joined(&stack->stack.walk, rt, &stack->core->program->native, &g);
	}
	return GOPM_OK;
}

static gopm_status collect_frames(gopm_stack *stack, const gopm_stack_options *o, gopm_error **err)
{
	const struct gopm__stack *frames = &stack->stack;
	struct gopm__program *program = stack->core->program;
	const struct gopm__stack_window window = {
	    .first = o->first_frame,
	    .count = o->outer_frames != 0 ? o->outer_frames
	             : o->max_frames != 0 ? o->max_frames
	                                  : program->max_frames,
	    .outer = o->outer_frames != 0,
	};

	if (gopm__stack_collect_window(&stack->stack, &window) != GOPM_OK) {
		return gopm__fail_memory(err);
	}
	if (frames->end == GOPM_STACK_END_LIMIT && o->max_frames == 0) {
		gopm__finding_add(&program->findings, GOPM_FINDING_LIMIT, GOPM__AT_ADDRESS(frames->end_address),
		                  "stack has more than %" PRIu32 " frames (max_frames); its outer end is left out",
		                  program->max_frames);
	}
	gopm__walk_report(&frames->walk);
	return GOPM_OK;
}

gopm_status gopm_stack_reopen(gopm_stack *stack, const gopm_stack_options *options, gopm_error **err)
{
	gopm_stack_options o = {0};

	if (err != NULL) {
		*err = NULL;
	}
	if (stack == NULL || options == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "stack and options must not be NULL");
	}
	stack->stack.count = stack->stack.hidden = 0;
	gopm__stack_roots_clear(stack->roots);
	gopm_status status = gopm__options_in(&o, sizeof o, options, offsetof(gopm_stack_options, goroutine_id),
	                                      "gopm_stack_options", err);
	if (status != GOPM_OK) {
		return status;
	}
	if ((o.flags & ~(GOPM_STACK_USER_ONLY | GOPM_STACK_DELVE)) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE,
		                  "gopm_stack_options.flags has unknown bits 0x%x; use GOPM_STACK_USER_ONLY and _DELVE",
		                  (unsigned)(o.flags & ~(GOPM_STACK_USER_ONLY | GOPM_STACK_DELVE)));
	}
	if ((o.goroutine_id != 0) + (o.goroutine_address != 0) + (o.thread_id != 0) != 1) {
		return gopm__fail(
		    err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		    "gopm_stack_options: set exactly one of goroutine_id, goroutine_address and thread_id");
	}
	if (o.outer_frames != 0 && (o.max_frames != 0 || o.first_frame != 0)) {
		return gopm__fail(
		    err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		    "gopm_stack_options: outer_frames excludes max_frames and first_frame; set only one end");
	}
	const uint64_t begun = gopm__call_begin();
	status = start_walk(stack, &o);
	if (status == GOPM_OK) {
		status = collect_frames(stack, &o, err);
	}
	status = gopm__read_status(stack->core, gopm__call_result(begun, status, err), err);
	if (status != GOPM_OK) {
		stack->stack.count = 0;
	}
	return status;
}

gopm_status gopm_stack_open(gopm_core *core, const gopm_stack_options *options, gopm_stack **out, gopm_error **err)
{
	if (err != NULL) {
		*err = NULL;
	}
	if (core == NULL || options == NULL || out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "core, options and out must not be NULL");
	}
	*out = NULL;
	gopm_status bare = gopm__bare_status(core->program, err);
	if (bare != GOPM_OK) {
		return bare;
	}
	gopm_stack *stack = gopm__calloc(1, sizeof *stack);
	struct gopm__stack_roots *roots = gopm__calloc(1, sizeof *roots);
	if (stack == NULL || roots == NULL) {
		free(stack);
		free(roots);
		return gopm__fail_memory(err);
	}
	stack->roots = roots;
	stack->core = core;
	gopm__core_retain(core);
	gopm_status status = gopm_stack_reopen(stack, options, err);
	if (status != GOPM_OK) {
		gopm_stack_free(stack);
		return status;
	}
	*out = stack;
	return GOPM_OK;
}

size_t gopm_stack_size(const gopm_stack *stack)
{
	return stack != NULL ? stack->stack.count - stack->stack.hidden : 0;
}

uint64_t gopm_stack_first(const gopm_stack *stack)
{
	return stack != NULL ? stack->stack.base + stack->stack.hidden : 0;
}

uint64_t gopm_stack_depth(const gopm_stack *stack)
{
	return stack != NULL ? stack->stack.depth : 0;
}

gopm_status gopm_stack_frames(const gopm_stack *stack, size_t first, gopm_frame *records, size_t stride,
                              size_t capacity, size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (stack == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_FRAME) {
		return GOPM_ERR_ARGUMENT;
	}
	const struct gopm__frame *frame;
	for (; *got < capacity && (frame = gopm__stack_frame(stack, first)) != NULL; first++) {
		gopm_frame record = {
		    .location = location_of(stack, frame),
		    .pc = frame->pc,
		    .sp = frame->sp,
		    .cfa = frame->cfa,
		    .flags = frame->flags,
		    .language = frame->native != NULL ? frame->native->language
		                : frame->call != NULL ? GOPM_LANGUAGE_GO
		                                      : GOPM_LANGUAGE_UNKNOWN,
		};
		if (frame->native != NULL) {
			const struct gopm__mapped_module *module = frame->native->module;
			record.symbol = native_call(frame)->symbol;
			record.object = module != NULL ? module->path : (gopm_str){NULL, 0};
			record.object_offset = gopm__native_file_address(frame->native, frame->pc);
		}
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
	}
	return *got != 0 ? GOPM_OK : GOPM_DONE;
}

uint32_t gopm_stack_end(const gopm_stack *stack, uint64_t *end_address)
{
	if (end_address != NULL) {
		*end_address = stack != NULL ? stack->stack.end_address : 0;
	}
	return stack != NULL ? stack->stack.end : GOPM_STACK_END_NO_STACK;
}
