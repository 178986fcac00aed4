/* SPDX-License-Identifier: Apache-2.0 */
/* A thread as Delve's api.Thread, with our members after Delve's. */
#ifndef GOPM_EXPORT_THREAD_JSON_H
#define GOPM_EXPORT_THREAD_JSON_H

#include "core/corefile.h"
#include "export/json.h"

/* As gopm_thread_json(). */
void gopm__thread_json(struct gopm__json *w, const struct gopm__corefile *core, const gopm_thread *thread,
                       uint32_t flags);

#endif
