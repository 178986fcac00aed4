/* SPDX-License-Identifier: Apache-2.0 */
#include "code/sync_facts.h"

#include <stdlib.h>

#include "util/allocate.h"
#include "util/search.h"

/* Summary */

/* True if the base of the place has its value at the entry. */
static bool is_from_entry(const struct gopm__sync_place *place)
{
	return place->base.kind == GOPM__VN_LIVE_IN || place->base.kind == GOPM__VN_LIVE_IN_SLOT ||
	       place->base.kind == GOPM__VN_CONSTANT;
}

/* Index of a place of the op from `first` on; -1: none. */
static int entry_place(const struct gopm__sync_op *op, unsigned first)
{
	for (unsigned i = first; i < op->place_count; i++) {
		if (is_from_entry(&op->places[i])) {
			return (int)i;
		}
	}
	return -1;
}

/* Sets what is held at some return, and at each. */
static void summarize_returns(const struct gopm__sync *sync, bool *held, bool *keeps)
{
	const struct gopm__sync_ops *ops = &sync->ops;
	struct gopm__sync_forward f;
	bool returns = false;

	for (size_t i = 0; i < ops->count; i++) {
		held[i] = false;
		keeps[i] = true;
	}
	for (size_t k = 0; k < ops->event_count; k++) {
		if (ops->events[k].action != GOPM__SYNC_RETURNS ||
		    !gopm__sync_before(&sync->flow, ops->events[k].index, true, &f)) {
			continue;
		}
		returns = true;
		for (size_t i = 0; i < ops->count; i++) {
			const int place = entry_place(&ops->list[i], 0);
			held[i] = held[i] || (f.may_hold[i] & (uint8_t)~GOPM__SYNC_UNKNOWN) != 0;
			keeps[i] = keeps[i] && place >= 0 && f.held[i] > place;
		}
	}
	for (size_t i = 0; i < ops->count; i++) {
		keeps[i] = keeps[i] && returns;
	}
}

/* False: out of memory. */
static bool summarize(struct gopm__sync *sync)
{
	struct gopm__sync_summary *summary = &sync->summary;
	bool held[GOPM__SYNC_OPS], keeps[GOPM__SYNC_OPS];
	struct gopm__sync_backward b;

	if (!gopm__sync_after(&sync->flow, 0, false, &b)) {
		return true;
	}
	summary->ops = gopm__calloc(2 * sync->ops.count, sizeof *summary->ops);
	if (summary->ops == NULL) {
		return false;
	}
	summarize_returns(sync, held, keeps);
	for (size_t i = 0; i < sync->ops.count; i++) {
		const struct gopm__sync_op *op = &sync->ops.list[i];
		const uint8_t first = b.pending[i] & (uint8_t)~GOPM__SYNC_UNKNOWN;
		const int place = first != 0 ? entry_place(op, first - 1u) : -1;
		const struct gopm__sync_summary_op unknown = {.kind = op->kind, .flags = op->flags};
		if (op->kind >= GOPM__SYNC_CALL) {
			continue;
		}
		if (place >= 0) {
			struct gopm__sync_summary_op *known = &summary->ops[summary->count++];
			*known = unknown;
			known->known = true;
			known->must = b.must[i];
			known->held = held[i];
			known->keeps = keeps[i];
			known->place = op->places[place];
		}
		/* A release of an unknown lock may be one of any lock. Other operations on unknown objects say nothing.
		 */
		const bool others = place < 0 ? b.pending[i] != 0 : (b.pending[i] & GOPM__SYNC_UNKNOWN) != 0;
		if (others && gopm__sync_is_release(op->kind)) {
			summary->ops[summary->count++] = unknown;
		}
	}
	return true;
}

/* Analysis */

struct gopm__sync *gopm__sync_analyze(const struct gopm__sync_source *source)
{
	struct gopm__sync *sync = gopm__calloc(1, sizeof *sync);

	if (sync == NULL) {
		return NULL;
	}
	sync->cfg = source->values->cfg;
	sync->values = source->values;
	gopm__sync_find(&sync->ops, source);
	if (sync->ops.failed || sync->ops.count == 0 || !gopm__sync_flow_analyze(&sync->flow, sync->cfg, &sync->ops)) {
		gopm__sync_free(sync);
		return NULL;
	}
	summarize(sync);
	sync->bytes = sizeof *sync + gopm__sync_flow_bytes(&sync->flow) +
	              sync->ops.event_capacity * sizeof sync->ops.events[0] +
	              sync->ops.edge_capacity * sizeof sync->ops.edges[0] +
	              sync->ops.change_capacity * sizeof sync->ops.changes[0];
	return sync;
}

void gopm__sync_free(struct gopm__sync *list)
{
	while (list != NULL) {
		struct gopm__sync *next = list->next;
		gopm__sync_flow_clear(&list->flow);
		gopm__sync_ops_clear(&list->ops);
		free(list->summary.ops);
		free(list);
		list = next;
	}
}

/* Queries */

static void add_fact(struct gopm__sync_fact *list, size_t *count, const struct gopm__sync_op *op, unsigned first,
                     unsigned end, bool must)
{
	list[(*count)++] = (struct gopm__sync_fact){op, (uint8_t)first, (uint8_t)end, must};
}

/* A fact about some path: one about a known object, one about others, or both. */
static void add_possible(struct gopm__sync_fact *list, size_t *count, const struct gopm__sync_op *op, uint8_t fact)
{
	const uint8_t places = fact & (uint8_t)~GOPM__SYNC_UNKNOWN;

	if (places != 0) {
		add_fact(list, count, op, 0, places, false);
	}
	if ((fact & GOPM__SYNC_UNKNOWN) != 0) {
		add_fact(list, count, op, 0, 0, false);
	}
}

static void list_forward(const struct gopm__sync *sync, const struct gopm__sync_forward *f,
                         struct gopm__sync_facts *out)
{
	for (size_t i = 0; i < sync->ops.count; i++) {
		const struct gopm__sync_op *op = &sync->ops.list[i];
		if (f->held[i] != 0) {
			add_fact(out->held, &out->held_count, op, 0, f->held[i], true);
			add_possible(out->held, &out->held_count, op, f->may_hold[i] & GOPM__SYNC_UNKNOWN);
		} else {
			add_possible(out->held, &out->held_count, op, f->may_hold[i]);
		}
		add_possible(out->released, &out->released_count, op, f->released[i]);
	}
}

static void list_backward(const struct gopm__sync *sync, const struct gopm__sync_backward *b,
                          struct gopm__sync_facts *out)
{
	for (size_t i = 0; i < sync->ops.count; i++) {
		const struct gopm__sync_op *op = &sync->ops.list[i];
		const uint8_t first = b->pending[i] & (uint8_t)~GOPM__SYNC_UNKNOWN;
		if ((op->flags & GOPM__SYNC_DEFERRED) != 0) {
			if (first != 0) {
				add_fact(out->late, &out->late_count, op, first - 1u, op->place_count, false);
			}
			continue;
		}
		if (first != 0) {
			add_fact(out->pending, &out->pending_count, op, first - 1u, op->place_count, b->must[i]);
		}
		if ((b->pending[i] & GOPM__SYNC_UNKNOWN) != 0) {
			add_fact(out->pending, &out->pending_count, op, op->place_count,
			         op->place_count + op->some_count, false);
		}
	}
}

static void list_call(const struct gopm__sync *sync, size_t index, struct gopm__sync_facts *out)
{
	const struct gopm__sync_ops *ops = &sync->ops;
	size_t i;

	GOPM__LOWER_BOUND(i, ops->event_count, ops->events[i].index < index);
	for (; i < ops->event_count && ops->events[i].index == index; i++) {
		const struct gopm__sync_event *event = &ops->events[i];
		if (event->action <= GOPM__SYNC_RELEASES || event->action == GOPM__SYNC_ACQUIRES) {
			const struct gopm__sync_op *op = &ops->list[event->op];
			add_fact(out->during, &out->during_count, op, 0, op->place_count, event->must);
		}
	}
}

bool gopm__sync_at(const struct gopm__sync *sync, uint64_t pc, bool returning, struct gopm__sync_facts *out)
{
	struct gopm__sync_forward f;
	struct gopm__sync_backward b;
	size_t index;
	bool found = returning ? gopm__cfg_find_call(sync->cfg, pc, &index) : gopm__cfg_find(sync->cfg, pc, &index);

	out->held_count = out->released_count = out->pending_count = out->late_count = out->during_count = 0;
	if (!found || !gopm__sync_before(&sync->flow, index, false, &f) ||
	    !gopm__sync_after(&sync->flow, index, returning, &b)) {
		return false;
	}
	list_forward(sync, &f, out);
	list_backward(sync, &b, out);
	if (returning) {
		list_call(sync, index, out);
	}
	return true;
}

bool gopm__sync_keeps(const struct gopm__sync *sync, uint8_t *kind, struct gopm__sync_place *place)
{
	size_t count = 0;

	for (size_t i = 0; i < sync->summary.count; i++) {
		const struct gopm__sync_summary_op *op = &sync->summary.ops[i];
		if (op->held) {
			*kind = op->kind;
			*place = op->place;
			count += op->known && op->must && op->keeps ? 1 : 2;
		}
	}
	return count == 1;
}

bool gopm__sync_base(const struct gopm__sync *sync, const struct gopm__value_number *value,
                     struct gopm__value_number *base, int64_t *offset)
{
	struct gopm__sync_numbers numbers = {.values = sync->values};
	const struct gopm__sync_places places = gopm__sync_describe(&numbers, *value, 0);

	free(numbers.cursor.at);
	if (places.count != 0) {
		*base = places.list[0].base;
		*offset = places.list[0].offsets[0];
	}
	return places.count != 0;
}
