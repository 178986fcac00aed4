/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that the runtime prints before the goroutines as it dies. */
#ifndef GOPM_EXPORT_TRACEBACK_DEATH_H
#define GOPM_EXPORT_TRACEBACK_DEATH_H

#include "program/program.h"
#include "util/text.h"

/* Appends the lines, and an empty one. Nothing if the process did not die of a panic, a fatal error or a signal that
 * the runtime caught. */
void gopm__traceback_death(struct gopm__program *program, struct gopm__text *out);

#endif
