#include <gopm/traceback.h>

#include "api/handle.h"
#include "api/sized.h"
#include "export/traceback.h"

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
	uint64_t blocks;
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
	gopm__traceback_goroutine(&w->core->runtime, g, w->level, &w->text);
	return flush(w, PIECE);
}

/* The goroutine that the process died of comes first, as the runtime has it. */
static gopm_status print_all(struct writer *w, uint64_t only)
{
	const struct gopm__runtime *rt = &w->core->runtime;
	struct gopm__reader reader = gopm__reader(&w->core->file.memory);
	uint64_t first = only != 0 ? only : w->core->death.goroutine;
	gopm_status status = GOPM_OK;
	struct gopm__g g;

	for (int round = first != 0 ? 0 : 1; round < 2 && status == GOPM_OK; round++) {
		for (uint64_t i = 0; i < rt->g_count && status == GOPM_OK; i++) {
			uint64_t address = gopm__runtime_g_at(rt, &reader, i);
			if (address == 0 || !gopm__g_read(rt, &reader, address, &g) ||
			    (first != 0 && (g.id == first) != (round == 0))) {
				continue;
			}
			if (gopm__traceback_shows(rt, &g, only != 0 ? GOPM_TRACEBACK_SYSTEM : w->level)) {
				status = print_one(w, &g);
			}
		}
		if (only != 0) {
			break;
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
	if (o.level > GOPM_TRACEBACK_SYSTEM || o.reserved != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE, "unknown traceback level %u",
		                  (unsigned)o.level);
	}
	struct writer w = {.core = core, .write = write, .user_data = user_data, .level = o.level};
	gopm_status status = print_all(&w, o.goroutine_id);
	gopm__text_free(&w.text);
	if (status == GOPM_ERR_NO_MEMORY) {
		return gopm__fail_memory(err);
	}
	if (status == GOPM_OK && o.goroutine_id != 0 && w.blocks == 0) {
		return GOPM_NOT_FOUND;
	}
	return status;
}
