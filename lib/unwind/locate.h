/* SPDX-License-Identifier: Apache-2.0 */
/* Locations of a goroutine: the current one, the user's, the start function and the `go` statement. */
#ifndef GOPM_UNWIND_LOCATE_H
#define GOPM_UNWIND_LOCATE_H

#include "unwind/walk.h"

/* A location that is not formatted yet. Grouping compares these. */
struct gopm__place_in_code {
	const struct gopm__pcinfo *info;    /* NULL: unknown */
	const struct gopm__call *call;      /* function, file and line */
	const struct gopm__call *line_call; /* file and line; differs from `call` only in the rules of Delve */
	uint64_t pc;                        /* the pc to report */
};

/* Formats a place. Its strings are borrowed from the symbol table. */
gopm_location gopm__place_location(const struct gopm__place_in_code *place);

/* Finds the innermost frame, and the innermost one outside of the runtime's internals, inlined calls included. If there
 * is none outside, *user is *current. `user` may be NULL. `budget` is the walk's, and may be NULL. Returns false, with
 * a finding, if the stack is cut before the location that was asked for: then that one is unknown. */
bool gopm__locate(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t *budget,
                  struct gopm__place_in_code *current, struct gopm__place_in_code *user);

/* The same by the rules of Delve 1.27: physical functions only, at most 30 frames, and in a system call the registers
 * of the thread. */
bool gopm__locate_delve(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t *budget,
                        struct gopm__place_in_code *current, struct gopm__place_in_code *user);

/* The call whose file and line Delve reports for the innermost call of a frame. */
const struct gopm__call *gopm__delve_line(const struct gopm__pcinfo *info);

/* Finds the `go` statement that created the goroutine. */
void gopm__locate_go(const struct gopm__runtime *rt, const struct gopm__g *g, bool delve,
                     struct gopm__place_in_code *out);

/* Returns the function in the `go` statement. If the compiler made a wrapper to pass arguments, this is the function
 * that the wrapper calls. */
gopm_location gopm__locate_start(const struct gopm__runtime *rt, const struct gopm__g *g, bool delve, uint64_t *budget);

#endif
