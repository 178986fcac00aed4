/* SPDX-License-Identifier: Apache-2.0 */
/* Without symbols, the lists are found by their buckets, which have a hash of their contents. The other variables are
 * found by the functions that load them. */
#include "runtime/mprof.h"

#include <limits.h>

#include "runtime/data_range.h"
#include "runtime/godebug.h"
#include "runtime/static_variable.h"

/* Words that one search for buckets reads, so that a hostile core cannot make it quadratic. */
#define MAX_STEPS 10000000u
#define MAX_RATE ((int64_t)1 << 40)
#define MAX_TICKS ((int64_t)1 << 40)
#define CYCLES 3u                        /* of memRecord.future */
#define CYCLE_WRAP (CYCLES * (2u << 24)) /* mProfCycleWrap */

/* What depends on the Go version. `first` and `last` are minor versions. */
static const struct version_row {
	size_t into; /* offset of the member in gopm__mprof */
	int first, last;
} versions[] = {
    {offsetof(struct gopm__mprof, cycle_struct), 0, 18},          {offsetof(struct gopm__mprof, byte_counts), 0, 26},
    {offsetof(struct gopm__mprof, float_counts), 17, INT_MAX},    {offsetof(struct gopm__mprof, scale_mutexes), 0, 19},
    {offsetof(struct gopm__mprof, always_labelled), 27, INT_MAX},
};

#define DEEP_SINCE 23
#define DEEP_STACK 128u /* default of debug.profstackdepth */
#define FLAT_STACK 32u  /* runtime.StackRecord.Stack0 */

/* Functions that load each variable, of runtime/mprof.go, runtime/malloc.go and runtime/runtime.go. */
enum loaded { LOADED_MEMORY_RATE, LOADED_CYCLE, LOADED_TICKS, LOADED_MUTEX_RATE, LOADED_MBUCKETS, LOADED_COUNT };

static const struct gopm__static_variable loaded_variables[LOADED_COUNT] = {
    [LOADED_MEMORY_RATE] = {8,
                            {{"runtime.profilealloc", "runtime.allocmcache"},
                             {"runtime.nextSample", "runtime.mallocgc"},
                             {"runtime.nextSample", "runtime.mallocgcLarge"}}},
    [LOADED_CYCLE] = {4,
                      {{"runtime.mProf_Malloc", "runtime.mProf_Free"},
                       {"runtime.mProf_Flush", "runtime.mProf_Malloc"},
                       {"runtime.mProf_NextCycle", GOPM__STATIC_ADDRESS}}},
    [LOADED_TICKS] = {8, {{"runtime.ticksPerSecond", NULL}, {"runtime.tickspersecond", NULL}}},
    [LOADED_MUTEX_RATE] = {8, {{"runtime.mutexevent", NULL}, {"sync.event", NULL}}},
    [LOADED_MBUCKETS] = {8, {{"runtime.mProf_FlushLocked", NULL}, {"runtime.mProf_FlushLocked", GOPM__STATIC_ADDRESS}}},
};

static const enum gopm__global head_symbols[GOPM__BUCKET_TYPES] = {
    [GOPM__BUCKET_MEMORY] = GOPM__GLOBAL_MBUCKETS,
    [GOPM__BUCKET_BLOCK] = GOPM__GLOBAL_BBUCKETS,
    [GOPM__BUCKET_MUTEX] = GOPM__GLOBAL_XBUCKETS,
};

static void apply_version(const struct gopm__runtime *rt, struct gopm__mprof *mprof)
{
	for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
		const struct version_row *row = &versions[i];
		const bool newest = row->last == INT_MAX;
		*(bool *)((char *)mprof + row->into) =
		    rt->minor == 0 ? newest : rt->minor >= row->first && rt->minor <= row->last;
	}
	mprof->stack_depth = FLAT_STACK;
	if (rt->minor == 0 || rt->minor >= DEEP_SINCE) {
		const uint32_t depth = gopm__godebug_stack_depth(rt->core, DEEP_STACK);
		mprof->stack_depth = depth < GOPM__BUCKET_DEPTH ? depth : GOPM__BUCKET_DEPTH;
	}
}

/* Finds lists without symbols: the words of the data that point to a bucket. */
static void search_for_heads(struct gopm__runtime *rt, struct gopm__mprof *mprof)
{
	struct gopm__data_range ranges[GOPM__DATA_SECTIONS];
	struct gopm__reader reader = gopm__reader(&rt->core->memory), probe = reader;
	const size_t count = gopm__data_ranges(rt, ranges);
	uint64_t at_type[GOPM__BUCKET_TYPES] = {0}, word, steps = 0; /* address of the variable */
	enum gopm__bucket_type type;

	/* A small core needs what is found, but not all data that was searched for it. */
	gopm__source_note(&rt->core->source, false);
	for (size_t i = 0; i < count; i++) {
		for (uint64_t at = ranges[i].begin; at < ranges[i].end; at += 8) {
			if (!gopm__read_u64(&reader, at, &word) || word == 0 || word % 8 != 0) {
				continue;
			}
			if (++steps > MAX_STEPS) {
				break;
			}
			if (gopm__is_bucket(&probe, word, &type) && at_type[type] == 0) {
				at_type[type] = at;
			}
		}
	}
	gopm__source_note(&rt->core->source, true);
	for (unsigned t = GOPM__BUCKET_MEMORY; t < GOPM__BUCKET_TYPES; t++) {
		if (!mprof->found[t] && at_type[t] != 0) {
			mprof->found[t] = gopm__read_u64(&reader, at_type[t], &mprof->heads[t]);
		}
	}
}

static void find_heads(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t mbuckets,
                       struct gopm__mprof *mprof)
{
	bool all = true;

	for (unsigned t = GOPM__BUCKET_MEMORY; t < GOPM__BUCKET_TYPES; t++) {
		const uint64_t at = rt->symbols[head_symbols[t]].address;
		mprof->found[t] = at != 0 && gopm__read_u64(reader, at, &mprof->heads[t]);
		all = all && (mprof->found[t] || at != 0);
	}
	if (!all) {
		search_for_heads(rt, mprof);
	}
	/* An empty list has no bucket to find it by. */
	if (!mprof->found[GOPM__BUCKET_MEMORY] && mbuckets != 0) {
		mprof->found[GOPM__BUCKET_MEMORY] =
		    gopm__read_u64(reader, mbuckets, &mprof->heads[GOPM__BUCKET_MEMORY]) &&
		    mprof->heads[GOPM__BUCKET_MEMORY] == 0;
	}
}

/* Reads the collection cycle. Until Go 1.18 it is a struct: the number, and a bool that says if it is flushed. Since
 * then bit 0 says that. */
static void read_cycle(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, bool is_struct,
                       struct gopm__mprof *mprof)
{
	uint64_t word, flushed;

	if (address == 0 || !gopm__read_word(reader, address, 4, &word)) {
		return;
	}
	if (!is_struct) {
		flushed = word & 1;
		word >>= 1;
	} else if (!gopm__read_word(reader, address + 4, 1, &flushed)) {
		return;
	}
	if (word >= CYCLE_WRAP || flushed > 1) {
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(address),
		                  "runtime.mProfCycle is not a cycle of the heap profile");
		return;
	}
	mprof->cycle = (uint32_t)word;
	mprof->flushed = flushed != 0;
	mprof->cycle_known = true;
}

/* Reads a number that must be from `least` to `most`; else `unknown`. */
static int64_t read_number(struct gopm__reader *reader, uint64_t address, int64_t most, int64_t unknown)
{
	uint64_t word;

	return address != 0 && gopm__read_u64(reader, address, &word) && word <= (uint64_t)most ? (int64_t)word
	                                                                                        : unknown;
}

static uint64_t symbol_or(const struct gopm__runtime *rt, enum gopm__global global, uint64_t other)
{
	return rt->symbols[global].address != 0 ? rt->symbols[global].address : other;
}

static void read_variables(struct gopm__runtime *rt, struct gopm__mprof *mprof)
{
	const struct gopm__global_symbol *old = &rt->symbols[GOPM__GLOBAL_PROFILE_CYCLE_1_16];
	const struct gopm__global_symbol *ticks = &rt->symbols[GOPM__GLOBAL_TICKS];
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	uint64_t at[LOADED_COUNT] = {0};

	if (rt->symbols[GOPM__GLOBAL_MBUCKETS].address == 0 ||
	    rt->symbols[GOPM__GLOBAL_MEM_PROFILE_RATE].address == 0) {
		gopm__static_variables(rt, loaded_variables, LOADED_COUNT, at);
	}
	find_heads(rt, &reader, at[LOADED_MBUCKETS], mprof);
	const bool is_struct =
	    rt->symbols[GOPM__GLOBAL_PROFILE_CYCLE].address == 0 && (old->address != 0 || mprof->cycle_struct);
	const uint64_t cycle = old->address != 0 ? old->address : at[LOADED_CYCLE];
	read_cycle(rt, &reader, symbol_or(rt, GOPM__GLOBAL_PROFILE_CYCLE, cycle), is_struct, mprof);
	mprof->memory_rate =
	    read_number(&reader, symbol_or(rt, GOPM__GLOBAL_MEM_PROFILE_RATE, at[LOADED_MEMORY_RATE]), MAX_RATE, -1);
	mprof->mutex_rate =
	    read_number(&reader, symbol_or(rt, GOPM__GLOBAL_MUTEX_PROFILE_RATE, at[LOADED_MUTEX_RATE]), MAX_RATE, -1);
	/* The number is the last field of runtime.ticks: runtime/runtime.go. */
	const uint64_t val =
	    ticks->address != 0 && ticks->size >= 8 ? ticks->address + ticks->size - 8 : at[LOADED_TICKS];
	mprof->ticks_per_second = read_number(&reader, val, MAX_TICKS, 0);
}

static void find_mprof(struct gopm__runtime *rt)
{
	struct gopm__mprof *mprof = gopm__arena_alloc(&rt->arena, sizeof *mprof);

	if (mprof != NULL) {
		apply_version(rt, mprof);
		read_variables(rt, mprof);
	}
	rt->mprof = mprof;
}

const struct gopm__mprof *gopm__mprof(struct gopm__runtime *rt)
{
	gopm__runtime_once(rt, &rt->mprof_tried, find_mprof);
	return rt->mprof;
}
