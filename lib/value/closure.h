/* SPDX-License-Identifier: Apache-2.0 */
/* Variables captured by a closure. */
#ifndef GOPM_VALUE_CLOSURE_H
#define GOPM_VALUE_CLOSURE_H

#include "value/variable.h"

/* Sets the children of a function value to its captured variables, not loaded. v->base is the address of the closure,
 * v->uinteger that of its code. There are none if the DWARF has none: the compiler marks them since Go 1.22. */
void gopm__closure_children(struct gopm__context *context, struct gopm__variable *v);

#endif
