/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that the current goroutine is to do for those who wait: on a channel, a WaitGroup, a Cond. They say who
 * could help, and never that nobody else could. */
#include "runtime/chan.h"
#include "why/claim_private.h"

/* The operation of a claim; GOPM__CLAIM_COUNT: none. */
static enum gopm__claim_op claim_op(uint8_t kind)
{
	switch (kind) {
	case GOPM__SYNC_SEND:
		return GOPM__CLAIM_SENDS;
	case GOPM__SYNC_RECEIVE:
		return GOPM__CLAIM_RECEIVES;
	case GOPM__SYNC_CLOSE:
		return GOPM__CLAIM_CLOSES;
	case GOPM__SYNC_GROUP_DONE:
		return GOPM__CLAIM_DONE;
	case GOPM__SYNC_COND_SIGNAL:
		return GOPM__CLAIM_SIGNALS;
	default:
		return GOPM__CLAIM_COUNT;
	}
}

/* True if the operation lets one who waits for the object continue: who sends needs a receiver. A close ends the wait
 * of senders by a panic, so it is no help. But if who is to close their channel waits for a lock, it is the other party
 * of the channel, and cannot do its part. */
static bool helps(struct gopm__claim_search *search, const struct gopm__contended *object, enum gopm__claim_op op)
{
	struct gopm__hchan chan;

	switch (op) {
	case GOPM__CLAIM_SENDS:
		return gopm__hchan_read(&search->rt->layout, &search->reader, object->address, &chan) &&
		       chan.recvq != 0;
	case GOPM__CLAIM_CLOSES:
		return gopm__hchan_read(&search->rt->layout, &search->reader, object->address, &chan) &&
		       (chan.recvq != 0 || (chan.sendq != 0 && gopm__claim_waits_for_lock(search)));
	case GOPM__CLAIM_RECEIVES:
		return gopm__hchan_read(&search->rt->layout, &search->reader, object->address, &chan) &&
		       chan.sendq != 0;
	default:
		return true;
	}
}

static void add_partner(struct gopm__claim_search *search, size_t frame, uint8_t kind, uint64_t address,
                        const struct gopm__claim *like)
{
	const struct gopm__contended *object = gopm__claim_object(search, address, (enum gopm__sync_kind)kind);
	struct gopm__claim claim = *like;

	claim.op = (uint8_t)claim_op(kind);
	if (object != NULL && helps(search, object, (enum gopm__claim_op)claim.op)) {
		claim.object = object->address;
		gopm__claim_add(search, &search->frames[frame], &claim);
	}
}

/* Adds the operations that the code of a frame is to do. */
static void add_frame_partners(struct gopm__claim_search *search, size_t frame)
{
	const struct gopm__claim_pc *at = search->frames[frame].at;
	const bool goes_on = !search->frames[frame].unwinding && !search->frames[frame].moved_on;
	struct gopm__claim_elements elements;
	uint64_t address;
	bool exact;

	for (size_t k = 0; k < at->fact_count; k++) {
		const struct gopm__claim_fact *fact = &at->facts[k];
		if (fact->list != GOPM__FACT_PENDING || claim_op(fact->kind) == GOPM__CLAIM_COUNT) {
			continue;
		}
		const bool known = gopm__claim_eval(search, frame, fact, &address, &exact);
		const bool sure = known && fact->must && exact && (fact->flags & GOPM__SYNC_TRIES) == 0;
		const bool helper = (fact->flags & GOPM__SYNC_HELPER) != 0;
		const struct gopm__claim like = {
		    .strength = !goes_on ? GOPM__CLAIM_POSSIBLE
		                : sure   ? GOPM__CLAIM_PROVED
		                         : GOPM__CLAIM_LIKELY,
		    .evidence = (uint8_t)(GOPM__EVIDENCE_CODE | (helper ? GOPM__EVIDENCE_HELPER : 0))};
		if (known) {
			add_partner(search, frame, fact->kind, address, &like);
			continue;
		}
		gopm__claim_find_elements(search, frame, fact, &elements);
		for (size_t i = 0; i < elements.count; i++) {
			add_partner(search, frame, fact->kind, elements.list[i], &like);
		}
	}
}

void gopm__claim_partners(struct gopm__claim_search *search)
{
	for (size_t i = 0; i < search->deferred.count; i++) {
		const struct gopm__called_op *op = &search->deferred.list[i];
		const struct gopm__claim like = {.strength =
		                                     op->must && op->exact ? GOPM__CLAIM_PROVED : GOPM__CLAIM_LIKELY,
		                                 .evidence = GOPM__EVIDENCE_DEFER};
		if (claim_op(op->kind) != GOPM__CLAIM_COUNT) {
			add_partner(search, op->frame, op->kind, op->object, &like);
		}
	}
	for (size_t i = 0; i < search->called.count; i++) {
		const struct gopm__called_op *op = &search->called.list[i];
		const struct gopm__claim_frame *frame = &search->frames[op->frame];
		const struct gopm__claim like = {.strength = frame->unwinding || frame->moved_on ? GOPM__CLAIM_POSSIBLE
		                                                                                 : GOPM__CLAIM_LIKELY,
		                                 .evidence = GOPM__EVIDENCE_CODE | GOPM__EVIDENCE_HELPER};
		if (claim_op(op->kind) != GOPM__CLAIM_COUNT) {
			add_partner(search, op->frame, op->kind, op->object, &like);
		}
	}
	for (size_t i = 0; i < search->frame_count; i++) {
		add_frame_partners(search, i);
	}
}
