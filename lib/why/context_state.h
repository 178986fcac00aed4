/* SPDX-License-Identifier: Apache-2.0 */
/* A context.Context that can be cancelled. Source: context/context.go, Go 1.16 to 1.27. */
#ifndef GOPM_WHY_CONTEXT_STATE_H
#define GOPM_WHY_CONTEXT_STATE_H

#include "program/program.h"

struct gopm__context_state {
	int64_t deadline; /* nanotime; 0: it has none, or unknown */
	uint64_t parent;  /* address of the nearest cancelCtx or timerCtx that cancels it too; 0: none, or unknown */
};

/* Reads the context at `address`, whose type is context.cancelCtx or context.timerCtx. The caller holds the program's
 * lock. */
void gopm__context_state(struct gopm__program *program, struct gopm__types *types, uint64_t address, gopm_str type,
                         struct gopm__context_state *out);

#endif
