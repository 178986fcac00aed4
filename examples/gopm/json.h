/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, straight into the output's buffer. The library writes its records (json_record.c); the rest is the command's
 * own. Strings are always valid UTF-8: any other byte becomes U+FFFD, as in Go's encoding/json. Control characters are
 * escaped, because JSON is printed on terminals too. */
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

/* Print what gopm_X_json() writes; `flags` are GOPM_JSON_*. Those that read the core return its status. */
void json_location(const gopm_location *location);
gopm_status json_goroutine(gopm_core *core, const gopm_goroutine *g, uint32_t flags);
void json_group(const gopm_group *group, uint32_t group_by, uint32_t flags);
void json_thread(gopm_core *core, const gopm_thread *thread, uint32_t flags);
void json_frame(const gopm_frame *frame);
void json_finding(const gopm_finding *finding);
/* Prints a stack, with variables unless `variables` is NULL. */
gopm_status json_stack(const gopm_stack *stack, const gopm_value_options *variables, uint32_t flags, gopm_error **err);
/* Prints Delve's api.Variable with children and gopm's own members; {} if it cannot be read. */
void json_value(const gopm_value *value);

#endif
