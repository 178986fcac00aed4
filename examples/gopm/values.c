/* SPDX-License-Identifier: Apache-2.0 */
#include "values.h"

#include <stdlib.h>

#include "output.h"

static int limit(const struct session *session, const char *name, uint64_t *number)
{
	if (!parse_u64(optarg, number) || *number == 0) {
		return usage_error(session->command, "--%s wants a number above 0, not %s", name, optarg);
	}
	return -1;
}

int values_option(struct values *values, struct session *session, int option, char **argv)
{
	uint64_t number;

	switch (option) {
	case 'j':
		values->json = true;
		return -1;
	case 0x300:
		values->full = true;
		return -1;
	case 0x301:
		if (!parse_u64(optarg, &number) || number > 1000) {
			return usage_error(session->command, "--max-depth wants a number up to 1000, not %s", optarg);
		}
		values->options.max_depth = number == 0 ? UINT32_MAX : (uint32_t)number;
		return -1;
	case 0x302:
		return limit(session, "max-string", &values->options.max_string);
	case 0x303:
		return limit(session, "max-elements", &values->options.max_elements);
	case 0x304:
		return limit(session, "max-fields", &values->options.max_fields);
	default:
		return session_option(session, option, argv);
	}
}

void values_finish(struct values *values)
{
	/* For a terminal one line a variable has to do. */
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
		output_text("(unreadable out of memory)");
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
