/* SPDX-License-Identifier: Apache-2.0 */
#include "query/profile.h"

#include <math.h>
#include <stdlib.h>

#include "unwind/callers.h"
#include "util/allocate.h"
#include "util/vector.h"

enum { ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE };
enum { CONTENTIONS, DELAY };

void gopm__profile_clear(struct gopm__profile *profile)
{
	free(profile->samples);
	free(profile->pcs);
	free(profile->labels);
	free(profile->label_sets);
	*profile = (struct gopm__profile){0};
}

/* Converts to an integer as Go does, but for numbers that do not fit. */
static int64_t to_integer(double value)
{
	return value >= 0x1p63 ? INT64_MAX : value <= -0x1p63 ? INT64_MIN : (int64_t)value;
}

/* Estimates all objects from those that were sampled, one for each `rate` bytes. Source: runtime/pprof/protomem.go,
 * scaleHeapSample. */
static void scale_memory(uint64_t count, uint64_t size, int64_t rate, int64_t *out)
{
	double scale = 1;

	out[0] = out[1] = 0;
	if (count == 0 || size == 0) {
		return;
	}
	if (rate > 1) {
		scale = 1 / (1 - exp(-(double)size / (double)rate));
	}
	out[0] = to_integer((double)count * scale);
	out[1] = to_integer((double)count * (double)size * scale);
}

static void scale_bucket(const struct gopm__bucket *b, uint64_t allocs, uint64_t frees, int64_t rate, int64_t *out)
{
	scale_memory(allocs, b->size, rate, &out[ALLOC_OBJECTS]);
	scale_memory(allocs - frees, b->size, rate, &out[INUSE_OBJECTS]);
}

static gopm_status add_memory_sample(struct gopm__profile *p, const struct gopm__mprof *mprof,
                                     const struct gopm__bucket *b, const uint64_t *pcs, size_t count, bool pending)
{
	int64_t published[GOPM_PROFILE_VALUES], all[GOPM_PROFILE_VALUES];
	struct gopm__profile_sample *sample = gopm__profile_add(p, pcs, count);

	if (sample == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	scale_bucket(b, b->allocs, b->frees, p->rate, published);
	scale_bucket(b, b->allocs + b->later_allocs, b->frees + b->later_frees, p->rate, all);
	for (unsigned i = 0; i < GOPM_PROFILE_VALUES; i++) {
		sample->values[i] = pending ? all[i] : published[i];
		sample->pending[i] = all[i] - published[i];
	}
	const bool counted = b->allocs != 0 || (pending && b->later_allocs != 0);
	sample->object_size = counted || mprof->always_labelled ? b->size : 0;
	return GOPM_OK;
}

static gopm_status add_contention_sample(struct gopm__profile *p, const struct gopm__mprof *mprof,
                                         const struct gopm__bucket *b, const uint64_t *pcs, size_t count)
{
	struct gopm__profile_sample *sample = gopm__profile_add(p, pcs, count);
	const bool scale = p->kind == GOPM_PROFILE_MUTEX && mprof->scale_mutexes && mprof->mutex_rate >= 0;
	const double ticks = p->ticks != 0 ? (double)p->ticks / 1e9 : 1;
	const double factor = scale ? (double)mprof->mutex_rate : 1;

	if (sample == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	sample->values[CONTENTIONS] = to_integer((double)b->count * factor);
	/* Source: runtime/mprof.go, blockProfileInternal. */
	if (p->kind == GOPM_PROFILE_BLOCK && b->count == 0) {
		sample->values[CONTENTIONS] = 1;
	}
	sample->values[DELAY] = to_integer((double)b->cycles / ticks * factor);
	return GOPM_OK;
}

/* Longest delay first; equal ones in the order of the list. */
static int compare_cycles(const void *a, const void *b)
{
	const struct gopm__bucket *x = a, *y = b;

	if (x->cycles != y->cycles) {
		return x->cycles < y->cycles ? 1 : -1;
	}
	return (x->address < y->address) - (x->address > y->address);
}

static gopm_status add_samples(struct gopm__profile *p, struct gopm__runtime *rt, const struct gopm__mprof *mprof,
                               const struct gopm__buckets *buckets, bool pending)
{
	const bool memory = p->kind == GOPM_PROFILE_HEAP || p->kind == GOPM_PROFILE_ALLOCS;
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	uint64_t raw[GOPM__BUCKET_DEPTH], pcs[GOPM__BUCKET_DEPTH], skip;
	gopm_status status = GOPM_OK;

	for (size_t i = 0; i < buckets->count && status == GOPM_OK; i++) {
		const struct gopm__bucket *b = &buckets->list[i];
		const size_t count = gopm__bucket_stack(&reader, b, raw, &skip);
		if (memory) {
			status = add_memory_sample(p, mprof, b, raw, count, pending);
		} else {
			const size_t all =
			    gopm__callers_complete(rt->symtab, raw, count, skip, pcs, mprof->stack_depth);
			status = add_contention_sample(p, mprof, b, pcs, all);
		}
	}
	return status;
}

/* Sets what is the same for all samples, and says what is not known. */
static void describe_profile(struct gopm__profile *p, struct gopm__runtime *rt, const struct gopm__mprof *mprof)
{
	const bool memory = p->kind == GOPM_PROFILE_HEAP || p->kind == GOPM_PROFILE_ALLOCS;

	p->rate = memory ? mprof->memory_rate : p->kind == GOPM_PROFILE_MUTEX ? mprof->mutex_rate : -1;
	p->period = memory ? (p->rate >= 0 ? p->rate : 0) : 1;
	p->ticks = mprof->ticks_per_second;
	if (memory && p->rate < 0) {
		p->flags |= GOPM_PROFILE_INFO_UNSCALED;
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "runtime.MemProfileRate was not found: the memory profile has the samples, not "
		                  "estimates of all objects");
	}
	if (!memory && p->ticks == 0) {
		p->flags |= GOPM_PROFILE_INFO_TICKS;
	}
}

/* A list that is empty needs no unit. */
static void report_contention(struct gopm__profile *p, struct gopm__runtime *rt, const struct gopm__mprof *mprof)
{
	if (p->count == 0) {
		p->flags &= ~GOPM_PROFILE_INFO_TICKS;
		return;
	}
	if ((p->flags & GOPM_PROFILE_INFO_TICKS) != 0) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "the process did not measure its CPU clock (runtime.ticks): delays are in ticks");
	}
	if (p->kind == GOPM_PROFILE_MUTEX && mprof->scale_mutexes && mprof->mutex_rate < 0) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "runtime.mutexprofilerate was not found: the mutex profile has the samples, not "
		                  "estimates of all contentions");
	}
}

gopm_status gopm__profile_make(struct gopm__profile *p, struct gopm__runtime *rt,
                               const struct gopm__profile_request *request)
{
	static const enum gopm__bucket_type types[] = {[GOPM_PROFILE_HEAP] = GOPM__BUCKET_MEMORY,
	                                               [GOPM_PROFILE_ALLOCS] = GOPM__BUCKET_MEMORY,
	                                               [GOPM_PROFILE_MUTEX] = GOPM__BUCKET_MUTEX,
	                                               [GOPM_PROFILE_BLOCK] = GOPM__BUCKET_BLOCK};
	struct gopm__buckets buckets;

	p->kind = request->kind;
	p->rate = -1;
	p->period = 1;
	if (request->kind == GOPM_PROFILE_GOROUTINE) {
		return gopm__profile_goroutines(p, rt, request);
	}
	const enum gopm__bucket_type type = types[request->kind];
	const struct gopm__mprof *mprof = gopm__mprof(rt);
	if (mprof == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	if (!mprof->found[type]) {
		return GOPM_NOT_FOUND;
	}
	describe_profile(p, rt, mprof);
	gopm_status status = gopm__buckets_read(rt, mprof, type, &buckets);
	if (status == GOPM_OK) {
		if (type != GOPM__BUCKET_MEMORY && buckets.count != 0) {
			qsort(buckets.list, buckets.count, sizeof *buckets.list, compare_cycles);
		}
		status = add_samples(p, rt, mprof, &buckets, request->pending);
	}
	gopm__buckets_clear(&buckets);
	if (status == GOPM_OK && type != GOPM__BUCKET_MEMORY) {
		report_contention(p, rt, mprof);
	}
	return status;
}
