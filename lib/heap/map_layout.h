/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets of the structures of maps that the heap follows; in bytes.
 * Source: internal/runtime/maps/map.go and table.go, Go 1.24 to 1.27; runtime/map.go, Go 1.16 to 1.23. */
#ifndef GOPM_HEAP_MAP_LAYOUT_H
#define GOPM_HEAP_MAP_LAYOUT_H

enum {
	/* Map, since Go 1.24 */
	GOPM__MAP_USED = 0,
	GOPM__MAP_DIRECTORY = 16,
	GOPM__MAP_DIRECTORY_LENGTH = 24,
	/* table */
	GOPM__MAP_TABLE_CAPACITY = 2,
	/* hmap, until Go 1.23; the number of entries is at GOPM__MAP_USED too */
	GOPM__HMAP_LOG = 9,
	GOPM__HMAP_EXTRA = 40,
	/* bytes of a slot for either */
	GOPM__MAP_HEADER_SLOT = 48,
};

#endif
