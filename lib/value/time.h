/* SPDX-License-Identifier: Apache-2.0 */
/* time.Time as text. */
#ifndef GOPM_VALUE_TIME_H
#define GOPM_VALUE_TIME_H

#include "value/variable.h"

/* If `v` is a time.Time, sets `v->readable` to RFC 3339 in UTC with the fraction of the second, followed by the
 * monotonic reading, and `v->text` to the same without the fraction, as Delve shows it, if its members are loaded. The
 * location is ignored: it would need the time zone files of the machine. */
void gopm__load_time(struct gopm__context *context, struct gopm__variable *v);

#endif
