/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "json.h"
#include "text.h"

#include <inttypes.h>

enum { most_registers = 64 };

struct threads_command {
	struct session session;
	bool json, registers, stacks;
	gopm_stack *stack;  /* of the last thread; NULL: none was opened */
	gopm_status failed; /* of a stack */
};

/* The stack of a thread; NULL: it has none. The next call changes it. */
static const gopm_stack *stack_of_thread(struct threads_command *c, uint64_t id)
{
	gopm_stack_options options;

	gopm_stack_options_init(&options, sizeof options);
	options.thread_id = id;
	const gopm_status status = c->stack == NULL ? gopm_stack_open(c->session.core, &options, &c->stack, NULL)
	                                            : gopm_stack_reopen(c->stack, &options, NULL);
	c->failed = status < 0 ? status : c->failed;
	return status == GOPM_OK ? c->stack : NULL;
}

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

static void text_thread(struct threads_command *c, const gopm_thread *t)
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
	if (c->registers) {
		text_registers(c->session.core, t->id);
	}
	const gopm_stack *stack = c->stacks ? stack_of_thread(c, t->id) : NULL;
	if (stack != NULL) {
		text_stack(stack, "    ", NULL);
	}
}

static void print_thread_json(struct threads_command *c, const gopm_thread *t)
{
	output_char('{');
	json_thread(c->session.core, t, GOPM_JSON_MEMBERS | (c->registers ? GOPM_JSON_REGISTERS : 0));
	const gopm_stack *stack = c->stacks ? stack_of_thread(c, t->id) : NULL;
	if (stack != NULL) {
		json_next_key("stack");
		const gopm_status status = json_stack(stack, NULL, 0, NULL);
		c->failed = status < 0 ? status : c->failed;
	}
	output_char('}');
}

static int print_threads(struct threads_command *c)
{
	enum { batch = 64 };
	gopm_thread records[batch];
	gopm_thread_iter *it = NULL;
	gopm_error *err = NULL;
	gopm_status status = gopm_thread_iter_open(c->session.core, &it, &err);
	size_t got = 0, printed = 0;

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (c->json) {
		output_text("{\"result\":[");
	}
	while ((status = gopm_thread_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			if (printed != 0 && c->json) {
				output_char(',');
			}
			if (printed != 0 && (c->json || c->stacks)) {
				output_char('\n');
			}
			if (c->json) {
				print_thread_json(c, &records[i]);
			} else {
				text_thread(c, &records[i]);
			}
			printed++;
		}
	}
	if (c->json) {
		output_text("]}\n");
	}
	gopm_stack_free(c->stack);
	gopm_thread_iter_free(it);
	if (status < 0 || c->failed < 0) {
		return session_fail(status < 0 ? status : c->failed, NULL);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static int run_threads(const struct command *command, int argc, char **argv)
{
	struct threads_command c = {0};
	int option, code = -1;

	session_init(&c.session, command);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		switch (option) {
		case 'r':
			c.registers = true;
			break;
		case 's':
			c.stacks = true;
			break;
		case 'j':
			c.json = true;
			break;
		default:
			code = session_option(&c.session, option, argv);
		}
	}
	if (code < 0) {
		code = session_open(&c.session, argc, argv);
	}
	return code >= 0 ? code : session_close(&c.session, print_threads(&c));
}

static const struct option_row rows[] = {
    {'r', "registers", NULL, "show the general registers of each thread"},
    {'s', "stack", NULL, "show the stack of each thread, from its registers on"},
    {'j', "json", NULL, "print {\"result\":[...]}, as Delve's ListThreads"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"threads core", "list all threads"},
    {"threads --registers core", "the same with registers"},
    {"threads --stack core", "list the stacks of all threads, through Go and C"},
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
