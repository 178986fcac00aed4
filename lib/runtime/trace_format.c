/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/trace_format.h"

#include <stddef.h>

/* Newest first. */
static const struct gopm__trace_format formats[] = {
    {.from = 27,
     .argument_info = true,
     .elides_middle = true,
     .creator = true,
     .pointers = true,
     .signal_address = true,
     .divide_bytes = true,
     .plain_labels = true},
    {.from = 22,
     .argument_info = true,
     .elides_middle = true,
     .creator = true,
     .pointers = true,
     .signal_address = true,
     .divide_bytes = true},
    {.from = 21, .argument_info = true, .elides_middle = true, .creator = true, .divide_bytes = true},
    {.from = 17, .argument_info = true, .divide_bytes = true, .arguments_at_parent = true},
    {.from = 0},
};

const struct gopm__trace_format *gopm__trace_format(int minor)
{
	size_t i = 0;

	while (minor != 0 && minor < formats[i].from) {
		i++;
	}
	return &formats[i];
}
