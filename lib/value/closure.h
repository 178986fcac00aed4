/* SPDX-License-Identifier: Apache-2.0 */
/* What a closure captured. */
#ifndef GOPM_VALUE_CLOSURE_H
#define GOPM_VALUE_CLOSURE_H

#include "value/variable.h"

/* Gives the function value `v`, whose closure lies at v->base and whose code is at v->uinteger, its captured
 * variables as children, not loaded; none where the DWARF names none. Go marks them since 1.22. */
void gopm__closure_children(struct gopm__context *context, struct gopm__variable *v);

#endif
