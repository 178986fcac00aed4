/* SPDX-License-Identifier: Apache-2.0 */
#include "export/why_words.h"

#include "unwind/locate.h"
#include "util/escape.h"

void gopm__words_name(struct gopm__text *text, gopm_str name)
{
	gopm__text_escaped(text, name.size != 0 ? name : (gopm_str){"???", 3}, 0);
}

void gopm__words_line(struct gopm__text *text, gopm_str file, uint64_t line)
{
	size_t begin = file.size;

	while (begin != 0 && file.data[begin - 1] != '/') {
		begin--;
	}
	gopm__text_escaped(text, (gopm_str){file.data + begin, file.size - begin}, 0);
	gopm__text_str(text, ":");
	gopm__text_u64(text, line);
}

static void add_code(struct gopm__text *text, const struct gopm__call *call)
{
	gopm__text_str(text, " in ");
	gopm__words_name(text, call->function);
	gopm__text_str(text, " (");
	gopm__words_line(text, call->file, call->line);
	gopm__text_str(text, ")");
}

void gopm__words_place(struct gopm__why_words *w, uint32_t member)
{
	const uint64_t pc = w->why->components.places[member];
	const struct gopm__pcinfo *info = pc != 0 ? gopm__symtab_pc(&w->why->program->symtab, pc) : NULL;
	const struct gopm__call *call = info != NULL ? gopm__place_call(info) : NULL;

	if (call != NULL) {
		add_code(w->text, call);
	}
}

void gopm__words_user(struct gopm__why_words *w, uint32_t member)
{
	const struct gopm__runtime *rt = &w->why->program->runtime;
	struct gopm__place_in_code current = {0}, user = {0};
	struct gopm__g g;

	if (gopm__g_read(rt, &w->reader, w->why->blocked.members[member].g, &g) &&
	    gopm__locate(rt, &g, &w->budget, &current, &user) && user.call != NULL) {
		add_code(w->text, user.call);
	}
}

void gopm__words_goroutine(struct gopm__why_words *w, uint32_t member)
{
	gopm__text_str(w->text, "goroutine ");
	gopm__text_u64(w->text, w->why->blocked.members[member].id);
}

void gopm__words_started(struct gopm__why_words *w, uint32_t member)
{
	const struct gopm__runtime *rt = &w->why->program->runtime;
	struct gopm__g g;

	if (w->why->blocked.members[member].id == 1 ||
	    !gopm__g_read(rt, &w->reader, w->why->blocked.members[member].g, &g)) {
		return;
	}
	const gopm_location start = gopm__locate_start(rt, &g, false, &w->budget);
	if (start.function.size != 0) {
		gopm__text_str(w->text, ", started as ");
		gopm__words_name(w->text, start.function);
	}
}
