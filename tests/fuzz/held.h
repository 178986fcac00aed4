/* SPDX-License-Identifier: Apache-2.0 */
/* The sample core, opened once and held: its memory is changed, some of it is read, and the changes are taken back. A
 * hundred times as fast as patched_run(), which opens anew, but what was read when it was opened stays as it was. */
#ifndef GOPM_TESTS_HELD_H
#define GOPM_TESTS_HELD_H

#include "api/handle.h"

struct held_region {
	uint64_t address, size;
};

/* Opened on the first call. */
gopm_core *held_core(uint32_t open_flags);

/* Changes are a region (1 byte), a place in it (2), a length of 1 to 8 (1), and their bytes; `run` gets what the first
 * change is to. */
void held_run(const struct held_region *regions, size_t count, const uint8_t *data, size_t size,
              void (*run)(gopm_core *core, size_t first));

/* The goroutines that stand still, as gopm_goroutine_iter lists them. */
size_t held_goroutines(gopm_core *core, gopm_goroutine *records, size_t capacity);

/* The stack of a goroutine. NULL: it has none. */
gopm_stack *held_stack(gopm_core *core, uint64_t address);

#endif
