/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "json.h"
#include "text.h"

#include <inttypes.h>

enum { most_registers = 64 };

static void text_registers(gopm_core *core, uint64_t id)
{
	gopm_register registers[most_registers];
	size_t count = 0;

	if (gopm_thread_registers(core, id, registers, sizeof registers[0], most_registers, &count) != GOPM_OK) {
		return;
	}
	for (size_t i = 0; i < count && i < most_registers; i++) {
		output_spaces(4 + (registers[i].name.size < 8 ? 8 - registers[i].name.size : 0));
		output_str(registers[i].name);
		output_text(" = ");
		output_hex(registers[i].value, 16);
		output_char('\n');
	}
}

static void text_thread(const gopm_thread *t)
{
	output_text("  Thread ");
	output_u64(t->id);
	output_text(" at ");
	output_hex(t->pc, 0);
	output_char(' ');
	if (t->location.function.size != 0 || t->object.size != 0) {
		text_place_in(&t->location, t->object, t->object_offset);
		output_char(' ');
		text_function(t->location.function);
		if (t->object.size != 0) {
			output_text(" (outside Go code)");
		}
	} else {
		output_text("outside Go code, in no code that is known");
	}
	if (t->m != 0) {
		output_text(" m=");
		output_u64(t->m_id);
	}
	if (t->goroutine != 0) {
		output_text(" (goroutine ");
		output_u64(t->goroutine);
		output_char(')');
	}
	if (t->signal != 0) {
		output_text(" [signal ");
		output_i64(t->signal);
		output_char(']');
	}
	output_char('\n');
}

static void json_thread(gopm_core *core, const gopm_thread *t, bool with_registers)
{
	gopm_register registers[most_registers];
	size_t count = 0;

	/* Members of Delve's api.Thread, then gopm's own. */
	output_text("{\"id\":");
	output_u64(t->id);
	json_next_key("pc");
	output_u64(t->pc);
	json_next_key("file");
	json_string(t->location.file);
	json_next_key("line");
	output_u64(t->location.line);
	if (t->location.function.size != 0) {
		json_next_key("function");
		output_text("{\"name\":");
		json_string(t->location.function);
		json_next_key("value");
		output_u64(t->location.entry);
		output_char('}');
	}
	if (t->object.size != 0) {
		json_next_key("object");
		json_string(t->object);
		json_next_key("objectOffset");
		output_u64(t->object_offset);
	}
	json_next_key("goroutineID");
	output_u64(t->goroutine);
	json_next_key("sp");
	output_u64(t->sp);
	json_next_key("m");
	output_u64(t->m);
	if (t->m != 0) {
		json_next_key("mID");
		output_u64(t->m_id);
	}
	json_next_key("signal");
	output_i64(t->signal);
	if (with_registers &&
	    gopm_thread_registers(core, t->id, registers, sizeof registers[0], most_registers, &count) == GOPM_OK) {
		json_next_key("registers");
		output_char('{');
		for (size_t i = 0; i < count && i < most_registers; i++) {
			if (i != 0) {
				output_char(',');
			}
			json_string(registers[i].name);
			output_char(':');
			output_u64(registers[i].value);
		}
		output_char('}');
	}
	output_char('}');
}

static int print_threads(struct session *session, bool json, bool registers)
{
	enum { batch = 64 };
	gopm_thread records[batch];
	gopm_thread_iter *it = NULL;
	gopm_error *err = NULL;
	gopm_status status = gopm_thread_iter_open(session->core, &it, &err);
	size_t got = 0, printed = 0;

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (json) {
		output_text("{\"result\":[");
	}
	while ((status = gopm_thread_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			if (json) {
				if (printed != 0) {
					output_text(",\n");
				}
				json_thread(session->core, &records[i], registers);
			} else {
				text_thread(&records[i]);
				if (registers) {
					text_registers(session->core, records[i].id);
				}
			}
			printed++;
		}
	}
	if (json) {
		output_text("]}\n");
	}
	gopm_thread_iter_free(it);
	if (status < 0) {
		return session_fail(status, NULL);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static int run_threads(const struct command *command, int argc, char **argv)
{
	struct session session;
	bool json = false, registers = false;
	int option, code = -1;

	session_init(&session, command);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		switch (option) {
		case 'r':
			registers = true;
			break;
		case 'j':
			json = true;
			break;
		default:
			code = session_option(&session, option, argv);
		}
	}
	if (code < 0) {
		code = session_open(&session, argc, argv);
	}
	return code >= 0 ? code : session_close(&session, print_threads(&session, json, registers));
}

static const struct option_row rows[] = {
    {'r', "registers", NULL, "show the general registers of each thread"},
    {'j', "json", NULL, "print {\"result\":[...]}, as Delve's ListThreads"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"threads core", "list all threads"},
    {"threads --registers core", "the same with registers"},
    {0},
};

const struct command command_threads = {
    .name = "threads",
    .summary = "list threads, with the goroutine that each runs",
    .arguments = "[options] CORE [EXE]",
    .about = "Lists threads in the order of the core. In a core of the kernel, the first thread is the one that died.",
    .options = tables,
    .examples = examples,
    .run = run_threads,
};
