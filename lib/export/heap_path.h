/* SPDX-License-Identifier: Apache-2.0 */
/* The path to an object as text, as near to a Go expression as its types allow:
 *
 *	main.sessions[2999].history[19]
 *	goroutine 7 main.forgotten: frame 2 main.forgotten: w.backlog[1999]
 *	timer of main.after.func1: +0x30.next */
#ifndef GOPM_EXPORT_HEAP_PATH_H
#define GOPM_EXPORT_HEAP_PATH_H

#include "heap/path.h"
#include "util/text.h"

/* Adds the name of a holder: "main.sessions", ".data+0x1440", "goroutine 7 main.forgotten". */
void gopm__holder_text(struct gopm__text *text, const struct gopm__holders *holders, uint32_t holder);

/* Adds the path. Takes the program's lock, for the keys of maps. */
void gopm__heap_path_text(struct gopm__text *text, const struct gopm__holders *holders, const struct gopm__path *path);

#endif
