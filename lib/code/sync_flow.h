/* SPDX-License-Identifier: Apache-2.0 */
/* Two dataflow analyses over the operations of a function: the locks that are held and released at each pc (forward),
 * and the operations that are still to come (backward). The facts are a byte for each operation. */
#ifndef GOPM_CODE_SYNC_FLOW_H
#define GOPM_CODE_SYNC_FLOW_H

#include "code/sync_ops.h"

/* Set in a fact about some path: the op is also executed with an object that is not known. */
#define GOPM__SYNC_UNKNOWN UINT8_C(0x80)

/* Facts before an instruction. 0: it does not hold. */
struct gopm__sync_forward {
	uint8_t held[GOPM__SYNC_OPS];     /* on every path; the number of places that are valid */
	uint8_t may_hold[GOPM__SYNC_OPS]; /* on some path; the same, and GOPM__SYNC_UNKNOWN */
	uint8_t released[GOPM__SYNC_OPS]; /* likewise */
};

struct gopm__sync_backward {
	uint8_t pending[GOPM__SYNC_OPS]; /* 1 + the index of the first place that is valid, and GOPM__SYNC_UNKNOWN */
	bool must[GOPM__SYNC_OPS];       /* on every path to a return, if it has a valid place */
};

struct gopm__sync_flow {
	const struct gopm__cfg *cfg;
	const struct gopm__sync_ops *ops;
	/* By rank of the block: op_count bytes for each array of gopm__sync_forward at its start, and of
	 * gopm__sync_backward at its end. */
	uint8_t *forward, *backward;
	bool *reached; /* by a path that does not end before, by rank */
};

/* False: out of memory. Release it with gopm__sync_flow_clear() in either case. */
bool gopm__sync_flow_analyze(struct gopm__sync_flow *flow, const struct gopm__cfg *cfg,
                             const struct gopm__sync_ops *ops);
void gopm__sync_flow_clear(struct gopm__sync_flow *flow);
size_t gopm__sync_flow_bytes(const struct gopm__sync_flow *flow);

/* The facts before instruction `index`; with `after`, after what it does. False: no path gets there. */
bool gopm__sync_before(const struct gopm__sync_flow *flow, size_t index, bool after, struct gopm__sync_forward *out);

/* The facts of the paths that continue at instruction `index`; with `after`, after it. False: no path gets there. */
bool gopm__sync_after(const struct gopm__sync_flow *flow, size_t index, bool after, struct gopm__sync_backward *out);

#endif
