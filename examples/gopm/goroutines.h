/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of `gopm goroutines`: the list as text or JSON, and the groups. */
#ifndef GOPM_COMMAND_GOROUTINES_H
#define GOPM_COMMAND_GOROUTINES_H

#include "command.h"

struct goroutines_options {
	gopm_goroutine_filter filter;
	uint32_t location; /* the location in the text: GOPM_FIELD_USER, ... */
	uint32_t group_by; /* GOPM_GROUP_*; 0: a list */
	const char *label_key;
	uint64_t limit;
	bool json, labels, stacks, waits;
};

int goroutines_list(struct session *session, const struct goroutines_options *options);
int goroutines_groups(struct session *session, const struct goroutines_options *options);

#endif
