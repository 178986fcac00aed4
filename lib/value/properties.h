/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of a loaded variable, as its kind defines them. */
#ifndef GOPM_VALUE_PROPERTIES_H
#define GOPM_VALUE_PROPERTIES_H

#include "value/variable.h"

/* True if it is a nil pointer, map, slice, channel, function or interface. */
bool gopm__variable_is_nil(const struct gopm__variable *v);

/* The children that can be asked for: loaded ones, or buffered elements of a channel, of which at most `most`. */
uint64_t gopm__variable_child_count(const struct gopm__variable *v, uint64_t most);

/* True if it has more contents than its text or its `child_count` children. */
bool gopm__variable_is_truncated(const struct gopm__variable *v, uint64_t child_count);

/* True if a child, or a part of the content of a container or channel, cannot be read. */
bool gopm__variable_is_partial(const struct gopm__variable *v);

/* True if one of its own `size` bytes is part of a pointer that may dangle. */
bool gopm__variable_dangles(const struct gopm__variable *v, uint64_t size);

#define GOPM__INDEX_NAME_SIZE 32

/* Child `index`, not loaded, also past those that the limits let load. `name` has room for the name of an element,
 * "[7]". False: there is none, or it cannot be read. */
bool gopm__variable_child(struct gopm__context *context, const struct gopm__variable *v, uint64_t index,
                          char name[GOPM__INDEX_NAME_SIZE], struct gopm__variable *out);

#endif
