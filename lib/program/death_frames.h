/* SPDX-License-Identifier: Apache-2.0 */
/* The frames of a dying thread: the function that printed the traceback, and the signals that it was in. */
#ifndef GOPM_PROGRAM_DEATH_FRAMES_H
#define GOPM_PROGRAM_DEATH_FRAMES_H

#include "program/death.h"
#include "unwind/walk.h"

/* Walks `death->dying`. Sets the members about the first signal and the traceback, and, if the thread called throw or
 * fatal, `text`. What the frames do not show is left as it is. */
void gopm__death_frames(struct gopm__death *death, struct gopm__runtime *rt);

/* Starts a walk at the frame at which the runtime's traceback began. Returns false, and walks nothing, if it is
 * unknown. */
bool gopm__death_walk(const struct gopm__death *death, const struct gopm__runtime *rt, struct gopm__walk *walk);

#endif
