/* SPDX-License-Identifier: Apache-2.0 */
/* A finding, and the names of the kinds of findings. */
#ifndef GOPM_EXPORT_FINDING_JSON_H
#define GOPM_EXPORT_FINDING_JSON_H

#include "export/json.h"

/* As gopm_finding_kind_name(). */
gopm_str gopm__finding_kind_name(uint32_t kind);

/* As gopm_finding_json(). */
void gopm__finding_json(struct gopm__json *w, const gopm_finding *finding, uint32_t flags);

#endif
