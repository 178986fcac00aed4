/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of roots; see root.h. */
#ifndef GOPM_HEAP_ROOT_PRIVATE_H
#define GOPM_HEAP_ROOT_PRIVATE_H

#include "heap/root.h"

/* One visit of all roots. */
struct gopm__root_walk {
	const struct gopm__root_request *request;
	struct gopm__runtime *rt;
	struct gopm__findings *findings;
	struct gopm__reader reader; /* of the places */
	struct gopm__reader probe;  /* of tables and structures */
	uint64_t words;             /* that may still be read: see gopm__roots_visit() */
	uint64_t lost;              /* words of the current part that the core lacks */
	gopm_status status;
	bool stopped; /* by the visitor, or `status` is not GOPM_OK */
};

/* True if `count` more words may be read. Else stops, with a finding: a hostile core makes them without end. */
bool gopm__root_afford(struct gopm__root_walk *walk, uint64_t count);

/* Reads the word at root->place and visits it, unless it is 0. False: there is nothing to visit, or the walk stopped;
 * root->word is 0 then. */
bool gopm__root_visit_word(struct gopm__root_walk *walk, struct gopm__root *root);

/* Visits root->word, unless it is 0. */
void gopm__root_visit_value(struct gopm__root_walk *walk, const struct gopm__root *root);

void gopm__root_modules(struct gopm__root_walk *walk);
void gopm__root_stacks(struct gopm__root_walk *walk);
void gopm__root_runtime(struct gopm__root_walk *walk);

#endif
