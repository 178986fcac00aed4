/* SPDX-License-Identifier: Apache-2.0 */
/* Containers of the library: structs whose purpose is to hold one value, and that hide it from its type. */
#ifndef GOPM_VALUE_CONTENT_H
#define GOPM_VALUE_CONTENT_H

#include "value/variable.h"

/* Finds the value that a struct holds, not loaded:
 *
 * - sync/atomic: Pointer[T] (a *T), Value (an interface), Bool, Int32, Int64, Uint32, Uint64, Uintptr;
 * - weak.Pointer[T]: a *T, nil if the target is gone;
 * - unique.Handle[T]: the T; a *T that is nil for the zero Handle;
 * - sync.Map and internal/sync.HashTrieMap: itself, as a map (v->as_map);
 * - runtime.waitq: the ids of its goroutines, a []uint64.
 *
 * False: it is no container. If the content cannot be found, out->unreadable says why. */
bool gopm__content(struct gopm__context *context, const struct gopm__variable *v, struct gopm__variable *out);

/* Loads the content of a loaded struct into v->content. */
void gopm__load_content(struct gopm__context *context, struct gopm__variable *v, uint32_t level);

/* Makes a sync.Map a value of kind GOPM_KIND_MAP. */
void gopm__variable_as_map(struct gopm__variable *v);

/* The pointer type *T of a sync/atomic.Pointer[T] or weak.Pointer[T], and its field with the pointer. NULL: `type` is
 * neither, or T is not known. */
const struct gopm__type *gopm__pointer_content(struct gopm__context *context, const struct gopm__type *type,
                                               const struct gopm__field **field);

#endif
