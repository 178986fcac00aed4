/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, straight into the output's buffer. Strings are always valid UTF-8: any other byte becomes U+FFFD, as in
 * Go's encoding/json. Control characters are escaped, because JSON is printed on terminals too. */
#ifndef GOPM_COMMAND_JSON_H
#define GOPM_COMMAND_JSON_H

#include <gopm/gopm.h>

#include "output.h"

void json_string(gopm_str str);
void json_cstring(const char *text);

/* Print `"key":` or `,"key":`. The key is a literal that needs no quotes. */
#define json_key(key) output_text("\"" key "\":")
#define json_next_key(key) output_text(",\"" key "\":")

/* Prints a number, or null for NaN and infinities. */
void json_double(double value);
void json_bool(bool value);

/* Prints Delve's api.Location. Only with `delve` it has the member `optimized`, which needs the DWARF. */
void json_location(const gopm_location *location, bool delve);
/* Prints the members of Delve's api.Goroutine, and gopm's own unless `delve` is set. */
void json_goroutine(gopm_core *core, const gopm_goroutine *g, bool delve);
void json_wait(const gopm_wait *wait);
/* Prints one frame of a stack. */
void json_frame(const gopm_frame *frame);
/* Prints the members `Locations`, `end` and `depth` of a stack, and `first` if inner frames are left out. `more` adds
 * members to each frame, if it is not NULL. */
typedef void json_frame_more(const void *user_data, const gopm_stack *stack, size_t index);
void json_frames(const gopm_stack *stack, json_frame_more *more, const void *user_data);
/* Prints Delve's api.Variable with children, and gopm's own members unless `delve` is set. */
void json_value(const gopm_value *value, bool delve);

#endif
