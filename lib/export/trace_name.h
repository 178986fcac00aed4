/* SPDX-License-Identifier: Apache-2.0 */
/* Function names as the runtime prints them: type arguments become "[...]". */
#ifndef GOPM_EXPORT_TRACE_NAME_H
#define GOPM_EXPORT_TRACE_NAME_H

#include "util/text.h"

void gopm__trace_name(gopm_str name, struct gopm__text *out);

#endif
