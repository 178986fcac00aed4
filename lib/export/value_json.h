/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a loaded variable as JSON, in the form of Delve's api.Variable. */
#ifndef GOPM_EXPORT_VALUE_JSON_H
#define GOPM_EXPORT_VALUE_JSON_H

#include "util/text.h"
#include "value/variable.h"

enum gopm__value_json {
	GOPM__VALUE_JSON_OURS = 1, /* add members that Delve lacks: provenance, origin, text */
};

/* Appends a variable with the members of Delve's api.Variable (service/api/types.go). Their values are Delve's
 * (conversions.go, and pkg/proc/variables.go for lengths and bases). Loads the parts that the text form does not need:
 * the buffer of a channel, the variables that a closure captured. */
void gopm__variable_json(struct gopm__text *out, struct gopm__context *context, const struct gopm__variable *v,
                         unsigned flags);

#endif
