/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of strings, slices and channels: the length, and the address of the contents. */
#ifndef GOPM_VALUE_HEADER_H
#define GOPM_VALUE_HEADER_H

#include "value/variable.h"

/* Sets length, capacity, base, stride and elem of a string, slice, array or channel; no other kind changes. Sets
 * v->unreadable if the header cannot be read or is damaged. */
void gopm__header_read(struct gopm__context *context, struct gopm__variable *v);

#endif
