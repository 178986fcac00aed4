/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes for tests. They write their addresses and counts to memory that they share with the test. */
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
	atomic_uint ready; /* number of threads that have filled their entry */
	atomic_uint quit;
	struct {
		_Atomic uint64_t count; /* increases while the thread runs */
		pid_t id;
		uint64_t stack, stack_size;
	} thread[SPINNERS];
	uint64_t address[8]; /* for the child of the test to report something */
	_Atomic uint64_t counter[4];
};

extern struct shared *shared; /* of the last child that start() forked */

/* Forks a child that runs `body`. It is killed if the test ends first. */
pid_t start(void (*body)(void));
void await_ready(unsigned count);
/* Kills the child and waits for it. */
void end(pid_t pid);

/* A body: SPINNERS threads that count in spin(), whose instructions are from __start_gopm_spin to __stop_gopm_spin. */
void spinning(void);
/* The same, with pauses, to leave the CPU to others. */
void ticking(void);
extern const char __start_gopm_spin[], __stop_gopm_spin[];

/* True if every spinner runs: its count increases. */
void assert_runs(void);

void open_live(struct gopm__live **live, pid_t pid);
void stop_live(struct gopm__live *live);
void image_live(struct gopm__live *live);

/* The virtual core of a process, opened like any other core. */
struct parsed {
	struct gopm__findings findings;
	struct gopm__corefile core;
};
void parse(struct gopm__live *live, struct parsed *parsed);
void parsed_close(struct parsed *parsed);

/* The state letter of a thread in /proc, and the number after "KEY:" in the status of a process. */
char thread_state(pid_t pid, pid_t thread);
long status_number(pid_t pid, const char *key);

/* True, with a message, if this runs under valgrind: the registers of such a process are valgrind's. */
bool under_valgrind(void);

#endif
