/* SPDX-License-Identifier: Apache-2.0 */
/* The frames of a stack as Delve's api.Stackframe, a Location with more members, and the end of a stack. */
#ifndef GOPM_EXPORT_STACK_JSON_H
#define GOPM_EXPORT_STACK_JSON_H

#include "export/json.h"

/* As gopm_frame_json(). */
void gopm__frame_json(struct gopm__json *w, const gopm_frame *frame, uint32_t flags);

/* Writes the members after the frames: `end` (GOPM_STACK_END_*), and `first` and `depth` unless they are 0. */
void gopm__stack_end_json(struct gopm__json *w, uint32_t end, uint64_t first, uint64_t depth);

#endif
