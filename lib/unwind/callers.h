/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks as runtime.Callers gives them: one pc for each call, innermost first, inlined calls included. Each pc is a
 * return address, or 1 more than the pc of the call. Source: runtime/symtab.go, runtime/traceback.go (Go 1.16 to
 * 1.27). */
#ifndef GOPM_UNWIND_CALLERS_H
#define GOPM_UNWIND_CALLERS_H

#include "symbol/symtab.h"

/* The innermost call at `pc` of such a stack: runtime.CallersFrames. NULL: `pc` is not in Go code, or out of memory. */
const struct gopm__pcinfo *gopm__caller_info(struct gopm__symtab *symtab, uint64_t pc);

/* Expands physical frames, which are pcs of calls and not return addresses. Returns the number of pcs, at most
 * `capacity`. */
size_t gopm__callers_expand(struct gopm__symtab *symtab, const uint64_t *calls, size_t count, uint64_t *out,
                            size_t capacity);

/* Adds the inlined calls that a stack of the frame pointer unwinder lacks, and leaves out pcs that are not in Go code
 * and the first `skip` calls. Returns the number of pcs, at most `capacity`. */
size_t gopm__callers_complete(struct gopm__symtab *symtab, const uint64_t *pcs, size_t count, uint64_t skip,
                              uint64_t *out, size_t capacity);

/* Adds the calls that the last pc was inlined into, if the stack was cut between them. `pcs` has room for `capacity`.
 * Returns the new number. Source: runtime_expandFinalInlineFrame. */
size_t gopm__callers_expand_last(struct gopm__symtab *symtab, uint64_t *pcs, size_t count, size_t capacity);

#endif
