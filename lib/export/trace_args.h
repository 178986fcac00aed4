/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the argument words of a frame in the runtime's notation: "0x1, {0x2, 0x3?}, ...". */
#ifndef GOPM_EXPORT_TRACE_ARGS_H
#define GOPM_EXPORT_TRACE_ARGS_H

#include "symbol/pclntab.h"
#include "util/text.h"

/* Prints the arguments that FUNCDATA_ArgInfo describes (Go 1.17 and later). `argp` is the address of the first
 * argument. A word that the core lacks is "?"; one that may be dead at `pc` has a "?" after it. */
void gopm__trace_args(struct gopm__reader *reader, const struct gopm__func *func, uint64_t argp, uint64_t pc,
                      struct gopm__text *out);

/* Prints the arguments as Go 1.16 does: the words of the argument area, at most ten. */
void gopm__trace_raw_args(struct gopm__reader *reader, const struct gopm__func *func, uint64_t argp,
                          struct gopm__text *out);

#endif
