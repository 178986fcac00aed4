/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "suggest.h"

enum { most_options = 64 };

/* getopt's two tables for one command. */
struct tables {
	const struct command *command;
	struct option longs[most_options + 1];
	size_t own_count; /* options of the command, before those of every command */
	char shorts[2 * most_options + 3];
};

static void append_row(struct tables *tables, const struct option_row *row, size_t *count)
{
	if (*count == most_options) {
		return;
	}
	tables->longs[(*count)++] = (struct option){
	    .name = row->name,
	    .has_arg = row->value != NULL ? required_argument : no_argument,
	    .val = row->id,
	};
	if (row->id < 256) {
		char letters[3] = {(char)row->id, row->value != NULL ? ':' : '\0', '\0'};
		strcat(tables->shorts, letters);
	}
}

static void build_tables(struct tables *tables, const struct command *command)
{
	size_t count = 0;

	memset(tables, 0, sizeof *tables);
	tables->command = command;
	tables->shorts[0] = ':'; /* getopt tells a missing value from an unknown option */
	for (size_t i = 0; command->options[i] != NULL; i++) {
		for (const struct option_row *row = command->options[i]; row->name != NULL; row++) {
			append_row(tables, row, &count);
		}
	}
	tables->own_count = count;
	if (command->old_letter != NULL) {
		strncat(tables->shorts, command->old_letter, 1);
	}
	for (const struct option_row *row = session_rows; row->name != NULL; row++) {
		append_row(tables, row, &count);
	}
}

static struct tables tables;
static bool quiet_about_old; /* options_ask_json() only looks */

/* Warns about a letter that the option had before. Returns the option's id. */
static int renamed(const struct command *command, int option)
{
	const char *letters = command->old_letter;
	const struct option *now = tables.longs;

	if (letters == NULL || option != letters[0]) {
		return option;
	}
	while (now->name != NULL && now->val != letters[1]) {
		now++;
	}
	if (!quiet_about_old && now->name != NULL) {
		warn("-%c is --frame in other commands; use -%c or --%s", letters[0], letters[1], now->name);
	}
	return letters[1];
}

int options_next(const struct command *command, int argc, char **argv)
{
	if (tables.command != command) {
		build_tables(&tables, command);
	}
	return renamed(command, getopt_long(argc, argv, tables.shorts, tables.longs, NULL));
}

/* Letters: -f where only --full is known. */
static int unknown_letter(const struct command *command, char letter)
{
	char swapped = (char)(letter ^ ('a' ^ 'A'));
	const struct option *best = NULL;

	for (size_t i = 0; tables.longs[i].name != NULL; i++) {
		const struct option *option = &tables.longs[i];
		bool begins = option->name[0] == letter && i < tables.own_count;
		if (option->val == swapped || (best == NULL && begins)) {
			best = option;
		}
	}
	if (command == &command_print) {
		return usage_error(command, "unknown option -%c; put -- before an expression that starts with -",
		                   letter);
	}
	if (best == NULL) {
		return usage_error(command, "unknown option -%c", letter);
	}
	if (best->val < 256) {
		return usage_error(command, "unknown option -%c; did you mean -%c, --%s?", letter, best->val,
		                   best->name);
	}
	return usage_error(command, "unknown option -%c; did you mean --%s?", letter, best->name);
}

/* `given` is the word of the command line, without "--" and value. */
static int unknown_name(const struct command *command, const char *given)
{
	struct suggestion near = {.word = given};
	char list[256] = "";
	size_t matches = 0;

	for (const struct option *option = tables.longs; option->name != NULL; option++) {
		suggestion_offer(&near, option->name);
		if (given[0] != '\0' && strncmp(option->name, given, strlen(given)) == 0) {
			size_t at = strlen(list);
			(void)snprintf(list + at, sizeof list - at, "%s--%s", matches++ != 0 ? ", " : "", option->name);
		}
	}
	if (matches > 1) {
		return usage_error(command, "ambiguous option --%s: %s", given, list);
	}
	if (near.best != NULL) {
		return usage_error(command, "unknown option --%s; did you mean --%s?", given, near.best);
	}
	return usage_error(command, "unknown option --%s", given);
}

int options_error(const struct command *command, int option, char **argv)
{
	const char *word = argv[optind - 1];
	char given[256];

	if (option == ':') {
		return usage_error(command, "option %s needs a value", word);
	}
	/* For an unknown long option, optopt is 0. A letter may be in the middle of its word. */
	if (optopt > ' ' && optopt < 127 && strchr(tables.shorts, optopt) == NULL) {
		return unknown_letter(command, (char)optopt);
	}
	(void)snprintf(given, sizeof given, "%.*s", (int)strcspn(word, "="), word);
	if (optopt != 0) {
		return usage_error(command, "option %s has no value", given);
	}
	return unknown_name(command, given + strspn(given, "-"));
}

bool options_ask_json(const struct command *command, int argc, char **argv)
{
	char **words = calloc((size_t)argc + 1, sizeof *words); /* options_next() changes their order */
	bool json = false;
	int option;

	if (words == NULL) {
		return false;
	}
	memcpy(words, argv, (size_t)argc * sizeof *words);
	opterr = 0;
	optind = 0; /* start again */
	quiet_about_old = true;
	while ((option = options_next(command, argc, words)) != -1) {
		json = json || option == 'j';
	}
	quiet_about_old = false;
	optind = 0;
	free(words);
	return json;
}
