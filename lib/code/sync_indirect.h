/* SPDX-License-Identifier: Apache-2.0 */
/* What an indirect call calls: a closure, or a method of an interface. */
#ifndef GOPM_CODE_SYNC_INDIRECT_H
#define GOPM_CODE_SYNC_INDIRECT_H

#include "code/sync_place.h"

enum gopm__sync_indirect_kind {
	GOPM__SYNC_CALLS_UNKNOWN,
	GOPM__SYNC_CALLS_ENTRY,    /* the function at `entry`, with a closure */
	GOPM__SYNC_CALLS_DEFERRED, /* a closure of the function, which was deferred: at its end */
	GOPM__SYNC_CALLS_CLOSURE,  /* the closure at `places` */
	GOPM__SYNC_CALLS_METHOD,   /* the function whose address is in the word at `places`, of `receiver` */
};

struct gopm__sync_indirect {
	enum gopm__sync_indirect_kind kind;
	uint64_t entry;
	struct gopm__sync_places places, receiver;
};

/* @param index of the call
 * @param defers the function has deferred calls
 * @param read_closure the entry of the function of a closure that the code has as a constant; 0: unknown */
struct gopm__sync_indirect gopm__sync_indirect_call(struct gopm__sync_numbers *numbers, size_t index, bool defers,
                                                    uint64_t (*read_closure)(void *user_data, uint64_t address),
                                                    void *user_data);

#endif
