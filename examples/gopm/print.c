/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "command.h"
#include "json.h"
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
		json_value(value, false);
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

/* The expression with a mark under the place that the message is about. */
static int refused(const struct print_command *c, gopm_status status, gopm_error *err)
{
	uint64_t offset = gopm_error_offset(err);

	if (err != NULL && offset <= strlen(c->expression) && strpbrk(c->expression, "\n\t") == NULL) {
		complain("%s", c->expression);
		complain("%*s^", (int)offset, "");
	}
	return session_fail(status, err);
}

static int evaluate(const struct print_command *c, const gopm_stack *stack)
{
	gopm_value *value = NULL;
	gopm_error *err = NULL;
	gopm_status status =
	    gopm_eval(c->session.core, stack, (size_t)c->frame, c->expression, &c->values.options, &value, &err);

	if (status == GOPM_NOT_FOUND) {
		complain("the map has no such key");
		return EXIT_NOTHING;
	}
	if (status != GOPM_OK) {
		return refused(c, status, err);
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
		complain("there is no %s %llu", c->stack.thread_id != 0 ? "thread" : "goroutine",
		         (unsigned long long)(c->stack.thread_id != 0 ? c->stack.thread_id : c->stack.goroutine_id));
		return EXIT_NOTHING;
	}
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	int code;
	if (c->frame >= gopm_stack_size(stack)) {
		complain("the stack has no frame %llu", (unsigned long long)c->frame);
		code = EXIT_NOTHING;
	} else {
		code = evaluate(c, stack);
	}
	gopm_stack_free(stack);
	return code;
}

static int parse(struct print_command *c, int argc, char **argv)
{
	static const struct option table[] = {
	    {"goroutine", required_argument, NULL, 'g'},
	    {"thread", required_argument, NULL, 't'},
	    {"frame", required_argument, NULL, 'f'},
	    VALUES_OPTIONS,
	    SESSION_OPTIONS,
	};
	const struct command *command = c->session.command;
	int option, code = -1;

	while (code < 0 && (option = getopt_long(argc, argv, ":g:t:f:jqh", table, NULL)) != -1) {
		uint64_t *id = option == 'g' ? &c->stack.goroutine_id : &c->stack.thread_id;
		switch (option) {
		case 'g':
		case 't':
			if (!parse_u64(optarg, id) || *id == 0) {
				code = usage_error(command, "-%c wants a number above 0, not %s", option, optarg);
			}
			break;
		case 'f':
			c->frame_named = true;
			if (!parse_u64(optarg, &c->frame)) {
				code = usage_error(command, "--frame wants a number, not %s", optarg);
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
		return usage_error(command, "name one of -g ID and --thread ID");
	}
	if (c->frame_named && c->stack.goroutine_id == 0 && c->stack.thread_id == 0) {
		return usage_error(command, "-f N needs -g ID or --thread ID");
	}
	/* What is left is EXPR and files. */
	if (argc - optind < (c->session.options.core_pid != 0 ? 1 : 2)) {
		return usage_error(command, argc == optind ? "no EXPR and no CORE named" : "no CORE named");
	}
	c->expression = argv[optind++];
	return -1;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct print_command c = {0};

	session_init(&c.session, command);
	gopm_stack_options_init(&c.stack, sizeof c.stack);
	gopm_value_options_init(&c.values.options, sizeof c.values.options);
	int code = parse(&c, argc, argv);
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

const struct command command_print = {
    .name = "print",
    .summary = "evaluate an expression of Go on a frame or on packages",
    .usage = "usage: gopm print [options] EXPR CORE [EXE]\n\n"
             "Evaluates as Delve's `print` does: variables, fields, indices, slices, *x, &x,\n"
             "x.(T), conversions, operators, len, cap, min, max, real, imag, complex.\n"
             "Without -g and --thread EXPR sees package variables alone: net/http names are\n"
             "written http.DefaultClient or \"net/http\".DefaultClient.\n\n"
             "  -g, --goroutine ID  on a frame of this goroutine\n"
             "  -t, --thread ID     on a frame of this thread's stack\n"
             "  -f, --frame N       frame N as gopm stack counts (default 0, the innermost)\n"
             "  -j, --json          {\"result\":...}, Delve's Variable\n" VALUES_USAGE SESSION_USAGE,
    .run = run,
};
