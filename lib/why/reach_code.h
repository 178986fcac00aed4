/* SPDX-License-Identifier: Apache-2.0 */
/* What goroutines reach, says their code. The stack map of a frame tells which words are pointers. If the map is
 * damaged, a goroutine seems not to reach what it does, and another one seems to be stuck. So before anything is called
 * certain, the words that the code certainly reads before it overwrites them are taken for pointers too, whatever the
 * maps say. */
#ifndef GOPM_WHY_REACH_CODE_H
#define GOPM_WHY_REACH_CODE_H

#include "util/arena.h"
#include "util/map64.h"
#include "why/reach.h"

struct gopm__reach_code {
	struct gopm__reach *reach;
	struct gopm__program *program;
	struct gopm__map64 words; /* pc and how the frame continues -> struct live_words * (reach_code.c) */
	struct gopm__arena arena; /* of `words` */
	uint64_t budget;          /* frames of all walks */
};

/* `reach` has a heap. It takes the lock of the program for each goroutine. */
void gopm__reach_code_init(struct gopm__reach_code *code, struct gopm__reach *reach);
void gopm__reach_code_free(struct gopm__reach_code *code);

/* Marks what the goroutine with the g at `address` reaches so. False: out of memory. */
bool gopm__reach_by_code(struct gopm__reach_code *code, uint64_t address);

#endif
