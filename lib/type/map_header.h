/* SPDX-License-Identifier: Apache-2.0 */
/* Where the headers of maps have their words, by the names of fields: the header's type says it.
 * Source: internal/runtime/maps/map.go and table.go, Go 1.24 to 1.27; runtime/map.go, Go 1.16 to 1.23. */
#ifndef GOPM_TYPE_MAP_HEADER_H
#define GOPM_TYPE_MAP_HEADER_H

#include "type/types.h"

/* Offsets in bytes. All words have 8 bytes, but `log`, which has one, and `table_capacity`, which has two. */
struct gopm__map_header {
	uint64_t size; /* of the header; 0: it is not known */
	uint64_t used; /* number of entries */
	bool swiss;    /* of Go 1.24 and later */
	/* swiss: */
	uint64_t directory, directory_length;
	uint64_t table_capacity; /* in a table; filled by gopm__map_header_find(); UINT64_MAX: not known */
	/* else: */
	uint64_t log; /* log2 of the number of buckets */
	uint64_t buckets, old_buckets;
	uint64_t extra; /* UINT64_MAX: not known */
};

/* Reads the type of a header, a struct. False: a field is missing, or it is NULL; out->size is 0. */
bool gopm__map_header_read(struct gopm__types *types, const struct gopm__type *header, struct gopm__map_header *out);

/* Reads the type that all maps of the program have. The caller has read the names of the DWARF. False: it has none. */
bool gopm__map_header_find(struct gopm__types *types, struct gopm__map_header *out);

#endif
