/* SPDX-License-Identifier: Apache-2.0 */
/* Size classes of the allocator. Source: runtime/sizeclasses.go (since Go 1.25 internal/runtime/gc/sizeclasses.go),
 * runtime/malloc.go, Go 1.16 to 1.27. */
#ifndef GOPM_HEAP_SIZE_CLASS_H
#define GOPM_HEAP_SIZE_CLASS_H

#include <stdint.h>

#define GOPM__MAX_SMALL_SIZE 32768u

/* The bytes of the slot that the allocator takes for `size` bytes, without a header; 0: for no bytes, or too many. */
uint64_t gopm__slot_size(uint64_t size);

#endif
