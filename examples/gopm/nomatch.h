/* SPDX-License-Identifier: Apache-2.0 */
/* What to try if no goroutine matches --where. */
#ifndef GOPM_COMMAND_NOMATCH_H
#define GOPM_COMMAND_NOMATCH_H

#include <gopm/goroutine.h>

/* A glob must match the whole text, which is easily forgotten: counts goroutines for each glob as a part of the text,
 * and prints a hint if there are any. */
void nomatch_hint(gopm_core *core, const gopm_goroutine_filter *filter);

#endif
