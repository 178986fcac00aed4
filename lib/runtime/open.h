/* SPDX-License-Identifier: Apache-2.0 */
/* Opening of the runtime: finds its variables, chooses a layout, and reads everything that is needed at once. */
#ifndef GOPM_RUNTIME_OPEN_H
#define GOPM_RUNTIME_OPEN_H

#include "exe/executable.h"
#include "runtime/runtime.h"

struct gopm__runtime_options {
	uint64_t max_goroutines;
	bool no_dwarf; /* DWARF is not read, not even for layouts */
};

/* Close it on failure too. The runtime borrows core, executable and symtab.
 * @return GOPM_OK; GOPM_ERR_NO_MEMORY; GOPM_ERR_FORMAT (no list of goroutines); GOPM_ERR_MISSING_MEMORY (the core
 * lacks it); the status of gopm__layout_choose(). */
gopm_status gopm__runtime_open(struct gopm__runtime *rt, struct gopm__corefile *core, struct gopm__executable *exe,
                               struct gopm__symtab *symtab, const struct gopm__runtime_options *options,
                               gopm_error **err);

/* Does nothing to a zeroed runtime. */
void gopm__runtime_close(struct gopm__runtime *rt);

#endif
