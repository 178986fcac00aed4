/* SPDX-License-Identifier: Apache-2.0 */
/* "gopm: unwinding, 3 s, 40000 of 1000000 goroutines" on standard error if a command takes over a second and standard
 * error is a terminal. */
#ifndef GOPM_COMMAND_PROGRESS_H
#define GOPM_COMMAND_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Keep `what` until progress_stop(). */
void progress_start(const char *what, bool quiet);
void progress_stop(void);

/* The gopm_progress_fn of all calls. Needs no user data. */
int32_t progress_update(void *user_data, uint32_t phase, uint64_t done, uint64_t total);

#endif
