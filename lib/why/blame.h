/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to blame for a component of the wait graph. All waits of a component end in one or more of its strong components
 * that no edge leaves: a cycle, a goroutine that waits for none, or a port without a releaser. */
#ifndef GOPM_WHY_BLAME_H
#define GOPM_WHY_BLAME_H

#include "why/component.h"

/* How the waits of a component end, the worst last. */
enum gopm__ending {
	GOPM__ENDING_SLOW,   /* with a goroutine that waits for no other: it is slow */
	GOPM__ENDING_NOBODY, /* with an object that no goroutine releases */
	GOPM__ENDING_ORPHAN, /* with a lock that no goroutine holds */
	GOPM__ENDING_AXIOM,  /* with a nil channel, or a select without cases */
	GOPM__ENDING_CYCLE,
};

struct gopm__blame {
	enum gopm__ending ending;
	uint32_t port;    /* NOBODY, ORPHAN, AXIOM: the port; CYCLE: one of them */
	uint32_t *blamed; /* members: of a cycle those that all of its cycles go through, or all; of NOBODY and AXIOM
	                     those that wait for the port; of SLOW the goroutine. ORPHAN: none */
	size_t blamed_count, blamed_capacity;
	uint32_t *cycle; /* CYCLE: its members */
	size_t cycle_count, cycle_capacity;
	bool only_receives; /* CYCLE: all of its waits are receives: an idle program has such cycles too */
	bool init;          /* the main goroutine, in an init function, is one of those who wait */
	bool pool;          /* CYCLE: a wait of it is for an element of a pool (recogniser.h) */
	uint32_t behind;    /* members that wait, but not as the blamed ones do */
};

/* Used for all components, one after the other. */
struct gopm__blamer;

/* @return NULL: out of memory. */
struct gopm__blamer *gopm__blamer_open(const struct gopm__components *components);
void gopm__blamer_close(struct gopm__blamer *blamer);

/* Fills *out, whose arrays are reused. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__blame(struct gopm__blamer *blamer, const struct gopm__component *component, struct gopm__blame *out);
void gopm__blame_free(struct gopm__blame *blame);

#endif
