/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of the functions in which a goroutine parks, read from the objects that the runtime keeps while it waits:
 * the g, sudogs, the semaphore, the timer. */
#ifndef GOPM_LOCALS_WAIT_SITE_H
#define GOPM_LOCALS_WAIT_SITE_H

#include "locals/local.h"
#include "locals/stack_state.h"

/* The value of a variable. False: not one of a wait site. */
bool gopm__wait_site_variable(struct gopm__stack_state *stack_state, const struct gopm__local *local,
                              struct gopm__recovered *out);

/* The value that frame `index`, a wait site, received in argument register `number`. *origin lives in the context's
 * arena. */
bool gopm__wait_site_argument(struct gopm__stack_state *stack_state, size_t index, uint64_t number, uint64_t *value,
                              const char **origin);

/* True if the word at `address` is in the case array that frame `index`, a select, received, and is unchanged. The
 * compiler makes the array for this call alone, and the waiting sudogs have copies of its words.
 * @param call abstract state of the caller
 * @param cfa canonical frame address of the caller */
bool gopm__wait_site_case(struct gopm__stack_state *stack_state, size_t index, uint64_t cfa,
                          const struct gopm__abstract_state *call, uint64_t address);

/* True if frame `index` sends the element at address `elem` to a channel. *size: of the element. */
bool gopm__wait_site_sends(struct gopm__stack_state *stack_state, size_t index, uint64_t elem, uint64_t *size);

/* A word as the bytes of a variable of `size` bytes. NULL: out of memory. */
const struct gopm__bytes *gopm__word_bytes(struct gopm__context *context, uint64_t word, uint64_t size);

#endif
