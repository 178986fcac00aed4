/* SPDX-License-Identifier: Apache-2.0 */
/* Which goroutines, and which parts of them: a filter made ready, and the scan over allgs. */
#ifndef GOPM_QUERY_QUERY_H
#define GOPM_QUERY_QUERY_H

#include "runtime/wait.h"
#include "unwind/locate.h"
#include "util/arena.h"

/* A filter with copies of its strings. */
struct gopm__query {
	gopm_goroutine_filter filter;
	uint32_t fields; /* asked for and needed to decide */
	struct gopm__arena strings;
};

/* `filter` NULL: everything. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__query_init(struct gopm__query *query, const gopm_goroutine_filter *filter);
void gopm__query_clear(struct gopm__query *query);

/* One pass over allgs. One thread at a time. */
struct gopm__scan {
	struct gopm__runtime *rt;
	const struct gopm__query *query;
	struct gopm__reader reader;
	struct gopm__wait_cache cache;
	uint64_t next;    /* index into allgs */
	uint64_t end;     /* index behind the last one to look at */
	uint64_t budget;  /* frames that may still be walked */
	struct gopm__g g; /* the one at hand */
	/* What was found to decide, for reuse by who asked. */
	struct gopm__place_in_code current, user, go;
	gopm_location start;
	uint64_t stack_id;
	uint32_t found; /* GOPM_FIELD_* of those */
};

/* Over all of allgs; set `next` and `end` for a part. */
void gopm__scan_init(struct gopm__scan *scan, struct gopm__runtime *rt, const struct gopm__query *query);
void gopm__scan_clear(struct gopm__scan *scan);

/* To the next goroutine that passes; false: the end. */
bool gopm__scan_next(struct gopm__scan *scan);

/* Finds the parts of the goroutine at hand that `fields` names and are not found yet. */
void gopm__scan_locate(struct gopm__scan *scan, uint32_t fields);

/* Writes the record of the goroutine at hand, with the parts the query asks for. */
void gopm__scan_record(struct gopm__scan *scan, gopm_goroutine *record);

#endif
