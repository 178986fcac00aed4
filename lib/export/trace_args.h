/* SPDX-License-Identifier: Apache-2.0 */
/* Argument words of a frame in the runtime's notation: "0x1, {0x2, 0x3?}, ...". */
#ifndef GOPM_EXPORT_TRACE_ARGS_H
#define GOPM_EXPORT_TRACE_ARGS_H

#include "symbol/pclntab.h"
#include "util/text.h"

/* `argp` is the frame's canonical frame address. Words that are not in the core are "?". */
void gopm__trace_args(struct gopm__reader *reader, const struct gopm__func *func, uint64_t argp, uint64_t pc,
                      struct gopm__text *out);

/* The same as Go 1.16 prints it: the words of the frame's argument area, at most ten. */
void gopm__trace_raw_args(struct gopm__reader *reader, const struct gopm__func *func, uint64_t argp,
                          struct gopm__text *out);

#endif
