/* SPDX-License-Identifier: Apache-2.0 */
/* Two encodings, by version. Both are read slot by slot, within limits that no sound program reaches. */
#include "runtime/labels.h"

enum { MAX_LABELS = 1000, MAX_LABEL_SIZE = 65536, STRING_BYTES = 16 };

struct label_reading {
	struct gopm__runtime *rt;
	struct gopm__reader *reader;
	gopm_label *out;
	size_t count, capacity;
};

static bool add_label(struct label_reading *l, uint64_t key, uint64_t value)
{
	gopm_label label;

	if (l->count >= MAX_LABELS || !gopm__runtime_string(l->rt, l->reader, key, MAX_LABEL_SIZE, &label.key) ||
	    !gopm__runtime_string(l->rt, l->reader, value, MAX_LABEL_SIZE, &label.value)) {
		return false;
	}
	if (l->count < l->capacity) {
		l->out[l->count] = label;
	}
	l->count++;
	return true;
}

/* Since Go 1.24 labels are a slice of key and value: internal/runtime/pprof/label.Set. */
static bool read_label_list(struct label_reading *l, uint64_t set)
{
	uint64_t list, length, room;

	if (!gopm__read_u64(l->reader, set, &list) || !gopm__read_u64(l->reader, set + 8, &length) ||
	    !gopm__read_u64(l->reader, set + 16, &room) || length > room || length > MAX_LABELS) {
		return false;
	}
	for (uint64_t i = 0; i < length; i++) {
		uint64_t key = list + i * 2 * STRING_BYTES;
		if (!add_label(l, key, key + STRING_BYTES)) {
			return false;
		}
	}
	return true;
}

/* Until Go 1.23 labels are a map[string]string: a runtime.hmap (runtime/map.go). A bucket has eight slots: the hash
 * bytes, the keys, the values, and the address of the overflow bucket. */
enum {
	HMAP_COUNT = 0,
	HMAP_B = 9,
	HMAP_BUCKETS = 16,
	HMAP_OLDBUCKETS = 24,
	SLOTS = 8,
	BUCKET_KEYS = 8,
	BUCKET_VALUES = BUCKET_KEYS + SLOTS * STRING_BYTES,
	BUCKET_OVERFLOW = BUCKET_VALUES + SLOTS * STRING_BYTES,
	BUCKET_BYTES = BUCKET_OVERFLOW + 8,
	FIRST_TOPHASH = 5, /* lower hash bytes mark empty and moved slots: minTopHash */
	MAX_B = 10,        /* log2 of the buckets */
};

static bool read_label_buckets(struct label_reading *l, uint64_t buckets, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		uint64_t bucket = buckets + i * BUCKET_BYTES, top;
		for (unsigned chain = 0; bucket != 0 && chain < MAX_LABELS; chain++) {
			for (uint64_t slot = 0; slot < SLOTS; slot++) {
				if (!gopm__read_word(l->reader, bucket + slot, 1, &top)) {
					return false;
				}
				if (top >= FIRST_TOPHASH && !add_label(l, bucket + BUCKET_KEYS + slot * STRING_BYTES,
				                                       bucket + BUCKET_VALUES + slot * STRING_BYTES)) {
					return false;
				}
			}
			if (!gopm__read_u64(l->reader, bucket + BUCKET_OVERFLOW, &bucket)) {
				return false;
			}
		}
	}
	return true;
}

static bool read_label_map(struct label_reading *l, uint64_t labels)
{
	uint64_t map, count, b, buckets, old;

	if (!gopm__read_u64(l->reader, labels, &map)) {
		return false;
	}
	if (map == 0) {
		return true;
	}
	if (!gopm__read_u64(l->reader, map + HMAP_COUNT, &count) || !gopm__read_word(l->reader, map + HMAP_B, 1, &b) ||
	    !gopm__read_u64(l->reader, map + HMAP_BUCKETS, &buckets) ||
	    !gopm__read_u64(l->reader, map + HMAP_OLDBUCKETS, &old) || b > MAX_B || count > MAX_LABELS) {
		return false;
	}
	return (buckets == 0 || read_label_buckets(l, buckets, UINT64_C(1) << b)) &&
	       (old == 0 || b == 0 || read_label_buckets(l, old, UINT64_C(1) << (b - 1))) && l->count == count;
}

#define LIST_SINCE 24

size_t gopm__labels(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, gopm_label *out,
                    size_t capacity)
{
	struct label_reading l = {rt, reader, out, 0, capacity};

	if (g->labels == 0) {
		return 0;
	}
	bool list = rt->minor == 0 || rt->minor >= LIST_SINCE;
	if (!(list ? read_label_list(&l, g->labels) : read_label_map(&l, g->labels))) {
		gopm__finding_add(rt->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(g->labels),
		                  "goroutine labels are damaged or not in the core");
		return 0;
	}
	return l.count;
}
