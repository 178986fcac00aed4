/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of what the program has: functions, types, source files. */
#include <inttypes.h>

#include "command.h"
#include "json.h"
#include "message.h"

enum { BATCH = 256 };

struct symbols_command {
	struct session session;
	const char *glob;
	const char *what; /* in messages: "function" */
	bool json;
};

static void start(const struct symbols_command *c)
{
	if (c->json) {
		output_text("{\"result\":[");
	}
}

static int finish(const struct symbols_command *c, gopm_status status, size_t printed)
{
	if (c->json) {
		output_text("]}\n");
	}
	if (status < 0) {
		return session_fail(status, NULL);
	}
	if (printed == 0 && c->glob != NULL) {
		complain("no %s matches %s; a glob must match the whole name: try '*%s*'", c->what, c->glob, c->glob);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static void print_function(const gopm_function *f, bool json, bool first)
{
	if (!json) {
		output_printf("0x%" PRIx64 " ", f->entry);
		output_str(f->name);
		if (f->file.size != 0) {
			output_char(' ');
			output_str(f->file);
			output_printf(":%" PRIu32, f->line);
		}
		output_char('\n');
		return;
	}
	output_string(first ? "{" : ",\n{");
	json_key("name");
	json_string(f->name);
	json_next_key("entry");
	output_u64(f->entry);
	json_next_key("end");
	output_u64(f->end);
	json_next_key("file");
	json_string(f->file);
	json_next_key("line");
	output_u64(f->line);
	json_next_key("generated");
	json_bool((f->flags & GOPM_FUNCTION_FLAG_GENERATED) != 0);
	json_next_key("assembly");
	json_bool((f->flags & GOPM_FUNCTION_FLAG_ASSEMBLY) != 0);
	output_char('}');
}

static int list_functions(const struct symbols_command *c)
{
	static gopm_function records[BATCH];
	gopm_function_iter *it = NULL;
	gopm_error *err = NULL;
	size_t got = 0, printed = 0;
	gopm_status status = gopm_function_iter_open(c->session.core, c->glob, &it, &err);

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	start(c);
	while ((status = gopm_function_iter_next(it, records, sizeof records[0], BATCH, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			print_function(&records[i], c->json, printed++ == 0);
		}
	}
	gopm_function_iter_free(it);
	return finish(c, status, printed);
}

static int list_types(const struct symbols_command *c)
{
	static gopm_type_name records[BATCH];
	gopm_type_iter *it = NULL;
	gopm_error *err = NULL;
	size_t got = 0, printed = 0;
	gopm_status status = gopm_type_iter_open(c->session.core, c->glob, &it, &err);

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	start(c);
	while ((status = gopm_type_iter_next(it, records, sizeof records[0], BATCH, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			if (!c->json) {
				output_str(records[i].name);
				output_char('\n');
				printed++;
				continue;
			}
			output_string(printed++ == 0 ? "{" : ",\n{");
			json_key("name");
			json_string(records[i].name);
			json_next_key("descriptor");
			output_u64(records[i].descriptor);
			output_char('}');
		}
	}
	gopm_type_iter_free(it);
	return finish(c, status, printed);
}

static int list_sources(const struct symbols_command *c)
{
	static gopm_source_file records[BATCH];
	gopm_source_file_iter *it = NULL;
	gopm_error *err = NULL;
	size_t got = 0, printed = 0;
	gopm_status status = gopm_source_file_iter_open(c->session.core, c->glob, &it, &err);

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	start(c);
	while ((status = gopm_source_file_iter_next(it, records, sizeof records[0], BATCH, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			if (c->json) {
				output_string(printed++ == 0 ? "" : ",\n");
				json_string(records[i].path);
				continue;
			}
			output_str(records[i].path);
			output_char('\n');
			printed++;
		}
	}
	gopm_source_file_iter_free(it);
	return finish(c, status, printed);
}

static int run(const struct command *command, const char *what, int (*list)(const struct symbols_command *c), int argc,
               char **argv)
{
	struct symbols_command c = {.what = what};
	int option, code = -1;

	session_init(&c.session, command);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		switch (option) {
		case 'm':
			c.glob = optarg;
			break;
		case 'j':
			c.json = true;
			break;
		default:
			code = session_option(&c.session, option, argv);
		}
	}
	if (code < 0) {
		c.glob = c.glob == NULL ? session_glob(&c.session, argc, argv) : c.glob;
		code = session_open(&c.session, argc, argv);
	}
	return code >= 0 ? code : session_close(&c.session, list(&c));
}

static int run_functions(const struct command *command, int argc, char **argv)
{
	return run(command, "function", list_functions, argc, argv);
}

static int run_types(const struct command *command, int argc, char **argv)
{
	return run(command, "type", list_types, argc, argv);
}

static int run_sources(const struct command *command, int argc, char **argv)
{
	return run(command, "source file", list_sources, argc, argv);
}

static const struct option_row rows[] = {
    {'m', "match", "GLOB", "the same as GLOB"},
    {'j', "json", NULL, "print {\"result\":[...]}"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

#define GLOB_TEXT                                                                                                      \
	" GLOB must match the whole name; without it, all are listed.\n\nIf there are two arguments, the first is "    \
	"CORE if such a file exists."

static const struct example function_examples[] = {
    {"functions 'main.*' core server", "list the functions of package main"},
    {"functions --json core server", "all functions as JSON"},
    {0},
};

const struct command command_functions = {
    .name = "functions",
    .summary = "list functions, with their addresses and places",
    .arguments = "[options] [GLOB] CORE [EXE]",
    .about = "Lists the Go functions that have code, by address, with the file and line that declare them. A function "
             "that was inlined everywhere has no code." GLOB_TEXT,
    .options = tables,
    .examples = function_examples,
    .run = run_functions,
};

static const struct example type_examples[] = {
    {"types 'main.*' core server", "list the types of package main"},
    {"types '*sync.Mutex*' core server", "list types that have a Mutex in their name"},
    {0},
};

const struct command command_types = {
    .name = "types",
    .summary = "list the names of types, for gopm type",
    .arguments = "[options] [GLOB] CORE [EXE]",
    .about = "Lists the types in the DWARF and those that have a descriptor, which stripped programs have too, by "
             "name. gopm type shows one." GLOB_TEXT,
    .options = tables,
    .examples = type_examples,
    .run = run_types,
};

static const struct example source_examples[] = {
    {"sources '*/main.go' core server", "list files with that name"},
    {0},
};

const struct command command_sources = {
    .name = "sources",
    .summary = "list source files",
    .arguments = "[options] [GLOB] CORE [EXE]",
    .about = "Lists the source files that the lines of functions name, by path." GLOB_TEXT,
    .options = tables,
    .examples = source_examples,
    .run = run_sources,
};
