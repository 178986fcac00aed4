/* SPDX-License-Identifier: Apache-2.0 */
/* The types of live objects that nothing typed refers to: of a stripped program's variables, of words in frames. If
 * only one type of the program has a slot of this size with these pointers, it is a guess, and said to be one. */
#ifndef GOPM_HEAP_GUESS_H
#define GOPM_HEAP_GUESS_H

#include "heap/mark.h"

/* Guesses, and learns what guessed types say of the objects they refer to. False: marker->status says why. */
bool gopm__guess_types(struct gopm__marker *marker);

#endif
