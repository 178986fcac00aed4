/* SPDX-License-Identifier: Apache-2.0 */
/* A loaded variable as one line. */
#ifndef GOPM_VALUE_TEXT_H
#define GOPM_VALUE_TEXT_H

#include "util/text.h"
#include "value/variable.h"

/* The format is that of Delve's command line (service/api/prettyprint.go): type names at the top and in
 * fields, a pointer's target behind "*", "...+N more" where a limit cut. */
void gopm__variable_text(struct gopm__text *text, const struct gopm__variable *v);

#endif
