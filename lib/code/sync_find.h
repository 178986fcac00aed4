/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the operations on synchronization objects in the code of a function (code/sync.h). */
#ifndef GOPM_CODE_SYNC_FIND_H
#define GOPM_CODE_SYNC_FIND_H

#include "code/sync_ops.h"

/* What a function does with its arguments, captured words and package variables. */
struct gopm__sync_summary {
	size_t count;
	struct gopm__sync_summary_op {
		uint8_t kind, flags;
		bool known; /* `place` is the object's; its base has its value at the entry */
		bool must;  /* every path to a return does it */
		bool held;  /* the lock is held at some return ... */
		bool keeps; /* ... at each */
		struct gopm__sync_place place;
	} * ops;
};

/* A function that is called. */
struct gopm__sync_callee {
	uint8_t role;                             /* enum gopm__func_role */
	bool restarts;                            /* it jumps back to the entry of its caller */
	const struct gopm__sync_summary *summary; /* NULL: unknown, or it does nothing */
};

/* The function to analyze. */
struct gopm__sync_source {
	const struct gopm__values *values;
	bool defers; /* it has deferred calls */
	bool calls;  /* find calls of functions that only a run knows, too */
	struct gopm__sync_callee (*callee)(void *user_data, uint64_t target);
	/* The entry of the function of the closure at an address that the code has as a constant; 0: unknown. */
	uint64_t (*closure)(void *user_data, uint64_t address);
	void *user_data;
};

/* True if a call of a function with this role is an operation, or the slow path of one. */
bool gopm__sync_is_role(unsigned role);

/* Constants in registers, to find the closures that a function may defer. None is ever forgotten: it may be too much.
 */
struct gopm__sync_constants {
	uint64_t registers[GOPM__CODE_REGISTERS];
};

/* The constant that the instruction makes: perhaps the entry of a function, or a closure without captured words. 0: it
 * makes none. */
uint64_t gopm__sync_constant(struct gopm__sync_constants *constants, const struct gopm__instruction *code);

/* Fills zeroed `ops`. If it fails, ops->failed is set. Release them with gopm__sync_ops_clear() in either case. */
void gopm__sync_find(struct gopm__sync_ops *ops, const struct gopm__sync_source *source);

#endif
