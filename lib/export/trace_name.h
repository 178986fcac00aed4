/* SPDX-License-Identifier: Apache-2.0 */
/* Prints a function name as the runtime does. */
#ifndef GOPM_EXPORT_TRACE_NAME_H
#define GOPM_EXPORT_TRACE_NAME_H

#include "util/text.h"

/* Appends the name, with type arguments replaced by "[...]". runtime.gopanic is "panic". */
void gopm__trace_name(gopm_str name, struct gopm__text *out);

#endif
