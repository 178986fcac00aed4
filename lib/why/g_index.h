/* SPDX-License-Identifier: Apache-2.0 */
/* The members by the address of their g: a hash table of numbers, four bytes a slot. Those of one page of memory are
 * near each other, as the g of goroutines that follow each other in runtime.allgs are. */
#ifndef GOPM_WHY_G_INDEX_H
#define GOPM_WHY_G_INDEX_H

#include "why/blocked.h"

/* Makes room for `count` goroutines. More may follow, and zero-initialized is empty. False: out of memory. */
bool gopm__g_index_open(struct gopm__g_index *index, uint64_t count);
void gopm__g_index_close(struct gopm__g_index *index);

/* Adds the member that comes next, `count`, with the g at `address`, unless another one has it: then *fresh is false.
 * `members` are those so far. False: out of memory. */
bool gopm__g_index_add(struct gopm__g_index *index, const struct gopm__member *members, uint32_t count,
                       uint64_t address, bool *fresh);

/* Starts to load the place of the g at `address`. */
void gopm__g_index_prefetch(const struct gopm__g_index *index, uint64_t address);

/* The number of the member with the g at `address`; GOPM__NO_INDEX: none. */
uint32_t gopm__g_index_find(const struct gopm__g_index *index, const struct gopm__member *members, uint64_t address);

#endif
