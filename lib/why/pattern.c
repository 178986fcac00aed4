/* SPDX-License-Identifier: Apache-2.0 */
#include "why/pattern.h"

/* True if the main goroutine waits in an init function for somebody who is slow or not known. */
static bool is_stuck_init(const struct gopm__blame *blame)
{
	return blame->init && (blame->ending == GOPM__ENDING_SLOW || blame->ending == GOPM__ENDING_NOBODY);
}

uint8_t gopm__blame_verdict(const struct gopm__blame *blame)
{
	if (is_stuck_init(blame)) {
		return GOPM_VERDICT_DEADLOCK;
	}
	switch (blame->ending) {
	case GOPM__ENDING_CYCLE:
	case GOPM__ENDING_ORPHAN:
		return GOPM_VERDICT_DEADLOCK;
	case GOPM__ENDING_AXIOM:
	case GOPM__ENDING_NOBODY:
		return blame->behind != 0 ? GOPM_VERDICT_DEADLOCK : GOPM_VERDICT_LEAK;
	default:
		return GOPM_VERDICT_SLOW;
	}
}

/* True if a goroutine runs, or can run, that is not the runtime's own: it may hold a lock whose holder is not seen. */
static bool somebody_runs(const struct gopm__blocked *blocked)
{
	for (size_t i = 0; i < blocked->member_count; i++) {
		const struct gopm__member *member = &blocked->members[i];
		if (!member->system && (member->status == GOPM_G_RUNNING || member->status == GOPM_G_RUNNABLE)) {
			return true;
		}
	}
	return false;
}

/* True if all who wait for the port are stuck for certain: no goroutine that can run reaches the lock. */
static bool has_certain_waiters(const struct gopm__prospects *prospects, uint32_t port)
{
	const struct gopm__blocked *b = prospects->ports->blocked;
	const struct gopm__waited *object = &b->objects[port / GOPM__PORTS];

	for (uint32_t i = 0; i < object->waiters; i++) {
		const uint32_t wait = b->by_object[object->waiter + i];
		if (prospects->ports->of[wait] == port &&
		    prospects->of[b->waits[wait].member] != GOPM__PROSPECT_CERTAIN) {
			return false;
		}
	}
	return true;
}

uint8_t gopm__blame_certainty(const struct gopm__prospects *prospects, const struct gopm__blame *blame)
{
	const struct gopm__ports *ports = prospects->ports;
	const bool cycle = blame->ending == GOPM__ENDING_CYCLE;
	const uint32_t *list = cycle ? blame->cycle : blame->blamed;
	const size_t count = cycle ? blame->cycle_count : blame->blamed_count;
	bool all = count != 0;

	if (blame->ending == GOPM__ENDING_SLOW) {
		return GOPM_CERTAINTY_POSSIBLE;
	}
	if (blame->ending == GOPM__ENDING_ORPHAN && has_certain_waiters(prospects, blame->port)) {
		return GOPM_CERTAINTY_CERTAIN;
	}
	if (blame->ending == GOPM__ENDING_ORPHAN) {
		/* A goroutine that took the lock, and is not seen to release it, may still do so. */
		return ports->first[blame->port] != gopm__port_end(ports, blame->port) || somebody_runs(ports->blocked)
		           ? GOPM_CERTAINTY_POSSIBLE
		           : GOPM_CERTAINTY_LIKELY;
	}
	for (size_t i = 0; i < count; i++) {
		all = all && prospects->of[list[i]] == GOPM__PROSPECT_CERTAIN;
	}
	if (all) {
		return GOPM_CERTAINTY_CERTAIN;
	}
	return is_stuck_init(blame) || (cycle && blame->only_receives && !blame->pool) ? GOPM_CERTAINTY_POSSIBLE
	                                                                               : GOPM_CERTAINTY_LIKELY;
}

/* By the waits of a cycle's members. */
static uint8_t cycle_pattern(const struct gopm__blocked *blocked, const struct gopm__blame *blame)
{
	bool locks = false, channels = false, others = false;

	for (size_t i = 0; i < blame->cycle_count; i++) {
		const struct gopm__member *member = &blocked->members[blame->cycle[i]];
		for (uint32_t k = 0; k < member->wait_count; k++) {
			switch (blocked->objects[blocked->waits[member->wait + k].object].kind) {
			case GOPM_OBJECT_MUTEX:
			case GOPM_OBJECT_RWMUTEX:
			case GOPM_OBJECT_ONCE:
				locks = true;
				break;
			case GOPM_OBJECT_CHAN:
			case GOPM_OBJECT_CONTEXT:
				channels = true;
				break;
			default:
				others = true;
			}
		}
	}
	const bool alone = blame->cycle_count == 1;
	if (blame->pool) {
		return GOPM_PATTERN_POOL;
	}
	if (locks && !channels && !others) {
		return alone ? GOPM_PATTERN_SELF_LOCK : GOPM_PATTERN_LOCK_CYCLE;
	}
	if (channels && !locks && !others) {
		return alone ? GOPM_PATTERN_SELF_CHAN : GOPM_PATTERN_CHAN_CYCLE;
	}
	return GOPM_PATTERN_MIXED_CYCLE;
}

/* By what the slow goroutine does. */
static uint8_t slow_pattern(const struct gopm__blocked *blocked, const struct gopm__blame *blame)
{
	const struct gopm__member *member = &blocked->members[blame->blamed[0]];

	if (member->wait_count == 0) {
		return GOPM_PATTERN_BUSY;
	}
	switch (blocked->objects[blocked->waits[member->wait].object].kind) {
	case GOPM_OBJECT_FD:
		return GOPM_PATTERN_SLOW_IO;
	case GOPM_OBJECT_SYSCALL:
		return GOPM_PATTERN_SLOW_SYSCALL;
	case GOPM_OBJECT_CGO:
		return GOPM_PATTERN_SLOW_C;
	case GOPM_OBJECT_TIMER:
		return GOPM_PATTERN_SLOW_SLEEP;
	default:
		return GOPM_PATTERN_SLOW_WAIT;
	}
}

/* By the object that no goroutine releases. */
static uint8_t nobody_pattern(const struct gopm__blocked *blocked, uint32_t port)
{
	switch (blocked->objects[port / GOPM__PORTS].kind) {
	case GOPM_OBJECT_CHAN:
		return port % GOPM__PORTS == GOPM__PORT_SEND ? GOPM_PATTERN_NO_RECEIVER : GOPM_PATTERN_NO_SENDER;
	case GOPM_OBJECT_CONTEXT:
		return GOPM_PATTERN_CONTEXT;
	case GOPM_OBJECT_WAITGROUP:
		return GOPM_PATTERN_WAITGROUP;
	case GOPM_OBJECT_COND:
		return GOPM_PATTERN_LOST_SIGNAL;
	default:
		return GOPM_PATTERN_OTHER;
	}
}

uint8_t gopm__blame_pattern(const struct gopm__ports *ports, const struct gopm__blame *blame)
{
	if (is_stuck_init(blame)) {
		return GOPM_PATTERN_INIT;
	}
	switch (blame->ending) {
	case GOPM__ENDING_CYCLE:
		return cycle_pattern(ports->blocked, blame);
	case GOPM__ENDING_AXIOM:
		return GOPM_PATTERN_NIL_CHAN;
	case GOPM__ENDING_ORPHAN:
		return GOPM_PATTERN_FORGOTTEN_UNLOCK;
	case GOPM__ENDING_NOBODY:
		return nobody_pattern(ports->blocked, blame->port);
	default:
		return blame->blamed_count != 0 ? slow_pattern(ports->blocked, blame) : GOPM_PATTERN_OTHER;
	}
}
