/* SPDX-License-Identifier: Apache-2.0 */
/* "gopm: unwinding, 3 s" on standard error if a command takes over a second and standard error is a terminal. */
#ifndef GOPM_COMMAND_PROGRESS_H
#define GOPM_COMMAND_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Keep `what` until progress_stop(). */
void progress_start(const char *what, bool quiet);
void progress_count(uint64_t done);
void progress_stop(void);

#endif
