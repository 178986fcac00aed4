/* SPDX-License-Identifier: Apache-2.0 */
/* time.Time as text. */
#ifndef GOPM_VALUE_TIME_H
#define GOPM_VALUE_TIME_H

#include "value/variable.h"

/* Sets `v->text` of a loaded time.Time to RFC 3339 in UTC, followed by the monotonic reading. The location is ignored:
 * it would need the time zone files of the machine. */
void gopm__load_time(struct gopm__context *context, struct gopm__variable *v);

#endif
