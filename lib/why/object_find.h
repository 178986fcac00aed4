/* SPDX-License-Identifier: Apache-2.0 */
/* The kind of an object that nobody waits for. */
#ifndef GOPM_WHY_OBJECT_FIND_H
#define GOPM_WHY_OBJECT_FIND_H

#include "heap/heap.h"

/* GOPM_OBJECT_* of the channel or lock at `address`, by the types of the heap and of package variables;
 * GOPM_OBJECT_OTHER: there is none, or nothing says so. Takes the program's lock. @param heap NULL: only variables */
uint8_t gopm__object_find(struct gopm__program *program, struct gopm__heap *heap, uint64_t address);

#endif
