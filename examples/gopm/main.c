/* SPDX-License-Identifier: Apache-2.0 */
/* gopm: analyzes core files of Go programs. It uses only the public API of libgopm. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "message.h"
#include "output.h"
#include "suggest.h"

static const struct command *const commands[] = {
    &command_info,      &command_why,    &command_leaks,    &command_goroutines, &command_stack,    &command_traceback,
    &command_threads,   &command_vars,   &command_print,    &command_type,       &command_mappings, &command_findings,
    &command_heap,      &command_object, &command_requests, &command_profile,    &command_slim,     &command_snapshot,
    &command_functions, &command_types,  &command_sources,
};

static const size_t command_count = sizeof commands / sizeof commands[0];

static void print_help(void)
{
	output_text("usage: gopm COMMAND [options] CORE [EXE]\n\n"
	            "Shows goroutines, stacks and values of a Go program from its core file.\n\n");
	for (size_t i = 0; i < command_count; i++) {
		output_printf("  %-11s %s\n", commands[i]->name, commands[i]->summary);
	}
	output_text("\nStart with gopm info CORE. For the options of a command: gopm help COMMAND. For the version:\n"
	            "gopm --version.\n"
	            "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 nothing found.\n");
	output_flush();
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < command_count; i++) {
		if (strcmp(name, commands[i]->name) == 0) {
			return commands[i];
		}
	}
	return NULL;
}

/* Names of other debuggers. */
static const struct {
	const char *theirs, *ours;
} synonyms[] = {
    {"bt", "stack"},       {"backtrace", "stack"}, {"where", "stack"},       {"locals", "stack"},    {"args", "stack"},
    {"grs", "goroutines"}, {"ps", "threads"},      {"p", "print"},           {"eval", "print"},      {"whatis", "type"},
    {"ptype", "type"},     {"maps", "mappings"},   {"warnings", "findings"}, {"funcs", "functions"},
};

static int unknown_command(const char *name, bool is_command_line)
{
	struct suggestion near = {.word = name};

	for (size_t i = 0; i < command_count; i++) {
		suggestion_offer(&near, commands[i]->name);
	}
	suggestion_offer(&near, "help");
	for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
		near.best = strcmp(name, synonyms[i].theirs) == 0 ? synonyms[i].ours : near.best;
	}
	if (near.best != NULL) {
		return usage_error(NULL, "unknown command %s; did you mean %s?", name, near.best);
	}
	if (is_command_line && access(name, F_OK) == 0) {
		return usage_error(NULL, "no command given before the file %s; start with gopm info %s", name, name);
	}
	return usage_error(NULL, "unknown command %s", name);
}

static int help(const char *name)
{
	const struct command *command = name != NULL ? find_command(name) : NULL;

	if (command != NULL) {
		help_print(command);
		return EXIT_DONE;
	}
	if (name != NULL && strcmp(name, "help") != 0) {
		return unknown_command(name, false);
	}
	print_help();
	return EXIT_DONE;
}

/* The library maps the files, because that is fastest (GOPM_OPEN_MAP). Access to a page that is gone is this signal. */
static void report_lost_page(int number, siginfo_t *info, void *context)
{
	static const char text[] =
	    "gopm: a file became shorter while it was open, or its disk failed; copy the file and "
	    "try again\n";

	(void)context;
	if (info->si_code == BUS_ADRERR) {
		ssize_t put = write(STDERR_FILENO, text, sizeof text - 1);
		(void)put;
		_exit(EXIT_FAILED);
	}
	signal(number, SIG_DFL);
}

int main(int argc, char **argv)
{
	/* A write to a closed pipe fails, and that ends the program: see output.c. */
	signal(SIGPIPE, SIG_IGN);
	struct sigaction lost = {.sa_sigaction = report_lost_page, .sa_flags = SA_SIGINFO};
	sigaction(SIGBUS, &lost, NULL);
	output_init();
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct command *command = name != NULL ? find_command(name) : NULL;
	for (int i = 1; command == NULL && i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "-j") == 0) {
			message_use_json();
		}
	}
	if (name == NULL) {
		return usage_error(NULL, "no command given");
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		return help(argc > 2 ? argv[2] : NULL);
	}
	if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
		output_text("gopm ");
		output_string(gopm_version_string());
		output_char('\n');
		output_flush();
		return EXIT_DONE;
	}
	if (name[0] == '-') {
		return usage_error(NULL, "%s: options follow the command", name);
	}
	if (command == NULL) {
		return unknown_command(name, true);
	}
	if (options_ask_json(command, argc - 1, argv + 1)) {
		message_use_json();
	}
	return command->run(command, argc - 1, argv + 1);
}
