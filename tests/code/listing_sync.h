/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of listings about locks and channels. */
#ifndef GOPM_TESTS_LISTING_SYNC_H
#define GOPM_TESTS_LISTING_SYNC_H

#include "code/sync_facts.h"
#include "listing_text.h"

/* The role of a callee: "lockslow", "chansend" ...; normal for any other word. */
uint8_t listing_sync_role(const char *word);

/* True for the first word of such a fact. */
bool listing_is_sync(const char *word);

/* Appends the list that the text names, before the instruction at `pc` or, for "held-during" and "pending-after",
 * during the call before it. `add_base` appends a value. */
void listing_sync(struct text *text, const struct gopm__sync *sync, uint64_t pc,
                  void (*add_base)(void *user_data, struct text *text, const struct gopm__value_number *base),
                  void *user_data);

#endif
