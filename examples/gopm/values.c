/* SPDX-License-Identifier: Apache-2.0 */
#include "values.h"

#include <stdlib.h>

#include "output.h"

const struct option_row limit_rows[] = {
    {0x301, "max-depth", "N", "levels of nested values to show (default 0, or 1 in JSON)"},
    {0x302, "max-string", "N", "bytes of a string to show (default 64)"},
    {0x303, "max-elements", "N", "elements of an array, slice, map or channel to show (default 64)"},
    {0x304, "max-fields", "N", "fields of a struct to show (default 16, or all in JSON)"},
    {0x381, "raw", NULL,
     "show values by their fields, as Delve does: no contents of channels and sync.Map, no durations"},
    {0x380, "max-bytes", "N", "bytes of the text or JSON of one value to show (default 16 MiB)"},
    {0},
};

int limits_option(gopm_value_options *options, struct session *session, int option, char **argv)
{
	uint64_t number;

	switch (option) {
	case 0x301:
		if (!parse_u64(optarg, &number) || number > 1000) {
			return usage_error(session->command, "--max-depth needs a number up to 1000, not %s", optarg);
		}
		options->max_depth = number == 0 ? UINT32_MAX : (uint32_t)number;
		return -1;
	case 0x302:
		return option_number(session, "max-string", &options->max_string);
	case 0x303:
		return option_number(session, "max-elements", &options->max_elements);
	case 0x304:
		return option_number(session, "max-fields", &options->max_fields);
	case 0x381:
		options->flags |= GOPM_VALUE_OPTION_DELVE;
		return -1;
	case 0x380:
		return option_number(session, "max-bytes", &options->max_bytes);
	default:
		return session_option(session, option, argv);
	}
}

int values_option(struct values *values, struct session *session, int option, char **argv)
{
	switch (option) {
	case 'j':
		values->json = true;
		return -1;
	case 'v':
		values->full = true;
		return -1;
	default:
		return limits_option(&values->options, session, option, argv);
	}
}

void values_finish(struct values *values)
{
	/* Text has one line for each variable. */
	if (values->json || values->full) {
		return;
	}
	if (values->options.max_depth == 0) {
		values->options.max_depth = UINT32_MAX;
	}
	if (values->options.max_fields == 0) {
		values->options.max_fields = 16;
	}
}

void values_text(const gopm_value *value)
{
	char small[1024], *text = small;
	size_t length = 0;

	if (gopm_value_text(value, small, sizeof small, &length) != GOPM_OK) {
		output_text("(unreadable: out of memory)");
		return;
	}
	if (length >= sizeof small) {
		text = malloc(length + 1);
		if (text == NULL || gopm_value_text(value, text, length + 1, &length) != GOPM_OK) {
			free(text);
			text = small;
			length = sizeof small - 1;
		}
	}
	output_str((gopm_str){text, length});
	if (text != small) {
		free(text);
	}
}
