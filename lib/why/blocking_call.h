/* SPDX-License-Identifier: Apache-2.0 */
/* System calls and calls of C that a goroutine has not returned from. */
#ifndef GOPM_WHY_BLOCKING_CALL_H
#define GOPM_WHY_BLOCKING_CALL_H

#include "runtime/g.h"

struct gopm__blocking_call {
	gopm_str name; /* SYSCALL: "read"; CGO: the function of C, "sqlite3_step"; empty: unknown. Static, or of the
	                  symbol table */
	gopm_str
	    syscall; /* CGO: the system call that the function of C is in; SYSCALL: as `name`; empty: none, unknown */
	int32_t fd;  /* descriptor that the system call is about; -1: none, or unknown */
	uint32_t known;                              /* a bit for each argument: it is known */
	uint64_t arguments[GOPM__SYSCALL_ARGUMENTS]; /* of the system call */
};

/* What the goroutine, whose status is syscall, waits for: by the registers of its thread and the names of its frames.
 * `cgo`: it is in a call of C. */
void gopm__blocking_call(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, bool cgo,
                         struct gopm__blocking_call *out);

#endif
