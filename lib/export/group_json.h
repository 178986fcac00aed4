/* SPDX-License-Identifier: Apache-2.0 */
/* A group of goroutines. */
#ifndef GOPM_EXPORT_GROUP_JSON_H
#define GOPM_EXPORT_GROUP_JSON_H

#include "export/json.h"

/* As gopm_group_json(). */
void gopm__group_json(struct gopm__json *w, const gopm_group *group, uint32_t group_by, uint32_t flags);

#endif
