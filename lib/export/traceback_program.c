/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the cause of death, the goroutine that died or was asked for, and the others in the order of allgs. */
#include "export/traceback_program.h"

#include "export/traceback.h"
#include "export/traceback_death.h"
#include "query/query.h"
#include "util/escape.h"

/* Text is written in pieces of at least this many bytes. */
#define PIECE ((size_t)64 * 1024)

struct traceback {
	struct gopm__program *program;
	const struct gopm__traceback_request *request;
	struct gopm__text text;
	uint64_t blocks; /* goroutines and system stacks printed */
	uint64_t budget; /* frames that may still be walked */
};

/* Writes the text if it has at least `least` bytes. */
static gopm_status flush_text(struct traceback *t, size_t least)
{
	if (t->text.failed) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (t->text.size < least || t->text.size == 0) {
		return GOPM_OK;
	}
	/* Texts of the program may have several lines. The names in them are escaped already. */
	gopm__text_escape_all(&t->text, GOPM_ESCAPE_LINES);
	if (t->text.failed) {
		return GOPM_ERR_NO_MEMORY;
	}
	int32_t stop = t->request->write(t->request->user_data, t->text.data, t->text.size);
	gopm__text_clear(&t->text);
	return stop != 0 ? GOPM_DONE : GOPM_OK;
}

/* Separates blocks by an empty line. */
static void begin_block(struct traceback *t)
{
	if (t->blocks++ != 0) {
		gopm__text_str(&t->text, "\n");
	}
}

static gopm_status print_goroutine(struct traceback *t, const struct gopm__g *g)
{
	const struct gopm__death *death = &t->program->death;
	bool died = death->start_sp != 0 && g->address == death->g;
	/* In a system call the runtime starts at the registers that were saved for it. */
	bool saved = died && (death->on_system_stack || g->status == GOPM_G_SYSCALL);
	const struct gopm__trace trace = {
	    .rt = &t->program->runtime,
	    .g = g,
	    .level = t->request->level,
	    .frames_only = t->request->frames_only,
	    .budget = &t->budget,
	    .native = t->request->native ? &t->program->native : NULL,
	    .death = died && !saved ? death : NULL,
	    .saved = saved,
	};

	begin_block(t);
	gopm__traceback_goroutine(&trace, &t->text);
	return flush_text(t, PIECE);
}

/* If the thread died on its system stack: that stack, as "runtime stack:" or goroutine 0. */
static void print_system_stack(struct traceback *t, struct gopm__reader *reader)
{
	const struct gopm__death *death = &t->program->death;
	struct gopm__g g;
	const struct gopm__trace trace = {
	    .rt = &t->program->runtime,
	    .g = &g,
	    .level = t->request->level,
	    .budget = &t->budget,
	    .death = death,
	};

	if (t->request->level != GOPM_TRACEBACK_SYSTEM || !death->on_system_stack || death->in_cgo || death->gp == 0 ||
	    !gopm__g_read(&t->program->runtime, reader, death->gp, &g)) {
		return;
	}
	begin_block(t);
	if (death->printer == GOPM__PRINTER_SIGNAL) {
		gopm__traceback_goroutine(&trace, &t->text);
	} else {
		gopm__text_str(&t->text, "runtime stack:\n");
		gopm__traceback_system_stack(&trace, &t->text);
	}
}

/* A goroutine that was running; 0: none. */
static uint64_t running_goroutine(const struct gopm__runtime *rt, struct gopm__reader *reader)
{
	for (uint64_t i = 0; i < rt->g_count; i++) {
		uint64_t address = gopm__runtime_g_at(rt, reader, i);
		struct gopm__g g;
		if (address != 0 && gopm__g_read(rt, reader, address, &g) && g.status == GOPM_G_RUNNING) {
			return address;
		}
	}
	return 0;
}

/* The g to print first: the requested one, else the one that the process died of, else, at level single, one that was
 * running. 0: none. */
static uint64_t first_goroutine(const struct traceback *t, struct gopm__reader *reader)
{
	const struct gopm__runtime *rt = &t->program->runtime;
	uint64_t id = t->request->goroutine_id;
	struct gopm__g g;

	if (id != 0) {
		uint64_t address = gopm__goroutine_address(rt, reader, id);
		bool dead = address == 0 || !gopm__g_read(rt, reader, address, &g) || gopm__g_is_dead(&g);
		return dead ? 0 : address;
	}
	if (t->program->death.g != 0) {
		return t->program->death.g;
	}
	return t->request->level == GOPM_TRACEBACK_SINGLE ? running_goroutine(rt, reader) : 0;
}

static gopm_status print_program(struct traceback *t, bool one)
{
	const struct gopm__runtime *rt = &t->program->runtime;
	struct gopm__reader reader = gopm__reader(&t->program->file.memory);
	uint64_t first = first_goroutine(t, &reader);
	gopm_status status = GOPM_OK;
	struct gopm__g g;

	if (t->request->goroutine_id == 0) {
		gopm__traceback_death(t->program, &t->text);
		print_system_stack(t, &reader);
	}
	if (first != 0 && gopm__g_read(rt, &reader, first, &g)) {
		status = print_goroutine(t, &g);
	}
	for (uint64_t i = 0; !one && i < rt->g_count && status == GOPM_OK; i++) {
		uint64_t address = gopm__runtime_g_at(rt, &reader, i);
		if (address != 0 && address != first && gopm__g_read(rt, &reader, address, &g) &&
		    gopm__traceback_shows(rt, &g, t->request->level)) {
			status = print_goroutine(t, &g);
		}
	}
	return status == GOPM_OK ? flush_text(t, 0) : status;
}

gopm_status gopm__traceback_program(struct gopm__program *program, const struct gopm__traceback_request *request)
{
	struct traceback t = {.program = program, .request = request, .budget = gopm__walk_budget(&program->runtime)};
	bool one = request->goroutine_id != 0 || request->level == GOPM_TRACEBACK_SINGLE;

	gopm_status status = print_program(&t, one);
	gopm__text_free(&t.text);
	return status == GOPM_OK && one && t.blocks == 0 ? GOPM_NOT_FOUND : status;
}
