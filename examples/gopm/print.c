/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "command.h"
#include "json.h"
#include "message.h"
#include "output.h"
#include "text.h"
#include "values.h"

struct print_command {
	struct session session;
	struct values values;
	gopm_stack_options stack;
	const char *expression;
	uint64_t frame;
	bool frame_named;
};

static void show(const struct print_command *c, const gopm_value *value)
{
	if (c->values.json) {
		output_text("{\"result\":");
		json_value(value);
		output_text("}\n");
	} else {
		gopm_value_info info = {.struct_size = sizeof info};
		values_text(value);
		if (gopm_value_get_info(value, &info) == GOPM_OK) {
			text_provenance(&info);
		}
		output_char('\n');
	}
}

/* A name is often unknown because the expression belongs to another frame. */
static void suggest_frame(const struct print_command *c, const gopm_stack *stack)
{
	gopm_core_info info = {.struct_size = sizeof info};
	gopm_frame frame;
	size_t got = 0;

	if (gopm_core_get_info(c->session.core, &info) == GOPM_OK && (info.flags & GOPM_CORE_HAS_DWARF) == 0) {
		hint("without DWARF, variables have no names; use arg0, arg1 and so on for arguments");
	} else if (stack == NULL) {
		hint("for a local variable, name a frame with -g ID -f N");
	} else if (gopm_stack_frames(stack, (size_t)c->frame, &frame, sizeof frame, 1, &got) == GOPM_OK && got == 1 &&
	           frame.location.function.size != 0) {
		hint("frame %llu is %.*s; name another with -f N", (unsigned long long)c->frame,
		     (int)frame.location.function.size, frame.location.function.data);
	}
}

/* Prints the expression, a mark under the wrong place, and the message. */
static int refused(const struct print_command *c, const gopm_stack *stack, gopm_status status, gopm_error *err)
{
	bool undefined = err != NULL && strstr(gopm_error_message(err), "undefined: ") != NULL;
	uint64_t offset = gopm_error_expression_offset(err);

	if (!message_is_json() && err != NULL && offset <= strlen(c->expression) &&
	    strpbrk(c->expression, "\n\t") == NULL) {
		complain("%s", c->expression);
		complain("%*s^", (int)offset, "");
	}
	int code = session_fail(status, err);
	if (undefined) {
		suggest_frame(c, stack);
	}
	return code;
}

static int evaluate(const struct print_command *c, const gopm_stack *stack)
{
	gopm_value *value = NULL;
	gopm_error *err = NULL;
	gopm_status status =
	    gopm_eval(c->session.core, stack, (size_t)c->frame, c->expression, &c->values.options, &value, &err);

	if (status == GOPM_NOT_FOUND) {
		complain("the map does not have this key");
		return EXIT_NOTHING;
	}
	if (status != GOPM_OK) {
		return refused(c, stack, status, err);
	}
	show(c, value);
	gopm_value_free(value);
	return EXIT_DONE;
}

static int on_stack(const struct print_command *c)
{
	gopm_stack *stack = NULL;
	gopm_error *err = NULL;

	if (c->stack.goroutine_id == 0 && c->stack.thread_id == 0) {
		return evaluate(c, NULL);
	}
	gopm_status status = gopm_stack_open(c->session.core, &c->stack, &stack, &err);
	if (status == GOPM_NOT_FOUND) {
		return session_no_stack(c->stack.goroutine_id, c->stack.thread_id);
	}
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	int code;
	if (c->frame >= gopm_stack_size(stack)) {
		complain("no frame %llu; the stack has %zu frame%s", (unsigned long long)c->frame,
		         gopm_stack_size(stack), gopm_stack_size(stack) == 1 ? "" : "s");
		code = EXIT_NOTHING;
	} else {
		code = evaluate(c, stack);
	}
	gopm_stack_free(stack);
	return code;
}

static int parse_print(struct print_command *c, int argc, char **argv)
{
	const struct command *command = c->session.command;
	int option, code = -1;

	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		switch (option) {
		case 'g':
			code = option_number(&c->session, "goroutine", &c->stack.goroutine_id);
			break;
		case 't':
			code = option_number(&c->session, "thread", &c->stack.thread_id);
			break;
		case 'f':
			c->frame_named = true;
			if (!parse_u64(optarg, &c->frame)) {
				code = usage_error(command, "--frame needs a number, not %s", optarg);
			}
			break;
		default:
			code = values_option(&c->values, &c->session, option, argv);
		}
	}
	if (code >= 0) {
		return code;
	}
	if (c->stack.goroutine_id != 0 && c->stack.thread_id != 0) {
		return usage_error(command, "give only one of -g ID and --thread ID");
	}
	if (c->frame_named && c->stack.goroutine_id == 0 && c->stack.thread_id == 0) {
		return usage_error(command, "-f N needs -g ID or --thread ID");
	}
	/* EXPR and files follow the options. */
	if (argc - optind < (c->session.options.core_pid != 0 ? 1 : 2)) {
		return usage_error(command, argc == optind ? "no EXPR and no CORE given" : "no CORE given");
	}
	c->expression = argv[optind++];
	return -1;
}

static int run_print(const struct command *command, int argc, char **argv)
{
	struct print_command c = {0};

	session_init(&c.session, command);
	gopm_stack_options_init(&c.stack, sizeof c.stack);
	gopm_value_options_init(&c.values.options, sizeof c.values.options);
	int code = parse_print(&c, argc, argv);
	if (code >= 0) {
		return code;
	}
	values_finish(&c.values);
	code = session_open(&c.session, argc, argv);
	if (code >= 0) {
		return code;
	}
	return session_close(&c.session, on_stack(&c));
}

static const struct option_row rows[] = {
    {'g', "goroutine", "ID", "use a frame of this goroutine"},
    {'t', "thread", "ID", "use a frame of this thread's stack"},
    {'f', "frame", "N", "use frame N, as gopm stack numbers them (default 0, the innermost)"},
    {'v', "full", NULL, "show nested values one level deep, and all fields"},
    {'j', "json", NULL, "print {\"result\":{...}}, as Delve's api.Variable"},
    {0},
};

static const struct option_row *const tables[] = {rows, limit_rows, NULL};

static const struct example examples[] = {
    {"print -g 20 -f 3 'm.inChannel' core server", "print a field of a variable of a frame"},
    {"print -g 20 -f 3 'len(m.inChannel) == cap(m.inChannel)' core server", "compare two values"},
    {"print '(*main.Metrics)(0xc000112000).Name' core server", "read an address as a type"},
    {"print -- '-http.DefaultMaxHeaderBytes' core server", "evaluate an expression that starts with -"},
    {0},
};

const struct command command_print = {
    .name = "print",
    .summary = "evaluate a Go expression on a frame or on package variables",
    .arguments = "[options] EXPR CORE [EXE]",
    .about = "Evaluates a Go expression as Delve's `print` does: variables, fields, indices, slices, *x, &x, x.(T), "
             "conversions, operators, len, cap, min, max, real, imag, complex.\n\n"
             "Without -g or --thread, EXPR can use package variables only. Write them as http.DefaultClient or "
             "\"net/http\".DefaultClient. Put `--` before an expression that starts with `-`.",
    .options = tables,
    .examples = examples,
    .run = run_print,
};
