/* SPDX-License-Identifier: Apache-2.0 */
/* Panics of a goroutine, as the runtime prints them when it dies of one. Source: runtime/panic.go, error.go. */
#ifndef GOPM_RUNTIME_PANIC_H
#define GOPM_RUNTIME_PANIC_H

#include "runtime/g.h"
#include "util/text.h"

/* The value of the newest panic that was neither recovered nor is a Goexit; false: there is none. */
bool gopm__panic_value(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                       struct gopm__text *out);

/* "panic: first [recovered]\n\tpanic: second\n": the whole chain, the oldest first. */
void gopm__panic_chain(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                       struct gopm__text *out);

/* "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x49d903]\n" where the goroutine got a signal. */
void gopm__panic_signal(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g,
                        struct gopm__text *out);

#endif
