/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime knows itself of the frames in which a goroutine is parked. */
#ifndef GOPM_LOCALS_WAIT_SITE_H
#define GOPM_LOCALS_WAIT_SITE_H

#include "locals/recovery.h"

/* False: nothing. `context` has a recovery. */
bool gopm__parked(struct gopm__context *context, const struct gopm__recover_request *request,
                  struct gopm__recovered *out);

/* A word of the runtime's as the bytes of a variable; NULL: out of memory. */
const struct gopm__bytes *gopm__parked_word(struct gopm__context *context, uint64_t word, uint64_t size);

/* What frame `index`, of a function that parks, was called with in register `number`. `origin`: as long as the
 * context's arena. */
bool gopm__parked_argument(struct gopm__context *context, size_t index, uint64_t number, uint64_t *value,
                           const char **origin);

/* Whether the word at `address` is of the cases that frame `index`, a select, was called with, and still the same:
 * the compiler makes them for this call alone, and what waits for them has the word too. `call`: of the caller, whose
 * canonical frame address is `cfa`. */
bool gopm__parked_case(struct gopm__context *context, size_t index, uint64_t cfa,
                       const struct gopm__abstract_state *call, uint64_t address);

/* Whether frame `index` is a send, and `elem` the address of what it sends; *size gets how many bytes that is. */
bool gopm__parked_sends(struct gopm__context *context, size_t index, uint64_t elem, uint64_t *size);

#endif
