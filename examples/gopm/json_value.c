/* SPDX-License-Identifier: Apache-2.0 */
/* A value as Delve's api.Variable, with our members after Delve's. */
#include <stdlib.h>

#include "json.h"

void json_value(const gopm_value *value, bool delve)
{
	char small[4096], *text = small;
	uint32_t flags = delve ? GOPM_VALUE_JSON_DELVE : 0;
	size_t length = 0;

	if (gopm_value_json(value, flags, small, sizeof small, &length) != GOPM_OK) {
		output_text("{}");
		return;
	}
	if (length >= sizeof small) {
		text = malloc(length + 1);
		if (text == NULL || gopm_value_json(value, flags, text, length + 1, &length) != GOPM_OK) {
			free(text);
			output_text("{}");
			return;
		}
	}
	output_lines(text, length);
	if (text != small) {
		free(text);
	}
}
