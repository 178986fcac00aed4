/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <getopt.h>
#include <string.h>

#include "command.h"

enum { most_options = 64 };

/* getopt's two tables for one command. */
struct tables {
	const struct command *command;
	struct option longs[most_options + 1];
	char shorts[2 * most_options + 2];
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
	for (const struct option_row *row = session_rows; row->name != NULL; row++) {
		append_row(tables, row, &count);
	}
}

static struct tables tables;

bool options_has_letter(int letter)
{
	return letter > ' ' && letter < 127 && strchr(tables.shorts, letter) != NULL;
}

int options_next(const struct command *command, int argc, char **argv)
{
	if (tables.command != command) {
		build_tables(&tables, command);
	}
	return getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
}
