/* SPDX-License-Identifier: Apache-2.0 */
/* The message of runtime.throw or runtime.fatal, and the lines that the runtime printed before it. */
#ifndef GOPM_PROGRAM_DEATH_TEXT_H
#define GOPM_PROGRAM_DEATH_TEXT_H

#include "program/death.h"
#include "unwind/walk.h"

/* Sets `death->text` to the argument of throw or fatal, whose frame is current. It needs no symbols. */
void gopm__death_argument(struct gopm__death *death, struct gopm__runtime *rt, struct gopm__walk *walk);

/* Sets `death->before`, and `death->text` if it is empty, from the runtime's last output. Lines that are lost are a
 * finding. A program without symbols has that output only if `death->text` is known. */
void gopm__death_message(struct gopm__death *death, struct gopm__runtime *rt);

#endif
