/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines by filter: a query says which ones and which parts of them, a scan visits them in the order of allgs. */
#ifndef GOPM_QUERY_QUERY_H
#define GOPM_QUERY_QUERY_H

#include <stdatomic.h>

#include "runtime/id_set.h"
#include "runtime/wait.h"
#include "unwind/locate.h"
#include "util/arena.h"

struct gopm__query {
	gopm_goroutine_filter filter; /* with copies of its strings */
	uint32_t fields;              /* GOPM_FIELD_* of the records */
	struct gopm__arena strings;
};

/* `filter` NULL: all goroutines that are not dead, with every field. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__query_init(struct gopm__query *query, const gopm_goroutine_filter *filter);
void gopm__query_clear(struct gopm__query *query);

/* One pass over allgs. Only one thread at a time may use it. */
struct gopm__scan {
	struct gopm__runtime *rt;
	const struct gopm__query *query;
	struct gopm__reader reader;
	struct gopm__wait_cache cache;
	struct gopm__id_set *ids; /* shared by the scans of one answer; NULL: entries are not compared */
	struct gopm__id_set own_ids;
	uint64_t next;   /* index into allgs */
	uint64_t end;    /* index after the last entry to visit */
	uint64_t budget; /* frames that may still be unwound */
	/* One scan of several that share the work calls the caller's progress callback, for all of them. */
	uint64_t begin;    /* index of the first entry to visit */
	bool silent;       /* another scan calls the callback */
	bool cancelled;    /* the callback, or another scan, ended this one */
	atomic_bool *stop; /* shared: ends all of them; NULL: there is only this one */
	struct gopm__g g;  /* the current goroutine */
	/* Its parts, if they are in `found`. */
	struct gopm__place_in_code current, user, go;
	gopm_location start;
	uint64_t stack_id; /* equal for equal stacks; never 0 */
	uint32_t found;    /* GOPM_FIELD_* */
	bool partial;      /* some of them cannot be found: the findings say why */
};

/* A scan of all of allgs. To scan a part, set `next`, `end` and, if other scans have the other parts, `ids`. */
void gopm__scan_init(struct gopm__scan *scan, struct gopm__runtime *rt, const struct gopm__query *query);
void gopm__scan_clear(struct gopm__scan *scan);

/* Advances to the next goroutine that passes the filter. False: there is none, or the caller cancelled. */
bool gopm__scan_next(struct gopm__scan *scan);

/* True if the current goroutine passes the filter. */
bool gopm__scan_passes(struct gopm__scan *scan);

/* Finds those parts of the current goroutine that `fields` names, unless they are found already. */
void gopm__scan_locate(struct gopm__scan *scan, uint32_t fields);

/* Nanoseconds for which the current goroutine has waited; 0: it does not wait, or the runtime did not record it. */
int64_t gopm__scan_wait_time(const struct gopm__scan *scan);

/* Fills the record of the current goroutine with the fields of the query. */
void gopm__scan_record(struct gopm__scan *scan, gopm_goroutine *record);

/* The address of the g with this id; 0: there is none. The runtime reuses a dead g and leaves its id until then, so a
 * dead one counts only if no other has the id. */
uint64_t gopm__goroutine_address(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t id);

#endif
