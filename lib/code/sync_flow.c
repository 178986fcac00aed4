/* SPDX-License-Identifier: Apache-2.0 */
/* A lock is held at a pc if it is on every path: joins intersect. Other facts hold on some path: joins unite them, and
 * keep the places that are valid on all of these paths. `must` of the backward analysis starts true, as a path that
 * never returns has no return without the operation; only joins with a path that returns make it false.
 *
 * All facts move in one direction, and each at most GOPM__SYNC_PLACES + 2 times: the analyses terminate. */
#include "code/sync_flow.h"

#include <stdlib.h>
#include <string.h>

#include "code/dataflow.h"
#include "util/allocate.h"
#include "util/search.h"

#define FORWARD_ARRAYS 3u
#define BACKWARD_ARRAYS 2u

struct solver {
	struct gopm__sync_flow *flow;
	uint32_t block; /* the one that was transferred last */
	bool dead;      /* no path leaves it */
	struct gopm__sync_forward forward;
	struct gopm__sync_backward backward;
};

/* The first event, or change, at or after instruction `index`. */
static size_t first_event(const struct gopm__sync_ops *ops, size_t index)
{
	size_t i;

	GOPM__LOWER_BOUND(i, ops->event_count, ops->events[i].index < index);
	return i;
}

static size_t first_change(const struct gopm__sync_ops *ops, size_t index)
{
	size_t i;

	GOPM__LOWER_BOUND(i, ops->change_count, ops->changes[i].index < index);
	return i;
}

static uint8_t *forward_facts(const struct gopm__sync_flow *flow, size_t block)
{
	return &flow->forward[flow->cfg->blocks[block].rank * FORWARD_ARRAYS * flow->ops->count];
}

static uint8_t *backward_facts(const struct gopm__sync_flow *flow, size_t block)
{
	return &flow->backward[flow->cfg->blocks[block].rank * BACKWARD_ARRAYS * flow->ops->count];
}

/* A fact with `places` valid places, in addition to one of before. */
static uint8_t with_places(const struct gopm__sync_op *op, uint8_t before)
{
	const uint8_t unknown = before & GOPM__SYNC_UNKNOWN;

	return op->place_count != 0 ? unknown | op->place_count : GOPM__SYNC_UNKNOWN;
}

static bool same_object(const struct gopm__sync_op *a, const struct gopm__sync_op *b)
{
	return a->place_count != 0 && b->place_count != 0 && a->places[0].loads == 0 &&
	       gopm__sync_same(&a->places[0], &b->places[0]);
}

static bool may_be_same(const struct gopm__sync_op *a, const struct gopm__sync_op *b)
{
	return a->place_count == 0 || b->place_count == 0 || gopm__sync_may_alias(&a->places[0], &b->places[0]);
}

/* Forward */

/* A call of another method, perhaps of the same object: it may undo what the method before did. */
static void forget_methods(const struct gopm__sync_ops *ops, const struct gopm__sync_op *op,
                           struct gopm__sync_forward *f)
{
	for (size_t i = 0; i < ops->count; i++) {
		const struct gopm__sync_op *other = &ops->list[i];
		const bool method = other->kind == GOPM__SYNC_METHOD && other != op;
		if (method && may_be_same(&ops->list[other->receiver], &ops->list[op->receiver])) {
			f->held[i] = f->may_hold[i] = 0;
		}
	}
}

static void acquire(const struct gopm__sync_ops *ops, const struct gopm__sync_event *event,
                    struct gopm__sync_forward *f)
{
	const struct gopm__sync_op *op = &ops->list[event->op];

	if (op->kind == GOPM__SYNC_METHOD) {
		forget_methods(ops, op, f);
	}
	f->may_hold[event->op] = with_places(op, f->may_hold[event->op]);
	if (event->must && !ops->unsure) {
		f->held[event->op] = op->place_count;
	}
	for (size_t i = 0; i < ops->count; i++) {
		if (event->must && ops->list[i].kind == gopm__sync_release_of(op->kind) &&
		    same_object(&ops->list[i], op)) {
			f->released[i] &= GOPM__SYNC_UNKNOWN;
		}
	}
}

/* An exclusive lock that is known to be held is the one that is released, whatever else may have the same address: both
 * cannot be held at once. A reader's lock may be held twice, then once. */
static void release(const struct gopm__sync_ops *ops, const struct gopm__sync_event *event,
                    struct gopm__sync_forward *f)
{
	const struct gopm__sync_op *op = &ops->list[event->op];
	bool own = false;

	for (size_t i = 0; i < ops->count; i++) {
		if (gopm__sync_release_of(ops->list[i].kind) == op->kind && same_object(&ops->list[i], op)) {
			own = own || f->held[i] != 0;
			f->held[i] = 0;
			f->may_hold[i] &= event->must ? GOPM__SYNC_UNKNOWN : UINT8_MAX;
		}
	}
	if (own) {
		return;
	}
	for (size_t i = 0; i < ops->count; i++) {
		if (gopm__sync_release_of(ops->list[i].kind) == op->kind && may_be_same(&ops->list[i], op)) {
			f->held[i] = 0;
		}
	}
	f->released[event->op] = with_places(op, f->released[event->op]);
}

/* False: no path goes on. */
static bool apply_event(const struct gopm__sync_ops *ops, const struct gopm__sync_event *event,
                        struct gopm__sync_forward *f)
{
	switch (event->action) {
	case GOPM__SYNC_ACQUIRES:
		acquire(ops, event, f);
		return true;
	case GOPM__SYNC_RELEASES:
		release(ops, event, f);
		return true;
	case GOPM__SYNC_RELEASES_ALL:
		memset(f->held, 0, sizeof f->held);
		memset(f->may_hold, 0, sizeof f->may_hold);
		return true;
	default:
		return event->action != GOPM__SYNC_ENDS;
	}
}

/* The fact with at most `most` valid places. */
static uint8_t keep_places(uint8_t fact, uint8_t most)
{
	const uint8_t unknown = fact & GOPM__SYNC_UNKNOWN, places = fact & ~GOPM__SYNC_UNKNOWN & UINT8_MAX;

	if (places <= most) {
		return fact;
	}
	return most != 0 ? unknown | most : GOPM__SYNC_UNKNOWN;
}

/* From here on, place `change->place` of the op is not the object's, nor are those after it: they describe where its
 * base was loaded from. */
static void apply_change(const struct gopm__sync_change *change, struct gopm__sync_forward *f)
{
	const uint8_t i = change->op;

	f->held[i] = f->held[i] > change->place ? change->place : f->held[i];
	f->may_hold[i] = keep_places(f->may_hold[i], change->place);
	f->released[i] = keep_places(f->released[i], change->place);
}

/* Changes the facts from those at the start of the block to those before instruction `end`. False: no path gets
 * there. */
static bool run_forward(const struct gopm__sync_flow *flow, size_t block, size_t end, struct gopm__sync_forward *f)
{
	const struct gopm__sync_ops *ops = flow->ops;
	const size_t begin = flow->cfg->blocks[block].begin;
	size_t event = first_event(ops, begin), change = first_change(ops, begin);

	for (; change < ops->change_count && ops->changes[change].index == begin && ops->changes[change].phi;
	     change++) {
		apply_change(&ops->changes[change], f);
	}
	for (;;) {
		size_t at = event < ops->event_count ? ops->events[event].index : SIZE_MAX;
		size_t changes_at = change < ops->change_count ? ops->changes[change].index : SIZE_MAX;
		if (at >= end && changes_at >= end) {
			return true;
		}
		if (at > changes_at) {
			apply_change(&ops->changes[change++], f);
		} else if (!apply_event(ops, &ops->events[event++], f)) {
			return false;
		}
	}
}

static void load_forward(const struct gopm__sync_flow *flow, size_t block, struct gopm__sync_forward *f)
{
	const size_t count = flow->ops->count;
	const uint8_t *facts = forward_facts(flow, block);

	memset(f, 0, sizeof *f);
	memcpy(f->held, facts, count);
	memcpy(f->may_hold, facts + count, count);
	memcpy(f->released, facts + 2 * count, count);
}

static void transfer_forward(void *user_data, size_t block)
{
	struct solver *s = user_data;

	load_forward(s->flow, block, &s->forward);
	s->block = (uint32_t)block;
	s->dead = !s->flow->reached[s->flow->cfg->blocks[block].rank] ||
	          !run_forward(s->flow, block, s->flow->cfg->blocks[block].end, &s->forward);
}

/* What holds on both paths: the lower number of valid places. True if it changed. */
static bool intersect(uint8_t *to, const uint8_t *from, size_t count)
{
	bool changed = false;

	for (size_t i = 0; i < count; i++) {
		changed = changed || from[i] < to[i];
		to[i] = from[i] < to[i] ? from[i] : to[i];
	}
	return changed;
}

/* What holds on one of two paths. The lower number of places is valid on both, if it holds on both. */
static uint8_t united(uint8_t a, uint8_t b)
{
	const uint8_t mask = (uint8_t)~GOPM__SYNC_UNKNOWN, x = a & mask, y = b & mask;
	const uint8_t places = x == 0 ? y : y == 0 || x < y ? x : y;

	return ((a | b) & GOPM__SYNC_UNKNOWN) | places;
}

static bool unite(uint8_t *to, const uint8_t *from, size_t count)
{
	bool changed = false;

	for (size_t i = 0; i < count; i++) {
		const uint8_t both = united(to[i], from[i]);
		changed = changed || both != to[i];
		to[i] = both;
	}
	return changed;
}

static bool join_forward(void *user_data, size_t to)
{
	struct solver *s = user_data;
	const struct gopm__sync_ops *ops = s->flow->ops;
	struct gopm__sync_forward f = s->forward;
	uint8_t *facts = forward_facts(s->flow, to);
	bool *reached = &s->flow->reached[s->flow->cfg->blocks[to].rank];

	if (s->dead) {
		return false;
	}
	for (size_t i = 0; i < ops->edge_count; i++) {
		if (ops->edges[i].from == s->block && ops->edges[i].to == to) {
			const struct gopm__sync_event event = gopm__sync_edge_event(&ops->edges[i]);
			(void)apply_event(ops, &event, &f);
		}
	}
	if (!*reached) {
		*reached = true;
		memcpy(facts, f.held, ops->count);
		memcpy(facts + ops->count, f.may_hold, ops->count);
		memcpy(facts + 2 * ops->count, f.released, ops->count);
		return true;
	}
	bool changed = intersect(facts, f.held, ops->count);
	changed = unite(facts + ops->count, f.may_hold, ops->count) || changed;
	return unite(facts + 2 * ops->count, f.released, ops->count) || changed;
}

/* Backward */

/* 1 + the index of the first place of a pending operation; 0: none is known. */
static uint8_t first_place(uint8_t pending)
{
	return pending & (uint8_t)~GOPM__SYNC_UNKNOWN;
}

static void begin_op(const struct gopm__sync_ops *ops, const struct gopm__sync_event *event,
                     struct gopm__sync_backward *b)
{
	const struct gopm__sync_op *op = &ops->list[event->op];
	const unsigned release = gopm__sync_release_of(op->kind);
	uint8_t *pending = &b->pending[event->op];

	b->must[event->op] = event->must || (b->must[event->op] && first_place(*pending) == 1);
	*pending = op->place_count != 0 ? (*pending & GOPM__SYNC_UNKNOWN) | 1 : GOPM__SYNC_UNKNOWN;
	/* A lock that is taken here is what a release after it releases. */
	for (size_t i = 0; i < ops->count; i++) {
		if (ops->list[i].kind != release || b->pending[i] == 0) {
			continue;
		}
		if (event->must && first_place(b->pending[i]) == 1 && same_object(&ops->list[i], op)) {
			b->pending[i] &= GOPM__SYNC_UNKNOWN;
			b->must[i] = false;
		} else if (may_be_same(&ops->list[i], op)) {
			b->must[i] = false;
		}
	}
}

static void apply_event_backward(const struct gopm__sync_ops *ops, const struct gopm__sync_event *event,
                                 struct gopm__sync_backward *b)
{
	switch (event->action) {
	case GOPM__SYNC_DOES:
	case GOPM__SYNC_ACQUIRES:
	case GOPM__SYNC_RELEASES:
		begin_op(ops, event, b);
		return;
	case GOPM__SYNC_RETURNS:
		memset(b, 0, sizeof *b);
		return;
	case GOPM__SYNC_ENDS:
		memset(b->pending, 0, sizeof b->pending);
		memset(b->must, true, sizeof b->must);
		return;
	default:
		return;
	}
}

/* Before this, the places up to `change->place` have the address of an execution before. */
static void apply_change_backward(const struct gopm__sync_ops *ops, const struct gopm__sync_change *change,
                                  struct gopm__sync_backward *b)
{
	uint8_t *pending = &b->pending[change->op], first = first_place(*pending);

	if (first == 0 || first > change->place + 1) {
		return;
	}
	first = (uint8_t)(change->place + 2);
	if (first <= ops->list[change->op].place_count) {
		*pending = (*pending & GOPM__SYNC_UNKNOWN) | first;
	} else {
		*pending = GOPM__SYNC_UNKNOWN;
		b->must[change->op] = false;
	}
}

/* Changes the facts from those at the end of the block to those before instruction `begin`. */
static void run_backward(const struct gopm__sync_flow *flow, size_t block, size_t begin, struct gopm__sync_backward *b)
{
	const struct gopm__sync_ops *ops = flow->ops;
	const struct gopm__cfg_block *limits = &flow->cfg->blocks[block];
	const size_t first = first_event(ops, begin), first_of_changes = first_change(ops, begin);
	size_t event = first_event(ops, limits->end), change = first_change(ops, limits->end);

	while (event > first || change > first_of_changes) {
		const struct gopm__sync_change *c = change > first_of_changes ? &ops->changes[change - 1] : NULL;
		const struct gopm__sync_event *e = event > first ? &ops->events[event - 1] : NULL;
		/* A phi gets its value at the start of the block, before the instruction. */
		if (c != NULL && (e == NULL || (c->phi ? c->index > e->index : c->index >= e->index))) {
			apply_change_backward(ops, c, b);
			change--;
		} else if (e != NULL) {
			apply_event_backward(ops, e, b);
			event--;
		}
	}
}

static void load_backward(const struct gopm__sync_flow *flow, size_t block, struct gopm__sync_backward *b)
{
	const size_t count = flow->ops->count;
	const uint8_t *facts = backward_facts(flow, block);

	memset(b, 0, sizeof *b);
	memcpy(b->pending, facts, count);
	for (size_t i = 0; i < count; i++) {
		b->must[i] = facts[count + i] == 0;
	}
}

static void transfer_backward(void *user_data, size_t block)
{
	struct solver *s = user_data;

	load_backward(s->flow, block, &s->backward);
	s->block = (uint32_t)block;
	run_backward(s->flow, block, s->flow->cfg->blocks[block].begin, &s->backward);
}

static bool join_backward(void *user_data, size_t to)
{
	struct solver *s = user_data;
	const struct gopm__sync_ops *ops = s->flow->ops;
	struct gopm__sync_backward b = s->backward;
	uint8_t *facts = backward_facts(s->flow, to);
	bool changed = false;

	for (size_t i = 0; i < ops->edge_count; i++) {
		if (ops->edges[i].from == to && ops->edges[i].to == s->block) {
			const struct gopm__sync_event event = gopm__sync_edge_event(&ops->edges[i]);
			begin_op(ops, &event, &b);
		}
	}
	for (size_t i = 0; i < ops->count; i++) {
		uint8_t *pending = &facts[i], *may_not = pending + ops->count;
		const uint8_t first = first_place(*pending), other = first_place(b.pending[i]);
		const uint8_t both = ((*pending | b.pending[i]) & GOPM__SYNC_UNKNOWN) | (first > other ? first : other);
		changed = changed || both != *pending;
		*pending = both;
		if (!b.must[i] && *may_not == 0) {
			*may_not = 1;
			changed = true;
		}
	}
	return changed;
}

/* The solution */

bool gopm__sync_flow_analyze(struct gopm__sync_flow *flow, const struct gopm__cfg *cfg,
                             const struct gopm__sync_ops *ops)
{
	struct solver s = {.flow = flow};
	const struct gopm__dataflow forward = {cfg, false, transfer_forward, join_forward, &s};
	const struct gopm__dataflow backward = {cfg, true, transfer_backward, join_backward, &s};

	*flow = (struct gopm__sync_flow){.cfg = cfg, .ops = ops};
	flow->forward = gopm__calloc(cfg->reachable_count * ops->count + 1, FORWARD_ARRAYS);
	flow->backward = gopm__calloc(cfg->reachable_count * ops->count + 1, BACKWARD_ARRAYS);
	flow->reached = gopm__calloc(cfg->reachable_count + 1, sizeof *flow->reached);
	if (flow->forward == NULL || flow->backward == NULL || flow->reached == NULL) {
		return false;
	}
	flow->reached[0] = true;
	return gopm__dataflow_solve(&forward) && gopm__dataflow_solve(&backward);
}

void gopm__sync_flow_clear(struct gopm__sync_flow *flow)
{
	free(flow->forward);
	free(flow->backward);
	free(flow->reached);
	*flow = (struct gopm__sync_flow){0};
}

size_t gopm__sync_flow_bytes(const struct gopm__sync_flow *flow)
{
	return (flow->cfg->reachable_count * flow->ops->count + 1) * (FORWARD_ARRAYS + BACKWARD_ARRAYS + 1u);
}

/* Queries */

bool gopm__sync_before(const struct gopm__sync_flow *flow, size_t index, bool after, struct gopm__sync_forward *out)
{
	const size_t block = flow->cfg->instructions[index].block;

	memset(out, 0, sizeof *out);
	if (!gopm__cfg_is_reachable(flow->cfg, block) || !flow->reached[flow->cfg->blocks[block].rank]) {
		return false;
	}
	load_forward(flow, block, out);
	if (!run_forward(flow, block, index + (after ? 1 : 0), out)) {
		return false;
	}
	/* Between the instruction and its branch, the lock may be released. */
	for (size_t i = 0; i < flow->ops->edge_count; i++) {
		const struct gopm__sync_edge *edge = &flow->ops->edges[i];
		if (edge->from == block && edge->action == GOPM__SYNC_RELEASES && edge->index < index) {
			const struct gopm__sync_event event = gopm__sync_edge_event(edge);
			(void)apply_event(flow->ops, &event, out);
		}
	}
	return true;
}

bool gopm__sync_after(const struct gopm__sync_flow *flow, size_t index, bool after, struct gopm__sync_backward *out)
{
	const size_t block = flow->cfg->instructions[index].block;

	memset(out, 0, sizeof *out);
	if (!gopm__cfg_is_reachable(flow->cfg, block)) {
		return false;
	}
	load_backward(flow, block, out);
	run_backward(flow, block, index + (after ? 1 : 0), out);
	return true;
}
