/* SPDX-License-Identifier: Apache-2.0 */
/* The way into a value as Go writes it: fields and indexes, ".a[3].b". */
#ifndef GOPM_EXPORT_HEAP_ACCESS_H
#define GOPM_EXPORT_HEAP_ACCESS_H

#include "heap/heap.h"
#include "util/text.h"

/* Adds the fields and indexes that lead to `offset` of a value of type `number`. With `whole_map` it ends at a
 * sync.Map or internal/sync.HashTrieMap, and leaves out their fields. */
void gopm__access_text(struct gopm__text *text, struct gopm__heap *heap, uint32_t number, uint64_t offset,
                       bool whole_map);

/* The same for the type of a descriptor. */
void gopm__access_text_of(struct gopm__text *text, struct gopm__heap *heap, uint64_t descriptor, uint64_t offset,
                          bool whole_map);

/* True if a type is the header or a table of maps: internal/runtime/maps.Map or table. */
bool gopm__is_map_part(struct gopm__heap *heap, uint32_t number);

/* What a node of the trie of a sync.Map is. */
enum gopm__trie_node { GOPM__NO_TRIE, GOPM__TRIE_INDIRECT, GOPM__TRIE_ENTRY };

/* A place in a node of a trie. */
struct gopm__trie_place {
	enum gopm__trie_node node;
	bool in_key, in_value;
	uint64_t key_descriptor, key_offset, value_descriptor, value_offset;
};

/* The place `offset` bytes into an object of type `number`. Source: internal/sync/hashtriemap.go, Go 1.24 to 1.27. */
struct gopm__trie_place gopm__trie_place(struct gopm__heap *heap, uint32_t number, uint64_t offset);

#endif
