/* SPDX-License-Identifier: Apache-2.0 */
/* --help: the tables of a command as text of at most 79 columns. docs/reference/make.py reads this text. */
#include <string.h>

#include "command.h"
#include "output.h"

enum { width = 79, text_column = 22 };

/* Prints words from column `at` on. New lines start at column `indent`; '\n' in the text starts one. */
static void print_wrapped(const char *text, size_t indent, size_t at)
{
	bool empty = true; /* no word on this line yet */

	while (*text != '\0') {
		size_t size = strcspn(text, " \n");
		size_t columns = 0; /* UTF-8: count no continuation bytes */
		for (size_t i = 0; i < size; i++) {
			columns += ((unsigned char)text[i] & 0xc0) != 0x80;
		}
		if (!empty && at + 1 + columns > width) {
			output_char('\n');
			output_spaces(indent);
			at = indent;
			empty = true;
		}
		if (!empty) {
			output_char(' ');
			at++;
		}
		output_str((gopm_str){text, size});
		at += columns;
		empty = false;
		text += size;
		if (*text == '\n') {
			output_char('\n');
			if (text[1] != '\n' && text[1] != '\0') {
				output_spaces(indent);
			}
			at = indent;
			empty = true;
		}
		text += *text != '\0';
	}
	output_char('\n');
}

static void print_row(const struct option_row *row)
{
	char head[80];
	const char *value = row->value != NULL ? row->value : "";
	const char *gap = row->value != NULL ? " " : "";
	int n = row->id < 256 ? snprintf(head, sizeof head, "  -%c, --%s%s%s", row->id, row->name, gap, value)
	                      : snprintf(head, sizeof head, "      --%s%s%s", row->name, gap, value);
	size_t at = n > 0 ? (size_t)n : 0;

	output_string(head);
	if (at + 2 > text_column) {
		output_char('\n');
		at = 0;
	}
	output_spaces(text_column - at);
	print_wrapped(row->text, text_column, text_column);
}

static void print_rows(const struct option_row *row)
{
	for (; row->name != NULL; row++) {
		print_row(row);
	}
}

void help_print(const struct command *command)
{
	output_printf("usage: gopm %s %s\n\n", command->name, command->arguments);
	print_wrapped(command->about, 0, 0);
	output_text("\nOptions:\n");
	for (size_t i = 0; command->options[i] != NULL; i++) {
		print_rows(command->options[i]);
	}
	output_text("\nOptions of every command:\n");
	print_rows(session_rows);
	output_text("\nExamples:\n");
	for (const struct example *example = command->examples; example->arguments != NULL; example++) {
		output_printf("  gopm %s\n", example->arguments);
		output_spaces(6);
		print_wrapped(example->text, 6, 6);
	}
	output_char('\n');
	if (strstr(command->arguments, "CORE") == NULL) {
		print_wrapped("Exit codes: 0 done, 1 failed, 2 wrong command line, 3 nothing found.", 0, 0);
		output_flush();
		return;
	}
	print_wrapped(
	    "CORE may be compressed by zstd, lz4, xz, gzip or bzip2; \"-\" is standard input. If EXE is not given, "
	    "gopm finds it through the core. Exit codes: 0 done, 1 failed, 2 wrong command line, "
	    "3 nothing found.",
	    0, 0);
	output_flush();
}
