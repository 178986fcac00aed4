/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a map, Swiss (Go 1.24 on) or with buckets, in the order of memory. Where things lie
 * is read from the map's own DWARF types. */
#ifndef GOPM_VALUE_MAP_H
#define GOPM_VALUE_MAP_H

#include "value/variable.h"

struct gopm__map_array {
	uint64_t offset, stride; /* of member 0 in a group or bucket; between members */
	uint64_t count;
	const struct gopm__type *elem;
};

struct gopm__map_iter {
	struct gopm__context *context;
	const char *unreadable; /* why it ended early; NULL: it did not */
	uint64_t length;        /* entries the map says it has */
	bool swiss;
	bool key_indirect, elem_indirect; /* slots hold pointers to keys or values that are too big */
	const struct gopm__type *key, *elem;

	struct gopm__map_array keys, elems;
	uint64_t control_offset; /* of the control word, or of the top hashes */
	uint64_t group_size, slots;
	uint64_t visited, limit; /* groups or buckets */

	uint64_t directory, directory_length;                /* of Swiss: table pointers; 0: one group */
	uint64_t table_index, table_length_mask, table_data; /* offsets in a table */
	uint64_t table_used;                                 /* as well; with its size, 0: not known */
	unsigned table_used_size;
	bool steady;                         /* nobody was writing to it: what it says of its entries has to be so */
	uint64_t table;                      /* next in the directory */
	uint64_t groups, group_count, group; /* of the table at hand */

	uint64_t buckets, bucket_count, old_buckets, old_mask, overflow_offset;
	uint64_t bucket, overflow;                     /* next; chain to follow */
	uint64_t chain_mark, chain_steps, chain_limit; /* a bucket passed before, and when to take another */

	uint64_t at, slot; /* group or bucket at hand; next slot of it */
	uint8_t control[8];
};

/* @param max_groups how many groups or buckets are visited at most; 0: as many as there are */
void gopm__map_open(struct gopm__context *context, const struct gopm__variable *v, uint64_t max_groups,
                    struct gopm__map_iter *out);
bool gopm__map_next(struct gopm__map_iter *iter, struct gopm__variable *key, struct gopm__variable *value);

#endif
