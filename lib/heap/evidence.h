/* SPDX-License-Identifier: Apache-2.0 */
/* The type of an object, from what refers to it. The allocator keeps the type only of objects with a header. Of others
 * a pointer says it: its own type, a slice's element, the type of an interface. A pointer may also lead to a field or
 * an element, so a type counts only if the allocator would have given it a slot of this size and these pointers. */
#ifndef GOPM_HEAP_EVIDENCE_H
#define GOPM_HEAP_EVIDENCE_H

#include "heap/pointer_scan.h"

/* Takes what `edge` says of the object in `slot` of `span`, to which it points. True if more is known of it now, so
 * that its pointers mean more. */
bool gopm__evidence_take(struct gopm__heap *heap, struct gopm__reader *reader, const struct gopm__edge *edge,
                         const struct gopm__slots *span, uint32_t slot);

/* Takes the type in an object's header. */
void gopm__evidence_header(struct gopm__heap *heap, const struct gopm__slots *span, uint32_t slot, uint32_t type);

/* True if the pointers of an object without header are those of `count` values of a type. */
bool gopm__fits_mask(const struct gopm__slots *span, uint32_t slot, const struct gopm__object_type *type,
                     uint64_t count);

/* The bits of the pointers in a slot of at most 64 words, of a span with GOPM__POINTERS_BITS. */
uint64_t gopm__slot_mask(const struct gopm__slots *span, uint32_t slot);

#endif
