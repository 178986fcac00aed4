/* SPDX-License-Identifier: Apache-2.0 */
/* Changes the buckets of a synthetic process. Each list must end, and its counts must be possible. The first byte is
 * the Go version, and if the hashes are made right again. A change is an offset (2 bytes), a length of 1 to 8 (1), and
 * its bytes. */
#include "fuzz/fuzz.h"
#include "runtime/mprof.h"
#include "support/made.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 6, VARIABLES = 0x300 };

static const int minors[] = {0, 16, 18, 19, 22, 26, 27, 26};

static void make_lists(struct made *p)
{
	for (unsigned i = 0; i < COUNT; i++) {
		const uint64_t stack[MADE_DEPTH] = {0x401000 + i, 0x402000 + i, 0x403000 + i}, type = 1 + i / 2;
		made_bucket(p, i, i % 2 == 0 ? made_bucket_at(i + 1) : 0, type, type == 1 ? 64 : 0, stack);
	}
	made_put64(p, MBUCKETS, made_bucket_at(0));
	made_put64(p, BBUCKETS, made_bucket_at(2));
	made_put64(p, XBUCKETS, made_bucket_at(4));
}

static void change(struct made *p, const uint8_t *data, size_t size)
{
	for (size_t at = 0; at + 3 < size;) {
		const uint32_t offset =
		    ((uint32_t)data[at] | (uint32_t)data[at + 1] << 8) % (VARIABLES + COUNT * BUCKET_ROOM);
		uint64_t to = offset < VARIABLES ? BSS - BASE + offset : BUCKETS - BASE + (offset - VARIABLES);
		const size_t end = at + 3 + (data[at + 2] & 7U) + 1;
		for (at += 3; at < end && at < size; at++) {
			p->bytes[to++] = data[at];
		}
	}
}

/* Makes the hashes of the stacks as they are now, so that the counts are read. */
static void mend_hashes(struct made *p)
{
	for (unsigned i = 0; i < COUNT; i++) {
		uint64_t words[6], stack[MADE_DEPTH];
		const uint8_t *bucket = p->bytes + (made_bucket_at(i) - BASE);
		memcpy(words, bucket, sizeof words);
		memcpy(stack, bucket + sizeof words, sizeof stack);
		made_bucket(p, i, words[1], words[2], words[4], stack);
	}
}

static void read_lists(struct made *p)
{
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	static uint64_t pcs[GOPM__BUCKET_DEPTH];
	struct gopm__buckets buckets;
	uint64_t skip;

	for (unsigned type = GOPM__BUCKET_MEMORY; type < GOPM__BUCKET_TYPES; type++) {
		(void)gopm__buckets_read(&p->rt, gopm__mprof(&p->rt), (enum gopm__bucket_type)type, &buckets);
		for (size_t i = 0; i < buckets.count; i++) {
			const struct gopm__bucket *b = &buckets.list[i];
			if (b->frees > b->allocs || b->count < 0 || b->cycles < 0 ||
			    gopm__bucket_stack(&reader, b, pcs, &skip) > b->depth) {
				abort();
			}
		}
		gopm__buckets_clear(&buckets);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	struct made *p = made_new();
	p->rt.minor = minors[data[0] & 7];
	make_lists(p);
	change(p, data + 1, size - 1);
	if ((data[0] & 8) != 0) {
		mend_hashes(p);
	}
	if ((data[0] & 16) != 0) {
		p->rt.symbols[GOPM__GLOBAL_MBUCKETS] = (struct gopm__global_symbol){MBUCKETS, 8};
		p->rt.symbols[GOPM__GLOBAL_BBUCKETS] = (struct gopm__global_symbol){BBUCKETS, 8};
		p->rt.symbols[GOPM__GLOBAL_PROFILE_CYCLE] = (struct gopm__global_symbol){CYCLE, 4};
	}
	read_lists(p);
	made_free(p);
	return 0;
}
