/* SPDX-License-Identifier: Apache-2.0 */
/* A loaded variable as one line. */
#ifndef GOPM_VALUE_TEXT_H
#define GOPM_VALUE_TEXT_H

#include "util/text.h"
#include "value/variable.h"

/* Appends it in the format of Delve's command line (service/api/prettyprint.go): type names at the top and in fields,
 * "*" before a pointer's target, "...+N more" if a limit cut the value. */
void gopm__variable_text(struct gopm__text *text, const struct gopm__variable *v);

#endif
