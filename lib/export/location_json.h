/* SPDX-License-Identifier: Apache-2.0 */
/* A location as Delve's api.Location. */
#ifndef GOPM_EXPORT_LOCATION_JSON_H
#define GOPM_EXPORT_LOCATION_JSON_H

#include "export/json.h"

/* As gopm_location_json(). */
void gopm__location_json(struct gopm__json *w, const gopm_location *location, uint32_t flags);

#endif
