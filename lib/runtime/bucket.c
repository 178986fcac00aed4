/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets are never freed, and never change but for their counts. Each has the hash of its stack and size. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "runtime/mprof.h"
#include "util/map64.h"
#include "util/vector.h"

/* runtime.bucket: next, allnext, typ, hash, size, nstk. The stack follows, then the record. */
enum { AT_ALLNEXT = 8, AT_TYPE = 16, AT_HASH = 24, AT_SIZE = 32, AT_DEPTH = 40, BUCKET_BYTES = 48 };

/* memRecord: active, then future by cycle modulo 3. */
enum { ACTIVE, FUTURE, FUTURES = 3, RECORD_CYCLES = FUTURE + FUTURES };

/* No process has counted more. */
#define MAX_COUNT (UINT64_C(1) << 48)
/* The first pc of a stack of calls that were expanded already, until Go 1.26 (runtime/tracestack.go). */
#define LOGICAL_STACK UINT64_MAX
/* First word of a stack of physical calls, in some versions: how many inner ones to leave out. */
#define MAX_SKIP 64u
/* Bytes of the least bucket, so that a hostile list ends. */
#define LEAST_BYTES 64u

/* Allocations and frees of each cycle of a memRecord. */
struct memory_counts {
	uint64_t allocs[RECORD_CYCLES], frees[RECORD_CYCLES];
};

static uint64_t mix_hash(uint64_t hash, uint64_t value)
{
	hash += value;
	hash += hash << 10;
	return hash ^ hash >> 6;
}

/* Source: runtime/mprof.go, stkbucket. */
static uint64_t hash_stack(const uint8_t *stack, uint64_t depth, uint64_t size)
{
	uint64_t hash = 0;

	for (uint64_t i = 0; i < depth; i++) {
		hash = mix_hash(hash, gopm__load64(stack + i * 8));
	}
	hash = mix_hash(hash, size);
	hash += hash << 3;
	return hash ^ hash >> 11;
}

/* Reads the header and the stack. False: it is not a bucket, or the core lacks it. */
static bool read_header(struct gopm__reader *reader, uint64_t address, struct gopm__bucket *out, uint64_t *type)
{
	uint8_t header[BUCKET_BYTES], stack[GOPM__BUCKET_DEPTH * 8];
	const uint8_t *h = address % 8 == 0 ? gopm__read_view(reader, address, sizeof header, header) : NULL;

	if (h == NULL) {
		return false;
	}
	*type = gopm__load64(h + AT_TYPE);
	*out = (struct gopm__bucket){.address = address,
	                             .stack = address + BUCKET_BYTES,
	                             .depth = gopm__load64(h + AT_DEPTH),
	                             .size = gopm__load64(h + AT_SIZE)};
	if (*type < GOPM__BUCKET_MEMORY || *type >= GOPM__BUCKET_TYPES || out->depth > GOPM__BUCKET_DEPTH ||
	    out->size >= MAX_COUNT) {
		return false;
	}
	const uint64_t hash = gopm__load64(h + AT_HASH);
	const uint8_t *s = out->depth != 0 ? gopm__read_view(reader, out->stack, out->depth * 8, stack) : stack;
	return s != NULL && hash_stack(s, out->depth, out->size) == hash;
}

bool gopm__is_bucket(struct gopm__reader *reader, uint64_t address, enum gopm__bucket_type *type)
{
	struct gopm__bucket bucket;
	uint64_t number;

	if (!read_header(reader, address, &bucket, &number) || bucket.depth == 0) {
		return false;
	}
	*type = (enum gopm__bucket_type)number;
	return true;
}

/* True if the bytes are those of `count` objects. The process may have stopped between the two additions. */
static bool bytes_agree(uint64_t bytes, uint64_t count, uint64_t size)
{
	return bytes == count * size || (count != 0 && bytes == (count - 1) * size);
}

static bool read_memory(const struct gopm__mprof *mprof, struct gopm__reader *reader, const struct gopm__bucket *bucket,
                        struct memory_counts *out)
{
	const unsigned words = mprof->byte_counts ? 4 : 2;
	uint8_t copy[RECORD_CYCLES * 4 * 8];
	const uint8_t *r =
	    gopm__read_view(reader, bucket->stack + bucket->depth * 8, (uint64_t)RECORD_CYCLES * words * 8, copy);

	for (unsigned c = 0; r != NULL && c < RECORD_CYCLES; c++, r += (size_t)words * 8) {
		out->allocs[c] = gopm__load64(r);
		out->frees[c] = gopm__load64(r + 8);
		if (out->allocs[c] > MAX_COUNT || out->frees[c] > MAX_COUNT ||
		    (mprof->byte_counts && (!bytes_agree(gopm__load64(r + 16), out->allocs[c], bucket->size) ||
		                            !bytes_agree(gopm__load64(r + 24), out->frees[c], bucket->size)))) {
			return false;
		}
	}
	return r != NULL;
}

static bool read_blocking(const struct gopm__mprof *mprof, struct gopm__reader *reader, struct gopm__bucket *bucket)
{
	const uint64_t at = bucket->stack + bucket->depth * 8;
	uint64_t count, cycles;
	double number;

	if (!gopm__read_u64(reader, at, &count) || !gopm__read_u64(reader, at + 8, &cycles) || cycles > INT64_MAX) {
		return false;
	}
	memcpy(&number, &count, sizeof number);
	if (mprof->float_counts) {
		if (!isfinite(number) || number < 0 || number > (double)MAX_COUNT) {
			return false;
		}
		count = (uint64_t)number;
	}
	bucket->count = (int64_t)count;
	bucket->cycles = (int64_t)cycles;
	return count <= MAX_COUNT;
}

/* All buckets of one list, as they are in memory. */
struct bucket_reading {
	struct gopm__runtime *rt;
	const struct gopm__mprof *mprof;
	struct gopm__reader reader;
	enum gopm__bucket_type type;
	struct gopm__buckets *out;
	struct memory_counts *counts; /* of each bucket, if it is of memory */
	size_t capacity;
	struct gopm__map64 seen;
};

static const char *list_name(enum gopm__bucket_type type)
{
	static const char *const names[GOPM__BUCKET_TYPES] = {NULL, "mbuckets", "bbuckets", "xbuckets"};
	return names[type];
}

static gopm_status add_bucket(struct bucket_reading *r, uint64_t address)
{
	struct gopm__buckets *out = r->out;
	struct memory_counts counts = {{0}, {0}};
	struct gopm__bucket bucket;
	uint64_t type;

	if (!read_header(&r->reader, address, &bucket, &type) || type != r->type ||
	    (r->type == GOPM__BUCKET_MEMORY ? !read_memory(r->mprof, &r->reader, &bucket, &counts)
	                                    : !read_blocking(r->mprof, &r->reader, &bucket))) {
		gopm__finding_add(r->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(address),
		                  "runtime.%s: a bucket is damaged, or not in the core; its samples are missing",
		                  list_name(r->type));
		return GOPM_OK;
	}
	if (!GOPM__VECTOR_RESERVE(out->list, out->count, out->capacity, 1) ||
	    !GOPM__VECTOR_RESERVE(r->counts, out->count, r->capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	r->counts[out->count] = counts;
	out->list[out->count++] = bucket;
	return GOPM_OK;
}

static gopm_status read_list(struct bucket_reading *r)
{
	const uint64_t most = r->rt->core->memory_size / LEAST_BYTES + 1;
	uint64_t address = r->mprof->heads[r->type];
	bool fresh;

	for (uint64_t n = 0; address != 0; n++) {
		if (gopm__map64_put(&r->seen, address, &fresh) == NULL) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (!fresh || n >= most) {
			gopm__finding_add(r->rt->findings, GOPM_FINDING_CYCLE, GOPM__AT_ADDRESS(address),
			                  "runtime.%s: the list of buckets is cyclic", list_name(r->type));
			return GOPM_OK;
		}
		const gopm_status status = add_bucket(r, address);
		if (status != GOPM_OK) {
			return status;
		}
		const uint64_t link = address + AT_ALLNEXT;
		if (!gopm__read_u64(&r->reader, link, &address)) {
			gopm__finding_add(r->rt->findings, GOPM_FINDING_MISSING, GOPM__AT_ADDRESS(link),
			                  "runtime.%s: the core lacks the rest of the list", list_name(r->type));
			return GOPM_OK;
		}
	}
	return GOPM_OK;
}

static bool is_clear(const struct bucket_reading *r, unsigned cycle)
{
	for (size_t i = 0; i < r->out->count; i++) {
		if (r->counts[i].allocs[cycle] != 0 || r->counts[i].frees[cycle] != 0) {
			return false;
		}
	}
	return true;
}

/* The part of `future` that runtime.MemProfile would publish first; 0: none. */
static unsigned unflushed_cycle(const struct bucket_reading *r)
{
	if (r->mprof->cycle_known) {
		return r->mprof->flushed ? 0 : FUTURE + r->mprof->cycle % FUTURES;
	}
	/* If it is flushed, as it is most of the time, nobody counts in it. */
	for (unsigned c = FUTURE; c < RECORD_CYCLES; c++) {
		if (is_clear(r, c)) {
			return 0;
		}
	}
	gopm__finding_add(r->rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
	                  "runtime.mProfCycle was not found: the memory profile may lack the last cycle");
	return 0;
}

/* Sums up what is published and what is not. Source: runtime/mprof.go, memProfileInternal. */
static void sum_counts(struct bucket_reading *r)
{
	const unsigned first = unflushed_cycle(r);
	const bool all = is_clear(r, ACTIVE) && (first == 0 || is_clear(r, first));
	size_t kept = 0;

	for (size_t i = 0; i < r->out->count; i++) {
		struct gopm__bucket *b = &r->out->list[i];
		for (unsigned c = 0; c < RECORD_CYCLES; c++) {
			const bool published = c == ACTIVE || c == first || all;
			*(published ? &b->allocs : &b->later_allocs) += r->counts[i].allocs[c];
			*(published ? &b->frees : &b->later_frees) += r->counts[i].frees[c];
		}
		if (b->frees > b->allocs || b->frees + b->later_frees > b->allocs + b->later_allocs) {
			gopm__finding_add(r->rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(b->address),
			                  "runtime.mbuckets: a bucket has more frees than allocations; its samples are "
			                  "missing");
			continue;
		}
		r->out->list[kept++] = *b;
	}
	r->out->count = kept;
}

gopm_status gopm__buckets_read(struct gopm__runtime *rt, const struct gopm__mprof *mprof, enum gopm__bucket_type type,
                               struct gopm__buckets *out)
{
	struct bucket_reading r = {
	    .rt = rt, .mprof = mprof, .reader = gopm__reader(&rt->core->memory), .type = type, .out = out};

	*out = (struct gopm__buckets){NULL, 0, 0};
	if (r.mprof == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	gopm_status status = read_list(&r);
	if (status == GOPM_OK && type == GOPM__BUCKET_MEMORY) {
		sum_counts(&r);
	}
	free(r.counts);
	gopm__map64_free(&r.seen);
	return status;
}

void gopm__buckets_clear(struct gopm__buckets *buckets)
{
	free(buckets->list);
	*buckets = (struct gopm__buckets){NULL, 0, 0};
}

size_t gopm__bucket_stack(struct gopm__reader *reader, const struct gopm__bucket *bucket, uint64_t *pcs, uint64_t *skip)
{
	const size_t size = (size_t)bucket->depth * 8;
	size_t count = (size_t)bucket->depth;

	*skip = 0;
	if (bucket->depth > GOPM__BUCKET_DEPTH || gopm__read_copy(reader, bucket->stack, pcs, size) != size) {
		return 0;
	}
	if (count != 0 && (pcs[0] == LOGICAL_STACK || pcs[0] <= MAX_SKIP)) {
		*skip = pcs[0] == LOGICAL_STACK ? 0 : pcs[0];
		count--;
		memmove(pcs, pcs + 1, count * 8);
	}
	return count;
}
