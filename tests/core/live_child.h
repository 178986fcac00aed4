/* SPDX-License-Identifier: Apache-2.0 */
/* Children of a test that write down where they are and what they count, in memory that the test shares. */
#ifndef GOPM_TESTS_CORE_LIVE_CHILD_H
#define GOPM_TESTS_CORE_LIVE_CHILD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/corefile.h"
#include "core/live/live.h"

enum { SPINNERS = 5 };

struct shared {
	atomic_uint ready; /* threads that wrote themselves down */
	atomic_uint quit;
	struct {
		_Atomic uint64_t count; /* goes up as long as the thread runs */
		pid_t id;
		uint64_t stack, stack_size;
	} thread[SPINNERS];
	uint64_t address[8]; /* whatever a test's child says of itself */
	_Atomic uint64_t counter[4];
};

extern struct shared *shared; /* of the child that start() made last */

/* Forks; the child runs `body`, and is killed when the test ends before it. */
pid_t start(void (*body)(void));
void await_ready(unsigned count);
/* Kills it, and is told so. */
void end(pid_t pid);

/* A body: SPINNERS threads that count in spin(), whose instructions are from __start_gopm_spin to __stop_gopm_spin. */
void spinning(void);
/* The same with pauses, which leave the CPU to others. */
void ticking(void);
extern const char __start_gopm_spin[], __stop_gopm_spin[];

/* Whether every spinner runs: its count goes up. */
void assert_runs(void);

void open_live(struct gopm__live **live, pid_t pid);
void stop_live(struct gopm__live *live);
void image_live(struct gopm__live *live);

/* The virtual core, read as any other. */
struct parsed {
	struct gopm__findings findings;
	struct gopm__corefile core;
};
void parse(struct gopm__live *live, struct parsed *parsed);
void parsed_close(struct parsed *parsed);

/* The state letter of a thread in /proc, and the number behind "Key:" in a process's status. */
char thread_state(pid_t pid, pid_t thread);
long status_number(pid_t pid, const char *key);

/* A process under valgrind has valgrind's registers: prints so. */
bool under_valgrind(void);

#endif
