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
 *	condition.h  what is wrong and is in no graph
 */
#ifndef GOPM_WHY_WHY_H
#define GOPM_WHY_WHY_H

#include "heap/ownership.h"
#include "why/finding_condition.h"

/* Gives the holders of the marked heap when they are needed, which they are not in most healthy programs. */
struct gopm__heap_source {
	/* Nobody else uses the graph of *ownership until gopm__why_open() returns. *ownership NULL: the core has no
	 * heap. @return GOPM_OK, or an error that ends the analysis. */
	gopm_status (*open)(void *user_data, struct gopm__ownership **ownership);
	void *user_data;
};

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
	bool reached; /* what goroutines can reach was looked at */
};

/* How often something was missing so far. */
uint64_t gopm__missing_findings(struct gopm__findings *findings);

/* @param heap NULL: no reachability
 * @param one_thread do not start threads
 * @param missing gopm__missing_findings() before the heap was read: what is missing since then makes all unsure
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED, GOPM_ERR_LIMIT; what heap->open() returned. */
gopm_status gopm__why_open(struct gopm__why *why, struct gopm__program *program, const struct gopm__heap_source *heap,
                           uint64_t missing, bool one_thread, const struct gopm__progress *progress);
/* True if what was read so far, of the heap too, is damaged or missing. */
bool gopm__why_is_partial(const struct gopm__why *why, uint64_t missing);
void gopm__why_close(struct gopm__why *why);

#endif
