/* SPDX-License-Identifier: Apache-2.0 */
/* gopm: analyzes core files of Go programs. It uses only the public API of libgopm. */
#include <signal.h>
#include <string.h>

#include "command.h"
#include "output.h"

static const struct command *const commands[] = {
    &command_info,  &command_goroutines, &command_stack,    &command_traceback, &command_threads, &command_vars,
    &command_print, &command_type,       &command_mappings, &command_findings,  &command_slim,    &command_snapshot,
};

static const size_t command_count = sizeof commands / sizeof commands[0];

static void print_help(void)
{
	output_text("usage: gopm COMMAND [options] CORE [EXE]\n\n"
	            "Shows goroutines, stacks and values of a Go program from its core file.\n\n");
	for (size_t i = 0; i < command_count; i++) {
		output_printf("  %-11s %s\n", commands[i]->name, commands[i]->summary);
	}
	output_text("\nFor the options of a command: gopm COMMAND --help. For the version: gopm --version.\n"
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

int main(int argc, char **argv)
{
	/* A write to a closed pipe fails, and that ends the program: see output.c. */
	signal(SIGPIPE, SIG_IGN);
	output_init();
	if (argc < 2) {
		return usage_error(NULL, "no command given");
	}
	if (strcmp(argv[1], "help") == 0 && argc > 2) {
		const struct command *command = find_command(argv[2]);
		if (command == NULL) {
			return usage_error(NULL, "unknown command %s", argv[2]);
		}
		help_print(command);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_help();
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		output_printf("gopm %s\n", gopm_version_string());
		output_flush();
		return EXIT_DONE;
	}
	if (argv[1][0] == '-') {
		return usage_error(NULL, "%s: options follow the command", argv[1]);
	}
	const struct command *command = find_command(argv[1]);
	if (command == NULL) {
		return usage_error(NULL, "unknown command %s", argv[1]);
	}
	return command->run(command, argc - 1, argv + 1);
}
