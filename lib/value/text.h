/* SPDX-License-Identifier: Apache-2.0 */
/* A loaded variable as one line. */
#ifndef GOPM_VALUE_TEXT_H
#define GOPM_VALUE_TEXT_H

#include "util/text.h"
#include "value/variable.h"

/* Writes it to an empty text in the format of Delve's command line (service/api/prettyprint.go): type names at the top
 * and in fields,
 * "*" before a pointer's target, "...+N more" if a limit cut the value. It ends with "... (cut: limit of N bytes)"
 * after limits.max_bytes; 0 is no limit. Unless `limits.delve` is set, it also has what Delve does not show: the
 * contents of channels and containers, durations. */
void gopm__variable_text(struct gopm__text *text, const struct gopm__context *context, const struct gopm__variable *v);

/* Cuts a text with escapes in the same way. */
void gopm__variable_text_cut(struct gopm__text *text, uint64_t most);

#endif
