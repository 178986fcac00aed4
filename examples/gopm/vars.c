/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "command.h"
#include "json.h"
#include "message.h"
#include "values.h"

struct vars_command {
	struct session session;
	struct values values;
	const char *glob;
};

static void print_variable(const struct vars_command *c, const gopm_value *value, bool first)
{
	gopm_value_info info = {.struct_size = sizeof info};

	if (c->values.json) {
		output_string(first ? "" : ",\n");
		json_value(value, false);
	} else if (gopm_value_get_info(value, &info) == GOPM_OK) {
		output_str(info.name);
		output_text(" = ");
		values_text(value);
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

static int list(const struct vars_command *c)
{
	gopm_vars *vars = NULL;
	gopm_error *err = NULL;
	gopm_status status = gopm_package_vars(c->session.core, c->glob, &c->values.options, &vars, &err);
	size_t printed = 0;

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
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
	if (printed == 0 && c->glob != NULL) {
		complain("no %s variable matches %s; list all with gopm vars%s",
		         (c->values.options.flags & GOPM_VALUE_C) != 0 ? "C" : "package", c->glob,
		         (c->values.options.flags & GOPM_VALUE_C) != 0 ? " --c" : "");
		suggest_glob(c);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

/* GLOB and EXE are optional. If there are two arguments, the first is GLOB unless it is an existing file. */
static void take_glob(struct vars_command *c, int argc, char **argv)
{
	int files = c->session.options.core_pid != 0 ? 0 : 1;
	int given = argc - optind;

	if (c->glob == NULL && (given == files + 2 || (given == files + 1 && access(argv[optind], F_OK) != 0))) {
		c->glob = argv[optind++];
	}
}

static int run_vars(const struct command *command, int argc, char **argv)
{
	struct vars_command c = {0};
	int option, code = -1;

	session_init(&c.session, command);
	gopm_value_options_init(&c.values.options, sizeof c.values.options);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		if (option == 'm') {
			c.glob = optarg;
		} else if (option == 'c') {
			c.values.options.flags |= GOPM_VALUE_C;
		} else {
			code = values_option(&c.values, &c.session, option, argv);
		}
	}
	if (code >= 0) {
		return code;
	}
	values_finish(&c.values);
	take_glob(&c, argc, argv);
	code = session_open(&c.session, argc, argv);
	if (code >= 0) {
		return code;
	}
	return session_close(&c.session, list(&c));
}

static const struct option_row rows[] = {
    {'m', "match", "GLOB", "the same as GLOB"},
    {'c', "c", NULL, "list variables of C, C++ and Rust: C.counter"},
    {'v', "full", NULL, "show nested values one level deep, and all fields"},
    {'j', "json", NULL, "print {\"result\":[...]}, a list of Delve's api.Variable"},
    {0},
};

static const struct option_row *const tables[] = {rows, limit_rows, NULL};

static const struct example examples[] = {
    {"vars 'net/http.Default*' core server", "list package variables of net/http"},
    {"vars --c 'C.*' core server", "list variables of C"},
    {"vars --full net/http.DefaultClient core server", "show one variable with its nested values"},
    {0},
};

const struct command command_vars = {
    .name = "vars",
    .summary = "list package variables with their values",
    .arguments = "[options] [GLOB] CORE [EXE]",
    .about = "Lists the package variables in the DWARF, by name. GLOB must match the whole name: 'main.*', "
             "'net/http.Default*'. Without GLOB, all are listed.\n\n"
             "If there are two arguments, the first is CORE if such a file exists.",
    .options = tables,
    .examples = examples,
    .run = run_vars,
};
