/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that are a part of a library's value, under the name that a person knows: the channel "io.pipe.wrCh" is a
 * part of an io.Pipe, and where that is says more than where the channel is. */
#ifndef GOPM_WHY_LIBRARY_NAME_H
#define GOPM_WHY_LIBRARY_NAME_H

#include "heap/heap.h"
#include "why/object.h"

/* What a goroutine waits for by such an object. */
struct gopm__library_wait {
	const char *one, *many; /* "waits to write to", "wait to write to" */
	bool minor;             /* it only says that the value may be closed: not worth a line of its own */
};

/* Sets `library` and `library_in` of all objects whose places are known. Takes the program's lock.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__library_names(struct gopm__program *program, struct gopm__heap *heap, struct gopm__arena *arena,
                                struct gopm__object *list, size_t count);

/* The words for a wait. @param sends to a channel. NULL: none of a library. */
const struct gopm__library_wait *gopm__library_wait(const struct gopm__object *object, bool sends);

#endif
