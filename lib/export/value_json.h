/* SPDX-License-Identifier: Apache-2.0 */
/* A loaded variable as JSON. */
#ifndef GOPM_EXPORT_VALUE_JSON_H
#define GOPM_EXPORT_VALUE_JSON_H

#include "util/text.h"
#include "value/variable.h"

enum gopm__value_json {
	GOPM__VALUE_JSON_OURS = 1, /* members that Delve does not have: provenance, origin, text */
};

/* The members of Delve's api.Variable (service/api/types.go) with what Delve puts in them (conversions.go, and
 * pkg/proc/variables.go for lengths and bases). What the text does not show is loaded here: the buffer of a channel,
 * the variables that a closure captured. */
void gopm__variable_json(struct gopm__text *out, struct gopm__context *context, const struct gopm__variable *v,
                         unsigned flags);

#endif
