/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "json.h"
#include "message.h"
#include "text.h"
#include "values.h"

struct vars_command {
	struct session session;
	struct values values;
	gopm_stack_options stack;
	const char *glob;
	uint64_t frame;
	bool frame_named;
};

static void print_variable(const struct vars_command *c, const gopm_value *value, bool first)
{
	gopm_value_info info = {.struct_size = sizeof info};

	if (c->values.json) {
		output_string(first ? "" : ",\n");
		json_value(value);
	} else if (gopm_value_get_info(value, &info) == GOPM_OK) {
		output_str(info.name);
		output_text(" = ");
		values_text(value);
		text_provenance(&info);
		output_char('\n');
	}
}

/* A glob must match the whole name, which is easily forgotten. */
static void suggest_glob(const struct vars_command *c)
{
	gopm_vars *vars = NULL;
	char glob[512];

	int size = snprintf(glob, sizeof glob, "*%s*", c->glob);
	if (size < 0 || (size_t)size >= sizeof glob ||
	    gopm_package_vars(c->session.core, glob, &c->values.options, &vars, NULL) != GOPM_OK) {
		return;
	}
	size_t count = gopm_vars_size(vars);
	if (count != 0) {
		hint("a glob must match the whole name; %zu variable%s %s", count, count == 1 ? " matches" : "s match",
		     glob);
	}
	gopm_vars_free(vars);
}

/* Prints all variables and frees the list. Returns their number. */
static size_t print_list(const struct vars_command *c, gopm_vars *vars)
{
	size_t printed = 0;

	if (c->values.json) {
		output_text("{\"result\":[");
	}
	for (size_t i = 0; i < gopm_vars_size(vars); i++) {
		gopm_value *value = NULL;
		if (gopm_vars_value(vars, i, &value) == GOPM_OK) {
			print_variable(c, value, printed++ == 0);
		}
		gopm_value_free(value);
	}
	if (c->values.json) {
		output_text("]}\n");
	}
	gopm_vars_free(vars);
	return printed;
}

static int list_package(const struct vars_command *c)
{
	gopm_vars *vars = NULL;
	gopm_error *err = NULL;
	gopm_status status = gopm_package_vars(c->session.core, c->glob, &c->values.options, &vars, &err);

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	const size_t printed = print_list(c, vars);
	if (printed == 0 && c->glob != NULL) {
		complain("no %s variable matches %s; list all with gopm vars%s",
		         (c->values.options.flags & GOPM_VALUE_OPTION_C) != 0 ? "C" : "package", c->glob,
		         (c->values.options.flags & GOPM_VALUE_OPTION_C) != 0 ? " --c" : "");
		suggest_glob(c);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static int list_frame(const struct vars_command *c, const gopm_stack *stack)
{
	gopm_vars *vars = NULL;
	gopm_error *err = NULL;

	if (c->frame >= gopm_stack_size(stack)) {
		complain("no frame %llu; the stack has %zu frame%s", (unsigned long long)c->frame,
		         gopm_stack_size(stack), gopm_stack_size(stack) == 1 ? "" : "s");
		return EXIT_NOTHING;
	}
	gopm_status status = gopm_frame_vars(stack, (size_t)c->frame, &c->values.options, &vars, &err);
	if (status == GOPM_NOT_FOUND) {
		complain("the function of frame %llu has no DWARF: its variables are not known",
		         (unsigned long long)c->frame);
		return EXIT_NOTHING;
	}
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	return print_list(c, vars) != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static int list(const struct vars_command *c)
{
	gopm_stack *stack = NULL;
	gopm_error *err = NULL;

	if (c->stack.goroutine_id == 0 && c->stack.thread_id == 0) {
		return list_package(c);
	}
	gopm_status status = gopm_stack_open(c->session.core, &c->stack, &stack, &err);
	if (status == GOPM_NOT_FOUND) {
		return session_no_stack(c->stack.goroutine_id, c->stack.thread_id);
	}
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	const int code = list_frame(c, stack);
	gopm_stack_free(stack);
	return code;
}

static int vars_option(struct vars_command *c, int option, char **argv)
{
	switch (option) {
	case 'm':
		c->glob = optarg;
		return -1;
	case 'c':
		c->values.options.flags |= GOPM_VALUE_OPTION_C;
		return -1;
	case 'g':
		return option_number(&c->session, "goroutine", &c->stack.goroutine_id);
	case 't':
		return option_number(&c->session, "thread", &c->stack.thread_id);
	case 'f':
		c->frame_named = true;
		return parse_u64(optarg, &c->frame)
		           ? -1
		           : usage_error(c->session.command, "--frame needs a number, not %s", optarg);
	default:
		return values_option(&c->values, &c->session, option, argv);
	}
}

static int check_options(const struct vars_command *c)
{
	const bool of_frame = c->stack.goroutine_id != 0 || c->stack.thread_id != 0;

	if (c->stack.goroutine_id != 0 && c->stack.thread_id != 0) {
		return usage_error(c->session.command, "give only one of -g ID and --thread ID");
	}
	if (c->frame_named && !of_frame) {
		return usage_error(c->session.command, "-f N needs -g ID or --thread ID");
	}
	if (of_frame && (c->glob != NULL || (c->values.options.flags & GOPM_VALUE_OPTION_C) != 0)) {
		return usage_error(c->session.command, "--match and --c are for package variables, not for a frame");
	}
	return -1;
}

static int run_vars(const struct command *command, int argc, char **argv)
{
	struct vars_command c = {0};
	int option, code = -1;

	session_init(&c.session, command);
	gopm_stack_options_init(&c.stack, sizeof c.stack);
	gopm_value_options_init(&c.values.options, sizeof c.values.options);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		code = vars_option(&c, option, argv);
	}
	code = code < 0 ? check_options(&c) : code;
	if (code >= 0) {
		return code;
	}
	values_finish(&c.values);
	if (c.stack.goroutine_id == 0 && c.stack.thread_id == 0 && c.glob == NULL) {
		c.glob = session_glob(&c.session, argc, argv);
	}
	code = session_open(&c.session, argc, argv);
	if (code >= 0) {
		return code;
	}
	return session_close(&c.session, list(&c));
}

static const struct option_row rows[] = {
    {'m', "match", "GLOB", "the same as GLOB"},
    {'c', "c", NULL, "list variables of C, C++ and Rust: C.counter"},
    {'g', "goroutine", "ID", "list the variables of a frame of this goroutine"},
    {'t', "thread", "ID", "list the variables of a frame of this thread's stack"},
    {'f', "frame", "N", "the frame, as gopm stack numbers them (default 0, the innermost)"},
    {'v', "full", NULL, "show nested values one level deep, and all fields"},
    {'j', "json", NULL, "print {\"result\":[...]}, a list of Delve's api.Variable"},
    {0},
};

static const struct option_row *const tables[] = {rows, limit_rows, NULL};

static const struct example examples[] = {
    {"vars 'net/http.Default*' core server", "list package variables of net/http"},
    {"vars --c 'C.*' core server", "list variables of C"},
    {"vars -g 20 -f 3 core server", "list the variables of a frame"},
    {"vars --full net/http.DefaultClient core server", "show one variable with its nested values"},
    {0},
};

const struct command command_vars = {
    .name = "vars",
    .summary = "list package variables, or those of a frame, with their values",
    .arguments = "[options] [GLOB] CORE [EXE]",
    .about = "Lists the package variables in the DWARF, by name. GLOB must match the whole name: 'main.*', "
             "'net/http.Default*'. Without GLOB, all are listed. With -g or --thread, lists the variables of a "
             "frame.\n\n"
             "If there are two arguments, the first is CORE if such a file exists.",
    .options = tables,
    .examples = examples,
    .run = run_vars,
};
