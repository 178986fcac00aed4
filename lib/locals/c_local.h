/* SPDX-License-Identifier: Apache-2.0 */
/* Locals and parameters of functions of C, C++ and Rust. */
#ifndef GOPM_LOCALS_C_LOCAL_H
#define GOPM_LOCALS_C_LOCAL_H

#include "locals/location.h"
#include "value/variable.h"

/* The current line in the scope of a frame of native code; 0: unknown. */
int64_t gopm__c_frame_line(const struct gopm__frame *frame);

/* Reads `node` from its location, or from the constant that it is. */
void gopm__c_local_read(struct gopm__frame_reader *r, const struct gopm__scope_node *node,
                        const struct gopm__type *type, struct gopm__location *out);

/* Sets the provenance of a variable that was read: exact, unless its declaration may not have been executed. */
void gopm__c_local_check(const struct gopm__frame_reader *r, const struct gopm__scope_node *node,
                         struct gopm__variable *v);

#endif
