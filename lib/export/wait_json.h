/* SPDX-License-Identifier: Apache-2.0 */
/* An object that goroutines wait on. */
#ifndef GOPM_EXPORT_WAIT_JSON_H
#define GOPM_EXPORT_WAIT_JSON_H

#include "export/json.h"

void gopm__wait_json(struct gopm__json *w, const gopm_wait *wait);

#endif
