/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a map, Swiss (Go 1.24 on) or with buckets, or of a sync.Map, in the order of memory. Offsets come from
 * the map's types.
 */
#ifndef GOPM_VALUE_MAP_H
#define GOPM_VALUE_MAP_H

#include "value/variable.h"

/* Keys or values of a group or bucket. */
struct gopm__map_array {
	uint64_t offset, stride; /* of the first one in the group; between two */
	uint64_t count;
	const struct gopm__type *elem;
};

struct gopm__map_iter {
	struct gopm__context *context;
	const char *unreadable; /* why it ended early; NULL: it did not */
	uint64_t length;        /* number of entries, from the header */
	bool swiss;
	bool key_indirect, elem_indirect; /* slots have pointers, since keys or values are too big */
	const struct gopm__type *key, *elem;

	struct gopm__map_array keys, elems;
	uint64_t control_offset; /* of the control word, or of the top hashes */
	uint64_t group_size, slots;
	uint64_t visited, limit; /* groups or buckets; limit 0: none */

	uint64_t directory, directory_length;                /* Swiss: pointers to tables; length 0: one group */
	uint64_t table_index, table_length_mask, table_data; /* offsets in a table */
	uint64_t table_used;                                 /* likewise */
	unsigned table_used_size;                            /* 0: not known */
	bool steady;                         /* no goroutine was writing to the map: its counts must be right */
	uint64_t table;                      /* index of the next one in the directory */
	uint64_t groups, group_count, group; /* of the current table; index of the next group */

	uint64_t buckets, bucket_count, old_buckets, old_mask, overflow_offset;
	uint64_t bucket, overflow;                     /* index of the next bucket; next of the chain */
	uint64_t chain_mark, chain_steps, chain_limit; /* cycle detection: see check_chain() */

	uint64_t at, slot;           /* current group or bucket; its next slot */
	struct gopm__sync_map *sync; /* of a sync.Map, which uses no other member from `swiss` to here; else NULL */
	uint8_t control[8];
};

/* @param max_groups most groups or buckets to visit; 0: no limit */
void gopm__map_open(struct gopm__context *context, const struct gopm__variable *v, uint64_t max_groups,
                    struct gopm__map_iter *out);
/* The next entry, not loaded. False: the end, or iter->unreadable is set. */
bool gopm__map_next(struct gopm__map_iter *iter, struct gopm__variable *key, struct gopm__variable *value);

#endif
