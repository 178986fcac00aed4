/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by map_open.c and map.c. */
#ifndef GOPM_VALUE_MAP_PRIVATE_H
#define GOPM_VALUE_MAP_PRIVATE_H

#include "value/map.h"

/* The top bit of a control byte is set if the slot is empty or deleted (internal/runtime/maps/group.go). */
#define CONTROL_EMPTY 0x80
/* Slots of a group or bucket. */
#define SLOTS 8
/* maxTableCapacity (internal/runtime/maps/table.go, Go 1.24 to 1.27). */
#define MAX_TABLE_CAPACITY UINT64_C(1024)

/* False: cannot be read; it->unreadable says why. */
bool gopm__map_word(struct gopm__map_iter *it, uint64_t address, uint64_t *out);

/* True if the runtime could have such a pointer: aligned, and an address of a process. */
bool gopm__map_pointer_possible(uint64_t pointer);

/* Counts the entries of the current groups. False: there are not `expected` of them, so the memory has been reused.
 * Groups that the core lacks are no evidence. */
bool gopm__map_check_entries(struct gopm__map_iter *it, uint64_t expected);

#endif
