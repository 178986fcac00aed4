/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GOPM_LOCALS_LOCAL_H
#define GOPM_LOCALS_LOCAL_H

#include "dwarf/scope.h"
#include "unwind/frame.h"
#include "value/variable.h"

/* A variable of a frame, as the DWARF declares it. */
struct gopm__local {
	const struct gopm__frame *frame;
	const struct gopm__scope *scope;
	const struct gopm__expression_frame *expression; /* its callbacks are not called */
	const struct gopm__scope_node *node;
	const struct gopm__type *type;
	int argument; /* index among the function's arguments; -1: not an argument, or of an inlined call */
};

/* A value found for it outside of its listed location. */
struct gopm__recovered {
	uint32_t provenance; /* GOPM_FROM_* */
	const char *origin;
	uint64_t address;
	const struct gopm__bytes *bytes;
};

#endif
