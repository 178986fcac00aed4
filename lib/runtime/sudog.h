/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.sudog: one goroutine in one wait queue. Source: runtime/runtime2.go, Go 1.16 to 1.27.
 *
 * A goroutine that waits on channels has one sudog for each, in lock order, linked by waitlink from g.waiting. The
 * queue of a channel links sudogs by next. A root of runtime.semtable is a tree of sudogs: parent, prev, next. */
#ifndef GOPM_RUNTIME_SUDOG_H
#define GOPM_RUNTIME_SUDOG_H

#include "runtime/layout/field.h"

/* Each of these reads one field. False, and *out is 0: see gopm__field(). */

/* Address of the g that waits. */
static inline bool gopm__sudog_g(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog,
                                 uint64_t *out)
{
	return gopm__field_u64(reader, sudog, l->sudog.g, out);
}

/* Address of the hchan; 0: it does not wait on a channel. */
static inline bool gopm__sudog_channel(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog,
                                       uint64_t *out)
{
	return gopm__field_u64(reader, sudog, l->sudog.c, out);
}

/* Address of the element to send or receive, or of the semaphore. */
static inline bool gopm__sudog_elem(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog,
                                    uint64_t *out)
{
	return gopm__field_u64(reader, sudog, l->sudog.elem, out);
}

/* The next sudog of the same goroutine, or of the same semaphore. */
static inline bool gopm__sudog_waitlink(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog,
                                        uint64_t *out)
{
	return gopm__field_u64(reader, sudog, l->sudog.waitlink, out);
}

/* The next sudog of the queue, or the right child in a semaphore tree. */
static inline bool gopm__sudog_next(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog,
                                    uint64_t *out)
{
	return gopm__field_u64(reader, sudog, l->sudog.next, out);
}

/* The sudog before it in the queue, or the left child in a semaphore tree. */
static inline bool gopm__sudog_prev(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog,
                                    uint64_t *out)
{
	return gopm__field_u64(reader, sudog, l->sudog.prev, out);
}

/* The parent in a semaphore tree; 0: the root. */
static inline bool gopm__sudog_parent(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog,
                                      uint64_t *out)
{
	return gopm__field_u64(reader, sudog, l->sudog.parent, out);
}

/* True if the sudog belongs to the goroutine at `g`. */
static inline bool gopm__sudog_is_of(const struct gopm__layout *l, struct gopm__reader *reader, uint64_t sudog,
                                     uint64_t g)
{
	uint64_t owner;

	return gopm__sudog_g(l, reader, sudog, &owner) && owner == g;
}

#endif
