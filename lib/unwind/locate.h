/* SPDX-License-Identifier: Apache-2.0 */
/* Where a goroutine is: its current, user, start and `go` statement locations. */
#ifndef GOPM_UNWIND_LOCATE_H
#define GOPM_UNWIND_LOCATE_H

#include "unwind/walk.h"

/* A location that was found but not yet spelled out: grouping compares these. */
struct gopm__place_in_code {
	const struct gopm__pcinfo *info;    /* NULL: unknown */
	const struct gopm__call *call;      /* function, file and line */
	const struct gopm__call *line_call; /* Delve takes file and line from here; else the same as `call` */
	uint64_t pc;                        /* to report */
};

gopm_location gopm__place_location(const struct gopm__place_in_code *place);

/* `budget` is the walk's, and may be NULL. The innermost frame, and the innermost one outside the runtime's internals,
 * inlined calls counted. `user` falls back on `current`. `stop_at_user` false and `user` NULL asks for the current one
 * alone. */
void gopm__locate(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t *budget,
                  struct gopm__place_in_code *current, struct gopm__place_in_code *user);

/* The same by the rules of Delve 1.27: physical functions, at most 30 frames, threads' registers in system calls. */
void gopm__locate_delve(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t *budget,
                        struct gopm__place_in_code *current, struct gopm__place_in_code *user);

/* The `go` statement that made the goroutine. */
void gopm__locate_go(const struct gopm__runtime *rt, const struct gopm__g *g, bool delve,
                     struct gopm__place_in_code *out);

/* The function that the `go` statement named: behind the wrapper that the compiler makes for arguments. */
gopm_location gopm__locate_start(const struct gopm__runtime *rt, const struct gopm__g *g, bool delve, uint64_t *budget);

#endif
