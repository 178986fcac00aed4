/* SPDX-License-Identifier: Apache-2.0 */
/* The analyzed machine code of a function, and the cache of many. Every fact is conservative: unknown code yields none.
 *
 * A `struct gopm__code` is not const: queries move a cursor in it, and the first query for live locations computes the
 * function's liveness. Use it from one thread at a time. */
#ifndef GOPM_CODE_CODE_H
#define GOPM_CODE_CODE_H

#include "arch/arch.h"
#include "code/liveness.h"
#include "code/values.h"
#include "symbol/symtab.h"
#include "util/arena.h"
#include "util/map64.h"

struct gopm__code;
struct gopm__sync;

/* Levels of analysis of operations on locks: level 0 knows nothing of functions that are called, level n knows what
 * level n - 1 finds in them. */
#define GOPM__SYNC_LEVELS 3

/* Zeroed is empty and ready. One thread at a time: gopm__program_lock() protects that of an opened program. */
struct gopm__code_cache {
	struct gopm__map64 map; /* entry -> struct gopm__code *, NULL if it cannot be analyzed */
	struct gopm__code *codes;
	size_t bytes; /* of all of it, `arena` included: the allocating code adds to it */
	struct gopm__map64 syncs[GOPM__SYNC_LEVELS]; /* entry -> struct gopm__sync *, NULL: no operations */
	struct gopm__map64 calls[GOPM__SYNC_LEVELS]; /* entry -> 1 if it may have operations (sync.c) */
	struct gopm__sync *sync_list;
	struct gopm__map64 verdicts; /* pc -> struct gopm__pc_verdicts * (locals/verdict.c) */
	struct gopm__arena arena;    /* of `verdicts` */
};

void gopm__code_cache_free(struct gopm__code_cache *cache);
/* Frees all functions if there are too many. Ends what gopm__code_of() returned. */
void gopm__code_cache_trim(struct gopm__code_cache *cache);

/* The code of a function. NULL: it cannot be analyzed, or out of memory. Valid until gopm__code_cache_trim(). */
struct gopm__code *gopm__code_of(struct gopm__code_cache *cache, const struct gopm__arch *arch,
                                 struct gopm__symtab *symtab, const struct gopm__func *func);

/* The value numbers of the function. */
const struct gopm__values *gopm__code_values(const struct gopm__code *code);

/* The abstract state before the instruction at `pc`. With `returning`, during the call that returns to `pc`: registers
 * are those at the call, slots those that the callee does not write. False: no path reaches it, or out of memory.
 * Release it with gopm__abstract_state_clear(). */
bool gopm__code_state_at(struct gopm__code *code, uint64_t pc, bool returning, struct gopm__abstract_state *out);

/* The locations live before the instruction at `pc`; with `returning`, after the call that returns to `pc`. False:
 * no location is known to be live. Valid until gopm__code_cache_trim(). */
bool gopm__code_live_at(struct gopm__code *code, uint64_t pc, bool returning, struct gopm__live_set *out);

/* Sets *target to the entry of the function called by the call that returns to `pc`; to 0 if the call is indirect.
 * False: no call returns there. */
bool gopm__code_call_target(const struct gopm__code *code, uint64_t pc, uint64_t *target);

/* True if `visit` accepts every input of the phi, and `size` bytes of each are known. An input that is a phi itself is
 * replaced by its inputs if `visit` rejects it. False also if there are too many of them, or out of memory. */
bool gopm__code_phi_inputs(const struct gopm__code *code, const struct gopm__value_number *phi, unsigned size,
                           bool (*visit)(void *user_data, const struct gopm__value_number *input), void *user_data);

/* True if addresses in [CFA + offset, CFA + offset + size) are computed only to be passed to calls to `target`. */
bool gopm__code_only_passed(const struct gopm__code *code, int64_t offset, uint64_t size, uint64_t target);

#endif
