/* SPDX-License-Identifier: Apache-2.0 */
#include "code/sync_ops.h"

#include <stdlib.h>
#include <string.h>

#include "util/vector.h"

void gopm__sync_ops_clear(struct gopm__sync_ops *ops)
{
	free(ops->list);
	free(ops->events);
	free(ops->edges);
	free(ops->changes);
	memset(ops, 0, sizeof *ops);
}

unsigned gopm__sync_release_of(unsigned kind)
{
	switch (kind) {
	case GOPM__SYNC_LOCK:
		return GOPM__SYNC_UNLOCK;
	case GOPM__SYNC_RW_LOCK:
		return GOPM__SYNC_RW_UNLOCK;
	case GOPM__SYNC_RW_RLOCK:
		return GOPM__SYNC_RW_RUNLOCK;
	default:
		return GOPM__SYNC_KINDS;
	}
}

static bool is_op(const struct gopm__sync_op *op, const struct gopm__sync_op *like,
                  const struct gopm__sync_places *places)
{
	if (op->kind != like->kind || op->flags != like->flags ||
	    (op->kind == GOPM__SYNC_METHOD && op->receiver != like->receiver) ||
	    (op->place_count == 0) != (places->count == 0)) {
		return false;
	}
	return places->count == 0 || gopm__sync_same(&op->places[0], &places->list[0]);
}

/* `like` has no places. */
static uint8_t add_op(struct gopm__sync_ops *ops, const struct gopm__sync_op *like,
                      const struct gopm__sync_places *places)
{
	for (size_t i = 0; i < ops->count; i++) {
		if (is_op(&ops->list[i], like, places)) {
			return (uint8_t)i;
		}
	}
	if (ops->count == GOPM__SYNC_OPS || !GOPM__VECTOR_RESERVE(ops->list, ops->count, ops->capacity, 1)) {
		ops->failed = true;
		return 0;
	}
	struct gopm__sync_op *op = &ops->list[ops->count];
	*op = *like;
	for (unsigned i = 0; i < places->count; i++) {
		const bool some = op->some_count != 0 || gopm__sync_is_some(&places->list[i]);
		op->some_count += some;
		op->place_count += !some;
	}
	memcpy(op->places, places->list, places->count * sizeof op->places[0]);
	return (uint8_t)ops->count++;
}

uint8_t gopm__sync_add_op(struct gopm__sync_ops *ops, unsigned kind, unsigned flags,
                          const struct gopm__sync_places *places)
{
	const struct gopm__sync_op like = {.kind = (uint8_t)kind, .flags = (uint8_t)flags};

	return add_op(ops, &like, places);
}

uint8_t gopm__sync_add_method(struct gopm__sync_ops *ops, uint8_t receiver, const struct gopm__sync_places *places)
{
	const struct gopm__sync_op like = {.kind = GOPM__SYNC_METHOD, .receiver = receiver};

	return add_op(ops, &like, places);
}

void gopm__sync_add_event(struct gopm__sync_ops *ops, struct gopm__sync_event event)
{
	if (GOPM__VECTOR_RESERVE(ops->events, ops->event_count, ops->event_capacity, 1)) {
		ops->events[ops->event_count++] = event;
	} else {
		ops->failed = true;
	}
}

void gopm__sync_add_edge(struct gopm__sync_ops *ops, struct gopm__sync_edge edge)
{
	for (size_t i = 0; i < ops->edge_count; i++) {
		const struct gopm__sync_edge *known = &ops->edges[i];
		if (known->from == edge.from && known->to == edge.to && known->op == edge.op &&
		    known->action == edge.action) {
			return;
		}
	}
	if (GOPM__VECTOR_RESERVE(ops->edges, ops->edge_count, ops->edge_capacity, 1)) {
		ops->edges[ops->edge_count++] = edge;
	} else {
		ops->failed = true;
	}
}

static void add_change(struct gopm__sync_ops *ops, struct gopm__sync_change change)
{
	if (GOPM__VECTOR_RESERVE(ops->changes, ops->change_count, ops->change_capacity, 1)) {
		ops->changes[ops->change_count++] = change;
	} else {
		ops->failed = true;
	}
}

static int compare_events(const void *a, const void *b)
{
	const struct gopm__sync_event *x = a, *y = b;

	if (x->index != y->index) {
		return x->index < y->index ? -1 : 1;
	}
	return x->action != y->action ? (int)x->action - (int)y->action : (int)x->op - (int)y->op;
}

/* Two calls of a slow path may have the same atomic instruction. */
static void drop_duplicates(struct gopm__sync_ops *ops)
{
	size_t kept = 1;

	for (size_t i = 1; i < ops->event_count; i++) {
		if (compare_events(&ops->events[kept - 1], &ops->events[i]) == 0) {
			ops->events[kept - 1].must = ops->events[kept - 1].must || ops->events[i].must;
		} else {
			ops->events[kept++] = ops->events[i];
		}
	}
	ops->event_count = kept;
}

static int compare_changes(const void *a, const void *b)
{
	const struct gopm__sync_change *x = a, *y = b;

	if (x->index != y->index) {
		return x->index < y->index ? -1 : 1;
	}
	return x->phi != y->phi ? (x->phi ? -1 : 1) : 0;
}

void gopm__sync_ops_finish(struct gopm__sync_ops *ops, const struct gopm__cfg *cfg)
{
	for (size_t i = 0; i < ops->count; i++) {
		const struct gopm__sync_op *op = &ops->list[i];
		for (uint8_t k = 0; k < op->place_count; k++) {
			const struct gopm__value_number *base = &op->places[k].base;
			struct gopm__sync_change change = {base->at, base->kind == GOPM__VN_PHI, (uint8_t)i, k};
			if (change.phi) {
				change.index = cfg->blocks[cfg->instructions[base->at].block].begin;
			}
			if (change.phi || base->kind == GOPM__VN_DEFINITION) {
				add_change(ops, change);
			}
		}
	}
	if (ops->event_count != 0) {
		qsort(ops->events, ops->event_count, sizeof ops->events[0], compare_events);
		drop_duplicates(ops);
	}
	if (ops->change_count != 0) {
		qsort(ops->changes, ops->change_count, sizeof ops->changes[0], compare_changes);
	}
}
