/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime's own profiles, with the samples and values that runtime/pprof would have written. Source:
 * runtime/pprof/pprof.go, runtime/pprof/protomem.go (Go 1.16 to 1.27). */
#ifndef GOPM_QUERY_PROFILE_H
#define GOPM_QUERY_PROFILE_H

#include <gopm/profile.h>

#include "query/query.h"
#include "runtime/mprof.h"

struct gopm__profile_sample {
	uint64_t first_pc; /* index into `pcs` */
	uint32_t pc_count;
	uint32_t label_set; /* index into `label_sets`, plus 1; 0: no labels */
	int64_t values[GOPM_PROFILE_VALUES];
	int64_t pending[GOPM_PROFILE_VALUES]; /* what publishing the rest would add */
	uint64_t object_size;                 /* 0: the sample has no label "bytes" */
};

struct gopm__label_set {
	uint64_t first, count; /* in `labels` */
	uint64_t hash;
};

struct gopm__profile {
	uint32_t kind; /* GOPM_PROFILE_* */
	struct gopm__profile_sample *samples;
	size_t count, capacity;
	uint64_t *pcs; /* as in unwind/callers.h */
	size_t pc_count, pc_capacity;
	gopm_label *labels; /* borrowed strings */
	size_t label_count, label_capacity;
	struct gopm__label_set *label_sets;
	size_t label_set_count, label_set_capacity;
	int64_t period;
	int64_t rate;   /* MemProfileRate, or mutexprofilerate; -1: unknown */
	int64_t ticks;  /* CPU ticks a second; 0: unknown, and delays are in ticks */
	uint32_t flags; /* GOPM_PROFILE_INFO_* */
};

struct gopm__profile_request {
	uint32_t kind;
	bool pending; /* add what is not published yet */
	gopm_progress_fn progress;
	void *progress_user_data;
};

/* Fills a zeroed profile; clear it in any case. @return GOPM_OK; GOPM_NOT_FOUND (the runtime's list of samples was not
 * found); GOPM_ERR_NO_MEMORY; GOPM_ERR_CANCELLED. */
gopm_status gopm__profile_make(struct gopm__profile *profile, struct gopm__runtime *rt,
                               const struct gopm__profile_request *request);
void gopm__profile_clear(struct gopm__profile *profile);

/* Adds an empty sample with this stack; NULL: out of memory. */
struct gopm__profile_sample *gopm__profile_add(struct gopm__profile *profile, const uint64_t *pcs, size_t count);

/* Fills a profile of goroutines. As gopm__profile_make(). */
gopm_status gopm__profile_goroutines(struct gopm__profile *profile, struct gopm__runtime *rt,
                                     const struct gopm__profile_request *request);

#endif
