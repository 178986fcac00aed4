/* SPDX-License-Identifier: Apache-2.0 */
/* Why a program hangs: the whole analysis.
 *
 *	waitable.h   what a goroutine waits for
 *	blocked.h    all goroutines and objects
 *	claim.h      who holds, or is to send, receive, close, signal
 *	recogniser.h claims on objects of libraries; coroutine.h those on coroutines
 *	port.h       both together: the wait graph
 *	reach.h      what goroutines that can run reach
 *	stuck.h      who certainly cannot run again
 *	prospect.h   who likely cannot, and who is behind somebody slow
 *	component.h  the graph's components
 *	blame.h      whom to blame for one
 *	finding.h    what is said of them; pattern.h, edge.h
 */
#ifndef GOPM_WHY_WHY_H
#define GOPM_WHY_WHY_H

#include "heap/ownership.h"
#include "why/finding.h"

struct gopm__why {
	struct gopm__program *program;
	struct gopm__blocked blocked;
	struct gopm__claims claims;
	struct gopm__ports ports;
	uint8_t *basis; /* enum gopm__basis of each member */
	struct gopm__prospects prospects;
	struct gopm__components components;
	struct gopm__findings_of_why findings;
	bool partial; /* nothing but axioms is certain */
};

/* How often something was missing so far. */
uint64_t gopm__missing_findings(struct gopm__findings *findings);

/* @param ownership holders of the marked heap, whose graph nobody else uses during the call; NULL: no reachability
 * @param missing gopm__missing_findings() before the heap was read: what is missing since then makes all unsure
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED, GOPM_ERR_LIMIT. */
gopm_status gopm__why_open(struct gopm__why *why, struct gopm__program *program, struct gopm__ownership *ownership,
                           uint64_t missing, const struct gopm__progress *progress);
void gopm__why_close(struct gopm__why *why);

#endif
