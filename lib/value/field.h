/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of structs and unions as variables. */
#ifndef GOPM_VALUE_FIELD_H
#define GOPM_VALUE_FIELD_H

#include "value/variable.h"

/* Sets up `out` as the field of the struct or union `of`. A bit field is read: it has bytes of its own and no address.
 */
void gopm__field_variable(struct gopm__context *context, const struct gopm__variable *of,
                          const struct gopm__field *field, struct gopm__variable *out);

#endif
