/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a sync.Map, for map.c. It has one of two forms:
 *
 * - internal/sync.HashTrieMap, a tree of nodes with 16 children, since Go 1.24;
 * - two maps of pointers to entries, `read` and `dirty`, until Go 1.25 (since 1.24 only with
 *   GOEXPERIMENT=nosynchashtriemap). */
#ifndef GOPM_VALUE_SYNC_MAP_H
#define GOPM_VALUE_SYNC_MAP_H

#include "value/map.h"

/* Sets it->sync, it->length, it->key and it->elem, or it->unreadable. `v` is a struct sync.Map or HashTrieMap. The
 * length needs a walk over all entries, since no form counts them. */
void gopm__sync_map_open(struct gopm__map_iter *it, const struct gopm__variable *v);

/* As gopm__map_next(). */
bool gopm__sync_map_next(struct gopm__map_iter *it, struct gopm__variable *key, struct gopm__variable *value);

#endif
