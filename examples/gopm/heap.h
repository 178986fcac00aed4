/* SPDX-License-Identifier: Apache-2.0 */
/* What the command heap is asked for. */
#ifndef GOPM_COMMAND_HEAP_H
#define GOPM_COMMAND_HEAP_H

#include <gopm/heap.h>
#include <stdbool.h>

struct heap_request {
	gopm_heap_filter filter;
	uint64_t limit; /* rows */
	bool objects, json;
};

#endif
