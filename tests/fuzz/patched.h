/* SPDX-License-Identifier: Apache-2.0 */
/* A real core and its executable, with a few bytes changed. An input is a list of changes to pages that a reader
 * touches if nothing is changed. */
#ifndef GOPM_TESTS_PATCHED_H
#define GOPM_TESTS_PATCHED_H

#include <gopm/gopm.h>
#include <stdbool.h>

/* Parts that an input may change. */
#define PATCH_CORE UINT32_C(1)  /* memory in the core: goroutines, stacks, channels, moduledata */
#define PATCH_CODE UINT32_C(2)  /* what the executable loads: pclntab, types, funcdata */
#define PATCH_DWARF UINT32_C(4) /* its debug sections */
/* Removes the section headers first: no symbols, no DWARF, everything is found by structure. */
#define PATCH_STRIPPED UINT32_C(8)
/* Destroys the name of runtime.g's type descriptor first: the layout comes from DWARF, or from the table if that is
 * damaged. */
#define PATCH_NAMELESS UINT32_C(16)

/* Reads what the target tests. `core` is NULL if the changed files did not open. */
typedef void (*patched_fn)(gopm_core *core);

/* Applies the changes in `data`, opens the core, calls `read`, and undoes the changes. */
void patched_run(uint32_t what, uint32_t open_flags, patched_fn read, const uint8_t *data, size_t size);

/* Loads the sample into writable memory, once. */
void patched_load(void);
/* Fills the options that the current core was opened with. */
void patched_options(gopm_core_options *options, uint32_t open_flags);

/* Reads goroutines up to max_goroutines, groups, threads, waits and labels. */
void patched_read_goroutines(gopm_core *core);
/* Reads the stacks of some goroutines, and tracebacks; variables and their values too if `vars`. */
void patched_read_stacks(gopm_core *core, bool vars);
/* Reads the variables of a frame, and the last child of each. */
void patched_read_vars(const gopm_stack *stack, size_t frame);
void patched_touch(gopm_str s);

#endif
