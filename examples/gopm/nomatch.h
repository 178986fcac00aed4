/* SPDX-License-Identifier: Apache-2.0 */
/* What to try if no goroutine matches --where. */
#ifndef GOPM_COMMAND_NOMATCH_H
#define GOPM_COMMAND_NOMATCH_H

#include <gopm/goroutine.h>

/* A glob must match the whole text, which is easily forgotten: counts goroutines for each glob as a part of the text,
 * and prints a hint if there are any. */
void nomatch_hint(gopm_core *core, const gopm_goroutine_filter *filter);

/* Prints the keys of the pprof labels that goroutines have, because none of those that match `filter` has `key`. */
void nomatch_hint_labels(gopm_core *core, const gopm_goroutine_filter *filter, const char *key);

#endif
