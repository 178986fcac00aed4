/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/traceback.h>

#include "api/handle.h"
#include "api/sized.h"
#include "export/traceback.h"
#include "runtime/panic.h"

/* Text is handed out in pieces of at least this size. */
#define PIECE ((size_t)64 * 1024)

void gopm_traceback_options_init(gopm_traceback_options *options, size_t struct_size)
{
	gopm_traceback_options defaults = {0};

	gopm__sized_init(options, struct_size, &defaults, sizeof defaults);
}

struct writer {
	gopm_core *core;
	struct gopm__text text;
	gopm_write_fn write;
	void *user_data;
	uint32_t level;
	bool frames_only;
	uint64_t blocks, budget;
};

static gopm_status flush(struct writer *w, size_t least)
{
	if (w->text.failed) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (w->text.size < least || w->text.size == 0) {
		return GOPM_OK;
	}
	int32_t stop = w->write(w->user_data, w->text.data, w->text.size);
	gopm__text_clear(&w->text);
	return stop != 0 ? GOPM_DONE : GOPM_OK;
}

static gopm_status print_one(struct writer *w, const struct gopm__g *g)
{
	if (w->blocks++ != 0) {
		gopm__text_str(&w->text, "\n");
	}
	gopm__traceback_goroutine(&w->core->runtime, g, w->level, w->frames_only, &w->budget, &w->text);
	return flush(w, PIECE);
}

/* What the process died of, as the runtime says it before its goroutines. */
static void print_death(struct writer *w, struct gopm__reader *reader)
{
	const struct gopm__death *death = &w->core->death;
	struct gopm__runtime *rt = &w->core->runtime;
	struct gopm__g g;
	bool known = death->g != 0 && gopm__g_read(rt, reader, death->g, &g);

	if (death->kind == GOPM_DEATH_FATAL && death->text.size != 0) {
		gopm__text_str(&w->text, "fatal error: ");
		gopm__text_add(&w->text, death->text.data, death->text.size);
		gopm__text_str(&w->text, "\n");
	} else if (death->kind == GOPM_DEATH_PANIC && known) {
		gopm__panic_chain(rt, reader, &g, &w->text);
	} else {
		return;
	}
	if (known) {
		gopm__panic_signal(rt, reader, &g, &w->text);
	}
	gopm__text_str(&w->text, "\n");
}

/* The g that comes first: the one asked for, the one the process died of, and for level single else one that runs. */
static uint64_t find_first(const struct writer *w, struct gopm__reader *reader, uint64_t id)
{
	const struct gopm__runtime *rt = &w->core->runtime;
	uint64_t running = 0;
	struct gopm__g g;

	if (id == 0 && w->core->death.g != 0) {
		return w->core->death.g;
	}
	if (id == 0 && w->level != GOPM_TRACEBACK_SINGLE) {
		return 0;
	}
	for (uint64_t i = 0; i < rt->g_count; i++) {
		uint64_t address = gopm__runtime_g_at(rt, reader, i);
		if (address == 0 || !gopm__g_read(rt, reader, address, &g) || gopm__g_is_dead(&g)) {
			continue;
		}
		if (id != 0 && g.id == id) {
			return address;
		}
		if (running == 0 && g.status == GOPM_G_RUNNING) {
			running = address;
		}
	}
	return id == 0 ? running : 0;
}

static gopm_status print_all(struct writer *w, uint64_t id)
{
	const struct gopm__runtime *rt = &w->core->runtime;
	struct gopm__reader reader = gopm__reader(&w->core->file.memory);
	bool one = id != 0 || w->level == GOPM_TRACEBACK_SINGLE;
	uint64_t first = find_first(w, &reader, id);
	gopm_status status = GOPM_OK;
	struct gopm__g g;

	if (id == 0) {
		print_death(w, &reader);
	}
	if (first != 0 && gopm__g_read(rt, &reader, first, &g)) {
		status = print_one(w, &g);
	}
	for (uint64_t i = 0; !one && i < rt->g_count && status == GOPM_OK; i++) {
		uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		if (address != 0 && address != first && gopm__g_read(rt, &reader, address, &g) &&
		    gopm__traceback_shows(rt, &g, w->level)) {
			status = print_one(w, &g);
		}
	}
	return status == GOPM_OK ? flush(w, 0) : status;
}

gopm_status gopm_traceback(gopm_core *core, const gopm_traceback_options *options, gopm_write_fn write, void *user_data,
                           gopm_error **err)
{
	gopm_traceback_options o = {0};

	if (err != NULL) {
		*err = NULL;
	}
	if (core == NULL || write == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "core and write may not be NULL");
	}
	if (options != NULL) {
		gopm_status status =
		    gopm__sized_in(&o, sizeof o, options, offsetof(gopm_traceback_options, goroutine_id));
		if (status != GOPM_OK) {
			return gopm__fail(err, status, GOPM__NOWHERE,
			                  "gopm_traceback_options.struct_size, or a field this library does not know");
		}
	}
	if (o.level > GOPM_TRACEBACK_SINGLE || (o.flags & ~GOPM_TRACEBACK_FRAMES_ONLY) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE, "unknown traceback level %u or flags 0x%x",
		                  (unsigned)o.level, (unsigned)o.flags);
	}
	struct writer w = {.core = core,
	                   .budget = gopm__walk_budget(&core->runtime),
	                   .write = write,
	                   .user_data = user_data,
	                   .level = o.level,
	                   .frames_only = (o.flags & GOPM_TRACEBACK_FRAMES_ONLY) != 0};
	gopm_status status = print_all(&w, o.goroutine_id);
	gopm__text_free(&w.text);
	if (status == GOPM_ERR_NO_MEMORY) {
		return gopm__fail_memory(err);
	}
	if (status == GOPM_OK && w.blocks == 0 && (o.goroutine_id != 0 || o.level == GOPM_TRACEBACK_SINGLE)) {
		return GOPM_NOT_FOUND;
	}
	return status;
}
