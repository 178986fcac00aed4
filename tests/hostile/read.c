/* SPDX-License-Identifier: Apache-2.0 */
#include "hostile/read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hostile/files.h"

volatile uint32_t *read_step;

const char *read_step_name(uint32_t step)
{
	static const char *const names[] = {"open",      "info",  "list", "groups", "tracebacks", "stacks",
	                                    "variables", "types", "heap", "why",    "close"};
	return step < sizeof names / sizeof names[0] ? names[step] : "?";
}

static size_t list_goroutines(gopm_core *core, gopm_goroutine *records, gopm_status *status)
{
	gopm_goroutine_iter *it;
	size_t count = 0, got = 0;

	*status = gopm_goroutine_iter_open(core, NULL, &it, NULL);
	if (*status != GOPM_OK) {
		return 0;
	}
	while (*status == GOPM_OK && count < MAX_RECORDS) {
		*status = gopm_goroutine_iter_next(it, records + count, sizeof *records, MAX_RECORDS - count, &got);
		count += got;
	}
	gopm_goroutine_iter_free(it);
	return count;
}

static gopm_goroutine *record_buffer(void)
{
	static gopm_goroutine *records;

	if (records == NULL) {
		records = calloc(MAX_RECORDS, sizeof *records);
		require(records != NULL, "memory");
	}
	return records;
}

void questions_choose(struct questions *questions, gopm_core *core)
{
	gopm_goroutine *records = record_buffer();
	gopm_status status;
	const size_t count = list_goroutines(core, records, &status);
	const size_t wanted = count < MAX_CHOSEN ? count : MAX_CHOSEN;

	for (size_t i = 0; i < wanted; i++) {
		questions->chosen[i] = records[i * count / wanted];
	}
	questions->chosen_count = wanted;
	for (size_t i = 0; i < wanted; i++) {
		const uint64_t pc = questions->chosen[i].user.pc;
		if (pc != 0) {
			questions->pcs[questions->pc_count++] = pc - 1;
		}
	}
	gopm_thread_iter *it;
	gopm_thread thread;
	size_t got;
	if (gopm_thread_iter_open(core, &it, NULL) == GOPM_OK) {
		while (questions->m_count < MAX_THREADS &&
		       gopm_thread_iter_next(it, &thread, sizeof thread, 1, &got) == GOPM_OK) {
			questions->ms[questions->m_count++] = thread.m;
		}
		gopm_thread_iter_free(it);
	}
}

static void read_info(gopm_core *core, struct answers *answers)
{
	gopm_core_info info = {.struct_size = sizeof info};
	const uint32_t damage = GOPM_CORE_PARTIAL | GOPM_CORE_TRUNCATED | GOPM_CORE_EXE_MISMATCH;

	(void)gopm_core_get_info(core, &info);
	say(answers,
	    "flags %x pid %u threads %" PRIu64 " slots %" PRIu64 " bias %" PRIx64 " memory %" PRIu64
	    " death %u signal %d %d thread %u goroutine %" PRIu64 " fault %" PRIx64 " ",
	    info.flags, info.pid, info.thread_count, info.goroutine_slots, info.exe_bias, info.memory_size, info.death,
	    info.signal, info.signal_code, info.death_thread, info.death_goroutine, info.fault_address);
	say_str(answers, info.core_build_id);
	say_str(answers, info.exe_build_id);
	say_str(answers, info.go_version);
	say_str(answers, info.machine);
	say_str(answers, info.command_line);
	say_str(answers, info.death_text);
	say_str(answers, info.backlog);
	answer(answers, ANSWER_INFO, NO_SUBJECT, ALWAYS, info.flags & damage);
	/* 0: unknown. */
	say(answers, "now %" PRId64, info.now);
	answer(answers, ANSWER_TIME, NO_SUBJECT, ALWAYS, info.now == 0);
}

static void say_location(struct answers *answers, const gopm_location *l)
{
	say(answers, "%" PRIx64 " %" PRIx64 " %u %x ", l->pc, l->entry, l->line, l->flags);
	say_str(answers, l->function);
	say_str(answers, l->file);
}

static void read_mappings(gopm_core *core, struct answers *answers)
{
	gopm_mapping_iter *it;
	gopm_mapping m;
	size_t got;

	const bool opened = succeeded(answers, gopm_mapping_iter_open(core, &it, NULL));
	while (opened && succeeded(answers, gopm_mapping_iter_next(it, &m, sizeof m, 1, &got))) {
		say(answers, "%" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIx64 " %" PRIx64 " %x ", m.address, m.size,
		    m.size_in_core, m.core_offset, m.file_offset, m.flags);
		say_str(answers, m.path);
	}
	gopm_mapping_iter_free(it);
	answer(answers, ANSWER_MAPPINGS, NO_SUBJECT, ALWAYS, 0);
}

static void read_threads(gopm_core *core, struct answers *answers)
{
	gopm_thread_iter *it;
	gopm_thread t;
	size_t got, count;

	const bool opened = succeeded(answers, gopm_thread_iter_open(core, &it, NULL));
	for (int i = 0; opened && i < 64 && succeeded(answers, gopm_thread_iter_next(it, &t, sizeof t, 1, &got)); i++) {
		gopm_register registers[64];
		say(answers, "%" PRIu64 " signal %d m %" PRIx64 " %" PRIu64 " goroutine %" PRIu64 " %" PRIx64 " ", t.id,
		    t.signal, t.m, t.m_id, t.goroutine, t.goroutine_address);
		say_location(answers, &t.location);
		if (succeeded(answers, gopm_thread_registers(core, t.id, registers, sizeof registers[0], 64, &count))) {
			for (size_t k = 0; k < count && k < 64; k++) {
				say(answers, "%" PRIx64 " ", registers[k].value);
			}
		}
	}
	gopm_thread_iter_free(it);
	answer(answers, ANSWER_THREADS, NO_SUBJECT, ALWAYS, 0);
}

static void say_wait(struct answers *answers, const gopm_wait *w)
{
	say(answers, "%u %x %" PRIx64 " %" PRIu64 "/%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 " %d ", w->kind,
	    w->flags, w->object, w->length, w->capacity, w->senders, w->receivers, w->deadline, w->fd);
	say_str(answers, w->type);
}

static void read_waits(gopm_core *core, const gopm_goroutine *g, uint64_t mark, struct answers *answers)
{
	gopm_wait waits[16];
	gopm_label labels[16];
	size_t count;

	say(answers, "%u ", g->wait_count);
	say_wait(answers, &g->wait);
	bool ok = succeeded(answers, gopm_goroutine_waits(core, g->address, waits, sizeof waits[0], 16, &count));
	for (size_t i = 0; ok && i < count && i < 16; i++) {
		say_wait(answers, &waits[i]);
		mark |= waits[i].flags & GOPM_WAIT_FLAG_UNREADABLE;
	}
	say(answers, "%d", ok);
	answer(answers, ANSWER_WAIT, g->address, ALWAYS, mark | (g->wait.flags & GOPM_WAIT_FLAG_UNREADABLE));
	say(answers, "%u ", g->label_count);
	ok = succeeded(answers, gopm_goroutine_labels(core, g->address, labels, sizeof labels[0], 16, &count));
	for (size_t i = 0; ok && i < count && i < 16; i++) {
		say_str(answers, labels[i].key);
		say_str(answers, labels[i].value);
	}
	answer(answers, ANSWER_LABELS, g->address, ALWAYS, mark);
}

static void read_record(gopm_core *core, const gopm_goroutine *g, struct answers *answers)
{
	const uint64_t mark = g->flags & GOPM_G_FLAG_PARTIAL, a = g->address;

	say(answers, "%" PRIu64, g->id);
	answer(answers, ANSWER_ID, a, ALWAYS, mark);
	say(answers, "%u %u %x ", g->status, g->raw_status, g->flags & ~GOPM_G_FLAG_PARTIAL);
	say_str(answers, g->status_name);
	answer(answers, ANSWER_STATUS, a, ALWAYS, mark);
	say(answers, "%u ", g->raw_wait_reason);
	say_str(answers, g->wait_reason);
	answer(answers, ANSWER_REASON, a, ALWAYS, mark);
	say(answers, "%" PRId64 " %" PRId64, g->wait_since, g->wait_time);
	answer(answers, ANSWER_TIME, a, ALWAYS, mark);
	say(answers, "%" PRIu64, g->parent_id);
	answer(answers, ANSWER_PARENT, a, ALWAYS, mark);
	say(answers, "%" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64, g->m, g->m_id, g->thread_id, g->locked_thread_id);
	answer(answers, ANSWER_THREAD, a, ALWAYS, mark);
	say(answers, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64, g->pc, g->sp, g->stack_lo, g->stack_hi);
	answer(answers, ANSWER_REGISTERS, a, ALWAYS, mark);
	say_location(answers, &g->current);
	answer(answers, ANSWER_CURRENT, a, ALWAYS, mark);
	say_location(answers, &g->user);
	answer(answers, ANSWER_USER, a, ALWAYS, mark);
	say_location(answers, &g->go_statement);
	answer(answers, ANSWER_GO, a, ALWAYS, mark);
	say_location(answers, &g->start);
	answer(answers, ANSWER_START, a, ALWAYS, mark);
	read_waits(core, g, mark, answers);
}

static void read_groups(gopm_core *core, uint64_t mark, struct answers *answers)
{
	gopm_goroutine_filter filter;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.flags = GOPM_FILTER_ONE_THREAD;
	for (uint32_t by = GOPM_GROUP_USER; by <= GOPM_GROUP_STACK; by++) {
		gopm_group_iter *it;
		gopm_group group;
		size_t got;
		gopm_status status =
		    gopm_group_iter_open(core, by, by == GOPM_GROUP_LABEL ? "k" : NULL, &filter, &it, NULL);
		uint64_t unreadable = 0;
		if (succeeded(answers, status)) {
			while (succeeded(answers, gopm_group_iter_next(it, &group, sizeof group, 1, &got))) {
				unreadable +=
				    (group.object.flags & GOPM_WAIT_FLAG_UNREADABLE) != 0 ? group.count << 32 : 0;
				say(answers, "%" PRIu64 " %" PRIu64 " %x ", group.count, group.example_id,
				    group.object.flags);
				say_location(answers, &group.location);
				say_str(answers, group.key);
			}
			gopm_group_iter_free(it);
		}
		answer(answers, ANSWER_GROUPS, by, ALWAYS, mark + unreadable);
	}
}

static int32_t collect_text(void *user_data, const char *data, size_t size)
{
	say_str(user_data, (gopm_str){data, size});
	return 0;
}

/* Splits a traceback: header and "created by", frames, and the arguments between the last parentheses of each call. */
static void read_trace(gopm_core *core, const gopm_goroutine *g, uint64_t mark, struct answers *answers)
{
	static const enum answer_kind trace_kinds[] = {ANSWER_HEADER, ANSWER_TRACE, ANSWER_ARGUMENTS};
	static struct answers pieces; /* a text buffer */
	gopm_traceback_options options;

	gopm_traceback_options_init(&options, sizeof options);
	options.level = GOPM_TRACEBACK_SYSTEM;
	options.goroutine_id = g->id;
	pieces.size = 0;
	if (g->id == 0 || !succeeded(answers, gopm_traceback(core, &options, collect_text, &pieces, NULL))) {
		for (int part = 0; part < 3; part++) {
			const gopm_status failure = answers->failure;
			answer(answers, trace_kinds[part], g->address, ALWAYS, mark);
			answers->failure = part < 2 ? failure : GOPM_OK;
		}
		return;
	}
	say(&pieces, "\n");
	for (int part = 0; part < 3; part++) {
		for (char *line = pieces.text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			char *open = memrchr(line, '(', (size_t)(end - line));
			const bool header =
			    strncmp(line, "goroutine ", 10) == 0 || strncmp(line, "created by", 10) == 0;
			const bool call = !header && open != NULL && line[0] != '\t' && line[0] != ' ';
			const size_t size = (size_t)(end - line), frame = call ? (size_t)(open - line) : size;
			if (part == 0 && header) {
				say_str(answers, (gopm_str){line, size});
			} else if (part == 1 && !header) {
				say_str(answers, (gopm_str){line, frame});
			} else if (part == 2 && call) {
				say_str(answers, (gopm_str){open, size - frame});
			}
		}
		answer(answers, trace_kinds[part], g->address, ALWAYS, mark);
	}
}

static gopm_status read_list(gopm_core *core, const struct questions *questions, struct answers *answers)
{
	gopm_goroutine *records = record_buffer();
	gopm_status status;
	const size_t count = list_goroutines(core, records, &status);
	uint64_t partial = 0;

	if (status < 0) {
		return status;
	}
	for (size_t i = 0; i < count; i++) {
		say(answers, "%" PRIx64 " ", records[i].address);
		partial += records[i].flags & GOPM_G_FLAG_PARTIAL;
	}
	answer(answers, ANSWER_LIST, NO_SUBJECT, ALWAYS, 0);
	for (size_t i = 0; i < count; i++) {
		read_record(core, &records[i], answers);
	}
	*read_step = STEP_GROUPS;
	read_groups(core, partial, answers);
	*read_step = STEP_TRACES;
	for (size_t i = 0, k = 0; i < count; i++) {
		/* The chosen ones are in the order of the list, unless it is damaged. */
		for (size_t n = 0; n < questions->chosen_count; n++, k = (k + 1) % questions->chosen_count) {
			if (questions->chosen[k].address == records[i].address) {
				read_trace(core, &records[i], records[i].flags & GOPM_G_FLAG_PARTIAL, answers);
				break;
			}
		}
	}
	return GOPM_OK;
}

static void read_symbols(gopm_core *core, const struct questions *questions, struct answers *answers)
{
	for (size_t i = 0; i < questions->pc_count; i++) {
		gopm_location locations[8];
		size_t count;
		bool ok = succeeded(answers,
		                    gopm_symbolize(core, questions->pcs[i], locations, sizeof locations[0], 8, &count));
		for (size_t k = 0; ok && k < count && k < 8; k++) {
			say_location(answers, &locations[k]);
		}
		answer(answers, ANSWER_SYMBOLS, questions->pcs[i], ALWAYS, 0);
	}
}

static void say_sample(struct answers *answers, gopm_profile *profile, uint64_t index)
{
	gopm_profile_sample sample;
	gopm_location frames[32];
	gopm_label labels[8];
	size_t got, count;

	if (!succeeded(answers, gopm_profile_samples(profile, index, &sample, sizeof sample, 1, &got))) {
		return;
	}
	for (unsigned i = 0; i < GOPM_PROFILE_VALUES; i++) {
		say(answers, "%" PRId64 " %" PRId64 " ", sample.values[i], sample.pending[i]);
	}
	say(answers, "%" PRIu64 " %" PRIu64 " ", sample.object_size, sample.pc_count);
	if (succeeded(answers, gopm_profile_frames(profile, index, frames, sizeof frames[0], 32, &count))) {
		for (size_t i = 0; i < count && i < 32; i++) {
			say_location(answers, &frames[i]);
		}
	}
	if (succeeded(answers, gopm_profile_labels(profile, index, labels, sizeof labels[0], 8, &count))) {
		for (size_t i = 0; i < count && i < 8; i++) {
			say_str(answers, labels[i].key);
			say_str(answers, labels[i].value);
		}
	}
}

static int32_t drop_file(void *user_data, const char *data, size_t size)
{
	(void)data;
	*(uint64_t *)user_data += size;
	return 0;
}

static void read_profiles(gopm_core *core, struct answers *answers)
{
	gopm_profile_options options;

	gopm_profile_options_init(&options, sizeof options);
	for (options.kind = GOPM_PROFILE_HEAP; options.kind <= GOPM_PROFILE_GOROUTINE; options.kind++) {
		gopm_profile_info info = {.struct_size = sizeof info};
		gopm_profile *profile = NULL;
		uint64_t written = 0;
		const gopm_profile_target target = {
		    .struct_size = sizeof target, .write = drop_file, .user_data = &written};
		if (succeeded(answers, gopm_profile_open(core, &options, &profile, NULL)) &&
		    succeeded(answers, gopm_profile_get_info(profile, &info))) {
			say(answers, "%x %" PRId64 " ", info.flags, info.rate);
			for (uint64_t i = 0; i < info.sample_count && i < 1000; i++) {
				say_sample(answers, profile, i);
			}
			(void)succeeded(answers, gopm_profile_write(profile, &target, NULL));
		}
		gopm_profile_free(profile);
		answer(answers, ANSWER_PROFILES, options.kind, ALWAYS, 0);
	}
}

uint64_t frames_mark(uint64_t mark, const gopm_frame *frames, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint32_t said = frames[i].flags & (GOPM_FRAME_GUESSED | GOPM_FRAME_AFTER_GAP);
		const uint64_t at[] = {said, frames[i].pc, i != 0 ? frames[i - 1].pc : 0};
		mark = said != 0 ? hash_bytes(mark, at, sizeof at) | 64 : mark;
	}
	return mark;
}

static void read_modules(gopm_core *core, struct answers *answers)
{
	gopm_module_iter *it;
	gopm_module m;
	uint64_t unknown = 0;
	size_t got;

	const bool opened = succeeded(answers, gopm_module_iter_open(core, &it, NULL));
	while (opened && succeeded(answers, gopm_module_iter_next(it, &m, sizeof m, 1, &got))) {
		say(answers, "%" PRIx64 " %" PRIx64 " %x %u ", m.address, m.size, m.flags, m.source);
		say_str(answers, m.path);
		say_str(answers, m.build_id);
		unknown += (m.build_id.size == 0 ? 1u : 0u) + (m.source >= GOPM_MODULE_SOURCE_MISSING ? 256u : 0u);
	}
	gopm_module_iter_free(it);
	answer(answers, ANSWER_MODULES, NO_SUBJECT, NATIVE, unknown);
}

static void read_calls(gopm_core *core, struct answers *answers)
{
	gopm_thread_iter *it;
	gopm_thread t;
	gopm_frame frames[64];
	size_t got, count;

	const bool opened = succeeded(answers, gopm_thread_iter_open(core, &it, NULL));
	while (opened && succeeded(answers, gopm_thread_iter_next(it, &t, sizeof t, 1, &got))) {
		gopm_stack_options options;
		gopm_stack *stack;
		uint64_t mark = 0;
		gopm_stack_options_init(&options, sizeof options);
		options.thread_id = t.id;
		options.max_frames = 200;
		if (!succeeded(answers, gopm_stack_open(core, &options, &stack, NULL))) {
			answer(answers, ANSWER_CALLS, t.id, NATIVE, 0);
			continue;
		}
		for (size_t first = 0; gopm_stack_frames(stack, first, frames, sizeof frames[0], 64, &count) == GOPM_OK;
		     first += count) {
			for (size_t i = 0; i < count; i++) {
				const gopm_frame *f = &frames[i];
				say(answers, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %x %u ", f->pc, f->sp, f->cfa,
				    f->flags, f->language);
				say_str(answers, f->location.function);
				say_str(answers, f->symbol);
				say_str(answers, f->object);
			}
			mark = frames_mark(mark, frames, count);
		}
		answer(answers, ANSWER_CALLS, t.id, NATIVE, mark + gopm_stack_end(stack, NULL));
		gopm_stack_free(stack);
	}
	gopm_thread_iter_free(it);
}

gopm_status read_answers(gopm_core *core, const struct questions *questions, struct answers *answers)
{
	*read_step = STEP_INFO;
	read_info(core, answers);
	read_mappings(core, answers);
	read_lists(core);
	read_threads(core, answers);
	*read_step = STEP_LIST;
	gopm_status status = read_list(core, questions, answers);
	if (status != GOPM_OK) {
		return status;
	}
	*read_step = STEP_STACKS;
	for (size_t i = 0; i < questions->chosen_count; i++) {
		read_stack(core, questions, i, answers);
	}
	if (questions->native) {
		read_modules(core, answers);
		read_calls(core, answers);
	}
	*read_step = STEP_TYPES;
	read_symbols(core, questions, answers);
	read_profiles(core, answers);
	if (questions->globals) {
		read_types(core, questions, answers);
		read_globals(core, answers);
	}
	read_json(core, questions);
	return GOPM_OK;
}
