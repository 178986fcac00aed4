/* SPDX-License-Identifier: Apache-2.0 */
/* A real core and its executable, with a few bytes changed. A fuzzer's input is a list of changes, all
 * of them to pages that a reader looks at when nothing is changed. */
#ifndef GOPM_TESTS_PATCHED_H
#define GOPM_TESTS_PATCHED_H

#include <gopm/gopm.h>
#include <stdbool.h>

/* What may be changed. */
#define PATCH_CORE UINT32_C(1)  /* memory in the core: goroutines, stacks, channels, moduledata */
#define PATCH_CODE UINT32_C(2)  /* what the executable loads: pclntab, types, funcdata */
#define PATCH_DWARF UINT32_C(4) /* its debug sections */
/* Take the section headers away first: no symbols, no DWARF, everything is found by structure. */
#define PATCH_STRIPPED UINT32_C(8)
/* Destroy the name of runtime.g's type descriptor first: the layout comes from DWARF, or the table where that is bad.
 */
#define PATCH_NAMELESS UINT32_C(16)

/* Reads as much as the target is about. `core` is NULL when the changed files did not open. */
typedef void (*patched_fn)(gopm_core *core);

/* Applies the changes in `data`, opens, calls `read`, and takes the changes back. */
void patched_run(uint32_t what, uint32_t open_flags, patched_fn read, const uint8_t *data, size_t size);

/* Reads the sample into memory that can be written, once: what patched_options() names. */
void patched_load(void);
/* How the core that is being read was opened. */
void patched_options(gopm_core_options *options, uint32_t open_flags);

/* Goroutines as far as max_goroutines, groups, threads, waits, labels. */
void patched_read_goroutines(gopm_core *core);
/* The stacks of some, with tracebacks; with variables and their values when `vars`. */
void patched_read_stacks(gopm_core *core, bool vars);
/* The variables of a frame, and of each its last child. */
void patched_read_vars(const gopm_stack *stack, size_t frame);
void patched_touch(gopm_str s);

#endif
