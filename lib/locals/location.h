/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a variable from the location that its location list gives. */
#ifndef GOPM_LOCALS_LOCATION_H
#define GOPM_LOCALS_LOCATION_H

#include "dwarf/scope.h"
#include "locals/preempted_registers.h"

/* A frame whose variables are read. */
struct gopm__frame_reader {
	struct gopm__context *context;
	struct gopm__stack_state *stack_state; /* NULL: nothing is checked or recovered */
	const struct gopm__arch *arch;
	const struct gopm__frame *frame;
	struct gopm__scope scope;
	struct gopm__expression_frame expression;
	struct gopm__preempted_registers preempted;
	uint64_t dictionary; /* address of the function's dictionary of type arguments; 0: none */
	struct gopm__location_description location; /* last evaluated */
};

/* A location that was read. */
struct gopm__location {
	uint64_t address;
	const struct gopm__bytes *bytes; /* NULL: memory of the process */
	const char *why;                 /* the reason that nothing can be read; NULL: read */
};

/* Prepares `r`, whose context, arch, frame and scope are set. The callbacks refer to `r`: it must not move. */
void gopm__frame_reader_init(struct gopm__frame_reader *r);

/* Reads the variable `node`. */
void gopm__location_read(struct gopm__frame_reader *r, const struct gopm__scope_node *node,
                         const struct gopm__type *type, struct gopm__location *out);

#endif
