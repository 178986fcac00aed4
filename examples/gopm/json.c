/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <math.h>
#include <stdio.h>

void json_string(gopm_str str)
{
	output_char('"');
	output_json(str);
	output_char('"');
}

void json_cstring(const char *text)
{
	json_string((gopm_str){text, strlen(text)});
}

void json_double(double value)
{
	char text[40];

	if (!isfinite(value)) {
		output_text("null");
		return;
	}
	int length = snprintf(text, sizeof text, "%.17g", value);
	output_raw(text, (size_t)length);
}

void json_bool(bool value)
{
	if (value) {
		output_text("true");
	} else {
		output_text("false");
	}
}
