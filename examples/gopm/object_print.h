/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that goroutines wait for, as text and as JSON. */
#ifndef GOPM_COMMAND_OBJECT_PRINT_H
#define GOPM_COMMAND_OBJECT_PRINT_H

#include <gopm/object.h>

/* "rwmutex", "chan" ... */
const char *object_kind_name(uint32_t kind);

/* "sync.RWMutex in main.room.mu". "?" after the place: it is a guess. */
void object_print_name(const gopm_object *object);

/* " in main.room.mu"; nothing if it is not known. */
void object_print_place(const gopm_object *object);

/* ", locked, 4 goroutines wait": nothing if the state is unknown. */
void object_print_state(gopm_core *core, const gopm_object *object);

/* "sends", "locks" ... */
const char *object_side_name(uint32_t side);

/* Members of a JSON object, without braces. */
void object_json(const gopm_object *object);

#endif
