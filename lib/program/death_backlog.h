/* SPDX-License-Identifier: Apache-2.0 */
/* Finds runtime.printBacklog in a program without symbols. */
#ifndef GOPM_PROGRAM_DEATH_BACKLOG_H
#define GOPM_PROGRAM_DEATH_BACKLOG_H

#include "runtime/runtime.h"

/* Sets rt->backlog, which is empty, if the code of the runtime leads to a ring that ends with "fatal error: " and
 * `message`. */
void gopm__death_find_backlog(struct gopm__runtime *rt, gopm_str message);

#endif
