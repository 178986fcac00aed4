/* SPDX-License-Identifier: Apache-2.0 */
/* A goroutine as Delve's api.Goroutine, with our members after Delve's. */
#ifndef GOPM_EXPORT_GOROUTINE_JSON_H
#define GOPM_EXPORT_GOROUTINE_JSON_H

#include "export/json.h"
#include "runtime/runtime.h"

/* As gopm_goroutine_json(). Reads labels and the objects of a select from the core, if the record counts some. */
void gopm__goroutine_json(struct gopm__json *w, struct gopm__runtime *rt, const gopm_goroutine *g, uint32_t flags);

#endif
