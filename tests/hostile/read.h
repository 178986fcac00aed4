/* SPDX-License-Identifier: Apache-2.0 */
/* Asks an open core everything that a user would, and writes down the answers. */
#ifndef GOPM_TESTS_HOSTILE_READ_H
#define GOPM_TESTS_HOSTILE_READ_H

#include "hostile/answers.h"

#define MAX_RECORDS 4096
#define MAX_CHOSEN 48 /* goroutines whose stacks are read; at most 64, see answers_compare() */

#define MAX_THREADS 16

/* What to read, chosen from the undamaged core. */
struct questions {
	gopm_goroutine chosen[MAX_CHOSEN];
	size_t chosen_count;
	uint64_t in_scope;        /* a bit for each chosen goroutine whose variables are read */
	bool globals;             /* read package variables and types too */
	bool native;              /* read modules and the stacks of threads too */
	uint64_t ms[MAX_THREADS]; /* addresses of runtime.m */
	uint64_t pcs[MAX_CHOSEN]; /* to symbolize */
	const uint64_t *descriptors;
	size_t m_count, pc_count, descriptor_count;
};

/* The names of the steps, for reports of crashes. */
enum read_step {
	STEP_OPEN,
	STEP_INFO,
	STEP_LIST,
	STEP_GROUPS,
	STEP_TRACES,
	STEP_STACKS,
	STEP_VARIABLES,
	STEP_TYPES,
	STEP_HEAP,
	STEP_WHY,
	STEP_CLOSE
};
extern volatile uint32_t *read_step; /* the current step is written here */
const char *read_step_name(uint32_t step);

/* Chooses goroutines, spread over the list, and threads and pcs. */
void questions_choose(struct questions *questions, gopm_core *core);
/* Lists functions, source files and types. They have no answer of their own: each is asked elsewhere. */
void read_lists(gopm_core *core);

/* Writes the chosen goroutines with their stacks, threads and findings as JSON, which must be well-formed. */
void read_json(gopm_core *core, const struct questions *questions);

/* Asks everything except the findings. Fails if the core gives no list of goroutines. */
gopm_status read_answers(gopm_core *core, const struct questions *questions, struct answers *answers);

/* Reads the heap: its answers must agree with each other too. */
void read_heap(gopm_core *core, struct answers *answers);

/* Reads why goroutines wait: findings must agree with each other. Lists the addresses of the gs that are stuck for
 * certain, in ascending order, and returns their number. */
size_t read_why(gopm_core *core, uint64_t *certain, size_t capacity);

/* What a stack says of its frames: which are guessed, and after which of them others are missing. 0: nothing. */
uint64_t frames_mark(uint64_t mark, const gopm_frame *frames, size_t count);

/* In read_values.c. */
void read_stack(gopm_core *core, const struct questions *questions, size_t number, struct answers *answers);
void read_globals(gopm_core *core, struct answers *answers);
void read_types(gopm_core *core, const struct questions *questions, struct answers *answers);

#endif
