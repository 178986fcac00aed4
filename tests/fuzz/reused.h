/* SPDX-License-Identifier: Apache-2.0 */
/* The sample core, opened once for all inputs. Each input changes memory, reads some of it, and undoes the changes. A
 * hundred times as fast as patched_run(), which opens the core for each input, but changes come after the open. */
#ifndef GOPM_TESTS_REUSED_H
#define GOPM_TESTS_REUSED_H

#include "api/handle.h"

struct reused_region {
	uint64_t address, size;
};

/* Opens the core on the first call. */
gopm_core *reused_core(uint32_t open_flags);

/* Applies the changes in `data` and calls `run`. A change is a region (1 byte), an offset in it (2), a length of 1 to 8
 * (1), and its bytes. `first` is the region of the first change. */
void reused_run(const struct reused_region *regions, size_t count, const uint8_t *data, size_t size,
                void (*run)(gopm_core *core, size_t first));

/* Lists the goroutines that are not running. */
size_t reused_goroutines(gopm_core *core, gopm_goroutine *records, size_t capacity);

/* Opens the stack of a goroutine. NULL: it has none. */
gopm_stack *reused_stack(gopm_core *core, uint64_t address);

#endif
