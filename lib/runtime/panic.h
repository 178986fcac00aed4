/* SPDX-License-Identifier: Apache-2.0 */
/* Panics of a goroutine, in the format that the runtime prints when it dies.
 * Source: runtime/panic.go, printpanics, and runtime/error.go, printpanicval. */
#ifndef GOPM_RUNTIME_PANIC_H
#define GOPM_RUNTIME_PANIC_H

#include "runtime/g.h"
#include "util/text.h"

/* True if the goroutine has a panic that was not recovered and is not a Goexit. */
bool gopm__panics(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g);

/* Appends the value of the newest panic that was not recovered and is not a Goexit. False: there is none. */
bool gopm__panic_value(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                       struct gopm__text *out);

/* Appends the whole chain, oldest first: "panic: first [recovered]\n\tpanic: second\n". */
void gopm__panic_chain(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                       struct gopm__text *out);

/* "SIGSEGV: segmentation violation", for signals that panic or throw. NULL: another signal. Static. */
const char *gopm__signal_name(int32_t signal);

/* If the goroutine got a signal, appends "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x49d903]\n". */
void gopm__panic_signal(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                        struct gopm__text *out);

#endif
