/* SPDX-License-Identifier: Apache-2.0 */
/* How the process died, as far as that matters for who waits for whom. */
#ifndef GOPM_WHY_CRASH_H
#define GOPM_WHY_CRASH_H

#include "program/program.h"

/* True if the process died, and not because somebody ended it, or because it hangs: the other findings say that. What
 * the goroutine that died was to do is not done: nothing else is certain then. */
bool gopm__has_crashed(const struct gopm__program *program);

/* GOPM_PATTERN_* of its death. */
uint8_t gopm__crash_pattern(const struct gopm__program *program);

#endif
