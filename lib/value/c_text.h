/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers and arrays of C that have a text: strings up to their NUL, and functions by name. Go code has such pointers
 * too, by cgo: *_Ctype_char, and *[0]byte for every pointer to a function. */
#ifndef GOPM_VALUE_C_TEXT_H
#define GOPM_VALUE_C_TEXT_H

#include "value/variable.h"

/* True if `type`, as declared, is the char of C, or cgo's type of it. */
bool gopm__is_c_char(struct gopm__context *context, const struct gopm__type *type);

/* Reads the string at the target of a loaded pointer to char into v->text, up to its NUL or limits.max_string. Sets
 * v->has_string if there is one; v->is_cut if it goes on. */
void gopm__load_c_string(struct gopm__context *context, struct gopm__variable *v);

/* The same for an array of char. */
void gopm__load_char_array(struct gopm__context *context, struct gopm__variable *v);

/* Sets v->text to the name of the function that the pointer points to, and v->has_function, if one begins there. */
void gopm__load_code_pointer(struct gopm__context *context, struct gopm__variable *v);

#endif
