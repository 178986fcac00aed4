/* Variables whose location list does not cover the pc: what the core holds of them elsewhere. */
#ifndef GOPM_VALUE_RECOVER_H
#define GOPM_VALUE_RECOVER_H

#include "dwarf/scope.h"
#include "value/resolve.h"

struct gopm__recover_request {
	const struct gopm__frame *frame;
	const struct gopm__scope *scope;
	const struct gopm__expression_frame *expression; /* callbacks are not used */
	const struct gopm__scope_node *node;
	const struct gopm__dwarf_type *type;
	int argument; /* number of the physical function's argument, from 0; -1: it is none */
};

struct gopm__recovered {
	uint32_t provenance; /* GOPM_FROM_* */
	const char *origin;
	uint64_t address;
	const struct gopm__bytes *bytes;
};

/* False: nothing is left of it. `context` has a recovery. */
bool gopm__recover(struct gopm__context *context, const struct gopm__recover_request *request,
                   struct gopm__recovered *out);

/* Whether the slot that the location list names holds something that the list never calls the variable's: compilers
 * use slots again that their lists still give to a variable nobody needs any more. `context` has a recovery. */
bool gopm__slot_reused(struct gopm__context *context, const struct gopm__recover_request *request);

#endif
