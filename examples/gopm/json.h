/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, straight into the output's buffer. Strings are valid UTF-8 always: a byte that is
 * none becomes U+FFFD, as Go's encoding/json does it. */
#ifndef GOPM_COMMAND_JSON_H
#define GOPM_COMMAND_JSON_H

#include <gopm/gopm.h>

#include "output.h"

void json_string(gopm_str str);
void json_cstring(const char *text);

/* `,"key":` and the value; the keys are literals that need no quoting. */
#define json_key(key) output_text("\"" key "\":")
#define json_next_key(key) output_text(",\"" key "\":")

/* A finite number; null for what JSON has no word for. */
void json_double(double value);
void json_bool(bool value);

/* Delve's api.Location. Whether a function was optimised is known from DWARF alone, and so with
 * `delve` only: without it there is no such member. */
void json_location(const gopm_location *location, bool delve);
/* The members of api.Goroutine and, unless `delve`, our own after them. */
void json_goroutine(gopm_core *core, const gopm_goroutine *g, bool delve);
void json_wait(const gopm_wait *wait);
/* The members `Locations` and `end` of a stack; `more` (may be NULL) adds members to each frame. */
typedef void json_frame_more(const void *user_data, const gopm_stack *stack, size_t index);
void json_frames(const gopm_stack *stack, json_frame_more *more, const void *user_data);
/* Delve's api.Variable with children; `delve`: without our own members. */
void json_value(const gopm_value *value, bool delve);

#endif
