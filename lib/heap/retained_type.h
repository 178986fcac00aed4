/* SPDX-License-Identifier: Apache-2.0 */
/* Retained sizes by type: what objects of one type dominate, each object counted once. An object that is dominated by
 * another of its type adds nothing. */
#ifndef GOPM_HEAP_RETAINED_TYPE_H
#define GOPM_HEAP_RETAINED_TYPE_H

#include "heap/ownership.h"

struct gopm__retained_type {
	uint32_t typed;          /* gopm__typed() without evidence; parts of a map have the form of its header */
	uint64_t instances;      /* live objects of the type */
	uint64_t own_bytes;      /* of these */
	uint64_t objects, bytes; /* retained */
};

/* Makes the rows, the one that retains most first; the caller frees them.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__retained_by_type(const struct gopm__ownership *ownership, struct gopm__retained_type **rows,
                                   size_t *count);

/* What a row counts an object as: its type and form. */
uint32_t gopm__retained_type_of(const struct gopm__heap *heap, uint32_t slot);

#endif
