/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "hostile/read.h"

#define MAX_TEXT 4096
#define MAX_JSON 65536
#define MAX_VARIABLES 40
#define MAX_FRAMES 12
#define MAX_GLOBALS 1500

/* The mark of a value: why it is unreadable, or that it may be outdated. */
static uint64_t mark_of(const gopm_value_info *info)
{
	if (info->unreadable.size != 0) {
		return hash_str(info->unreadable);
	}
	return info->provenance == GOPM_FROM_STALE ? 1 : info->flags & (GOPM_VALUE_PARTIAL | GOPM_VALUE_DANGLING);
}

/* An unreadable part of a value says so in its text. */
static uint64_t count_unreadable(const char *text, size_t length)
{
	uint64_t count = 0;

	for (const char *at = text; (at = memmem(at, length - (size_t)(at - text), "unreadable", 10)) != NULL; at++) {
		count++;
	}
	return count;
}

static void say_value(struct answers *answers, gopm_value *value, uint64_t *mark)
{
	gopm_value_info info = {.struct_size = sizeof info};
	static char json[MAX_JSON];
	char text[MAX_TEXT];
	size_t length;

	(void)gopm_value_get_info(value, &info);
	*mark = mark_of(&info);
	say_str(answers, info.name);
	say_str(answers, info.type);
	say_str(answers, info.unreadable);
	say(answers, "%u %x %x ", info.kind, info.flags, info.variable_flags);
	if (succeeded(answers, gopm_value_text(value, text, sizeof text, &length))) {
		length = length < sizeof text ? length : sizeof text - 1;
		say_str(answers, (gopm_str){text, length});
		*mark += count_unreadable(text, length) << 32;
	}
	/* The text has a limit of depth that JSON lacks. */
	if (succeeded(answers, gopm_value_json(value, 0, json, sizeof json, &length))) {
		*mark += count_unreadable(json, length < sizeof json ? length : sizeof json - 1) << 32;
	}
	say(answers, " %zu", length);
}

static void read_variables(gopm_stack *stack, const gopm_goroutine *g, size_t number, uint64_t mark,
                           struct answers *answers)
{
	const size_t frames = gopm_stack_size(stack);

	for (size_t i = 0; i < frames && i < MAX_FRAMES; i++) {
		gopm_vars *vars;
		gopm_status status = gopm_frame_vars(stack, i, NULL, &vars, NULL);
		const size_t count = status == GOPM_OK ? gopm_vars_size(vars) : 0;
		for (size_t k = 0; k < count && k < MAX_VARIABLES; k++) {
			gopm_value *value;
			uint64_t own = 0;
			if (succeeded(answers, gopm_vars_value(vars, k, &value))) {
				say_value(answers, value, &own);
				gopm_value_free(value);
			}
			answer(answers, ANSWER_VARIABLES, g->address + i * 64 + k, (uint32_t)number,
			       own != 0 ? own : mark);
		}
		/* If the call fails, it says so for each variable of the frame. */
		for (size_t k = 0; status < 0 && k < MAX_VARIABLES; k++) {
			say(answers, "%d", status);
			answer(answers, ANSWER_VARIABLES, g->address + i * 64 + k, (uint32_t)number, (uint64_t)-status);
		}
		say(answers, "%d %zu", status, count);
		answer(answers, ANSWER_VARIABLES, g->address + i * 64 + 63, (uint32_t)number,
		       status < 0 ? (uint64_t)-status : mark);
		if (status == GOPM_OK) {
			gopm_vars_free(vars);
		}
	}
}

void read_stack(gopm_core *core, const struct questions *questions, size_t number, struct answers *answers)
{
	const gopm_goroutine *g = &questions->chosen[number];
	gopm_stack_options options;
	gopm_stack *stack;
	gopm_frame frames[32];
	uint64_t mark = 0;
	size_t got;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_address = g->address;
	options.max_frames = 300;
	gopm_status status = gopm_stack_open(core, &options, &stack, NULL);
	if (status != GOPM_OK) {
		answer(answers, ANSWER_STACK, g->address, ALWAYS, status < 0 ? (uint64_t)-status : 0);
		return;
	}
	for (size_t first = 0; gopm_stack_frames(stack, first, frames, sizeof frames[0], 32, &got) == GOPM_OK;
	     first += got) {
		for (size_t i = 0; i < got; i++) {
			const gopm_frame *f = &frames[i];
			say(answers, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %x ", f->pc, f->sp, f->cfa, f->flags);
			say_str(answers, f->location.function);
			say_str(answers, f->location.file);
			say(answers, "%u ", f->location.line);
		}
		mark = frames_mark(mark, frames, got);
	}
	const uint32_t end = gopm_stack_end(stack, NULL);
	say(answers, "%u", end);
	answer(answers, ANSWER_STACK, g->address, ALWAYS, mark + end);
	if ((questions->in_scope >> number & 1) != 0) {
		*read_step = STEP_VARIABLES;
		read_variables(stack, g, number, end, answers);
		*read_step = STEP_STACKS;
	}
	gopm_stack_free(stack);
}

void read_globals(gopm_core *core, struct answers *answers)
{
	gopm_vars *vars;

	if (!succeeded(answers, gopm_package_vars(core, "*", NULL, &vars, NULL))) {
		answer(answers, ANSWER_GLOBALS, 0, GLOBALS, 0);
		return;
	}
	const size_t count = gopm_vars_size(vars);
	for (size_t i = 0; i < count && i < MAX_GLOBALS; i++) {
		gopm_value *value;
		gopm_value_info info = {.struct_size = sizeof info};
		if (succeeded(answers, gopm_vars_value(vars, i, &value))) {
			uint64_t mark;
			say_value(answers, value, &mark);
			(void)gopm_value_get_info(value, &info);
			answer(answers, ANSWER_GLOBALS, hash_str(info.name), GLOBALS, mark);
			gopm_value_free(value);
		}
	}
	gopm_vars_free(vars);
}

static void say_type(struct answers *answers, const gopm_type *type, int depth)
{
	gopm_type_info info = {.struct_size = sizeof info};
	gopm_type *other;

	(void)gopm_type_get_info(type, &info);
	say_str(answers, info.name);
	say(answers, "%u %u %x %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %u %u %u\n", info.kind, info.source,
	    info.flags, info.size, info.length, info.field_count, info.method_count, info.align, info.parameter_count,
	    info.result_count);
	for (uint64_t i = 0; i < info.field_count && i < 60; i++) {
		gopm_type_field field;
		other = NULL;
		gopm_status status = gopm_type_get_field(type, i, &field, sizeof field, &other);
		say(answers, "%d ", status);
		if (succeeded(answers, status)) {
			say_str(answers, field.name);
			say(answers, "%" PRIu64 " %" PRIu64 " %x ", field.offset, field.size, field.flags);
			if (depth > 0) {
				say_type(answers, other, depth - 1);
			}
			gopm_type_free(other);
		}
	}
	for (uint64_t i = 0; i < info.method_count && i < 20; i++) {
		gopm_type_method method;
		if (succeeded(answers, gopm_type_get_method(type, i, &method, sizeof method, NULL))) {
			say_str(answers, method.name);
			say_str(answers, method.function);
		}
	}
	if (depth > 0 && succeeded(answers, gopm_type_elem(type, &other))) {
		say_type(answers, other, depth - 1);
		gopm_type_free(other);
	}
	if (depth > 0 && succeeded(answers, gopm_type_key(type, &other))) {
		say_type(answers, other, depth - 1);
		gopm_type_free(other);
	}
}

/* Expressions in package scope. */
static void read_expressions(gopm_core *core, struct answers *answers)
{
	static const char *const expressions[] = {"runtime.allgs[0]",      "len(os.Args)",
	                                          "*runtime.allgs[0].m",   "runtime.buildVersion + \"x\"",
	                                          "runtime.sched.goidgen", "nosuch.name"};

	for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++) {
		gopm_value *value;
		uint64_t mark = 0;
		if (succeeded(answers, gopm_eval(core, NULL, 0, expressions[i], NULL, &value, NULL))) {
			say_value(answers, value, &mark);
			gopm_value_free(value);
		}
		answer(answers, ANSWER_EXPRESSIONS, i, GLOBALS, mark);
	}
}

void read_types(gopm_core *core, const struct questions *questions, struct answers *answers)
{
	static const char *const names[] = {"runtime.g",      "*runtime.m", "runtime.hchan", "runtime.sudog",
	                                    "map[string]int", "[]string",   "error",         "func()",
	                                    "*os.File",       "chan int",   "runtime.mspan", "sync.Mutex"};
	gopm_type *type;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		gopm_status status = gopm_type_by_name(core, names[i], &type, NULL);
		say(answers, "%d ", status);
		if (succeeded(answers, status)) {
			say_type(answers, type, 2);
			gopm_type_free(type);
		}
		answer(answers, ANSWER_TYPES, i, GLOBALS, 0);
	}
	for (size_t i = 0; i < questions->descriptor_count; i++) {
		gopm_status status = gopm_type_by_descriptor(core, questions->descriptors[i], &type, NULL);
		say(answers, "%d ", status);
		if (succeeded(answers, status)) {
			say_type(answers, type, 1);
			gopm_type_free(type);
		}
		answer(answers, ANSWER_TYPES, questions->descriptors[i], GLOBALS, 0);
	}
	read_expressions(core, answers);
}
