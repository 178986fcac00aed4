/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of one function, and the instructions that do them. sync_find.h finds them. */
#ifndef GOPM_CODE_SYNC_OPS_H
#define GOPM_CODE_SYNC_OPS_H

#include "code/sync_place.h"

/* The events of one instruction come in this order. */
enum gopm__sync_action {
	GOPM__SYNC_DOES,
	GOPM__SYNC_WAKES,        /* an instruction before did the op; it is still in the call */
	GOPM__SYNC_RELEASES,     /* the op's lock is not held after it */
	GOPM__SYNC_RELEASES_ALL, /* any lock may be released; there is no op */
	GOPM__SYNC_ACQUIRES,     /* the op's lock is held after it */
	GOPM__SYNC_RETURNS,      /* there is no op */
	GOPM__SYNC_ENDS,         /* no path goes on, and it is not a return; there is no op */
};

/* An instruction, and what it does to one operation. */
struct gopm__sync_event {
	uint32_t index; /* of the instruction */
	uint8_t action; /* enum gopm__sync_action */
	uint8_t op;
	bool must; /* false: it may do nothing */
};

/* The same for the edge between two blocks: the branch depends on what instruction `index` did, of block `from`. */
struct gopm__sync_edge {
	uint32_t index, from, to;
	uint8_t action; /* GOPM__SYNC_ACQUIRES or GOPM__SYNC_RELEASES */
	uint8_t op;
};

/* The base of a place gets another value: by an instruction, or, for a phi, at the start of the instruction's block. */
struct gopm__sync_change {
	uint32_t index;
	bool phi;
	uint8_t op, place;
};

struct gopm__sync_ops {
	struct gopm__sync_op *list;
	size_t count, capacity;
	struct gopm__sync_event *events; /* by instruction */
	size_t event_count, event_capacity;
	struct gopm__sync_edge *edges;
	size_t edge_count, edge_capacity;
	struct gopm__sync_change *changes; /* by instruction; a phi before all else of its block */
	size_t change_count, change_capacity;
	bool unsure; /* the instruction of a release was not found: no lock is known to be held anywhere */
	bool failed; /* too many operations, or out of memory */
};

void gopm__sync_ops_clear(struct gopm__sync_ops *ops);

/* The index of the operation, which is added unless the list has it. Sets ops->failed if there is no room. */
uint8_t gopm__sync_add_op(struct gopm__sync_ops *ops, unsigned kind, unsigned flags,
                          const struct gopm__sync_places *places);
/* The same for a METHOD of the object that op `receiver` is. */
uint8_t gopm__sync_add_method(struct gopm__sync_ops *ops, uint8_t receiver, const struct gopm__sync_places *places);
void gopm__sync_add_event(struct gopm__sync_ops *ops, struct gopm__sync_event event);
void gopm__sync_add_edge(struct gopm__sync_ops *ops, struct gopm__sync_edge edge);

/* Sorts the events, and lists the changes. The last step. */
void gopm__sync_ops_finish(struct gopm__sync_ops *ops, const struct gopm__cfg *cfg);

/* What happens on an edge, as an event. */
static inline struct gopm__sync_event gopm__sync_edge_event(const struct gopm__sync_edge *edge)
{
	return (struct gopm__sync_event){edge->index, edge->action, edge->op, true};
}

/* The kind that releases a lock which `kind` takes; GOPM__SYNC_KINDS: `kind` takes none. */
unsigned gopm__sync_release_of(unsigned kind);

static inline bool gopm__sync_is_release(unsigned kind)
{
	return kind == GOPM__SYNC_UNLOCK || kind == GOPM__SYNC_RW_UNLOCK || kind == GOPM__SYNC_RW_RUNLOCK;
}

#endif
