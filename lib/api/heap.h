/* SPDX-License-Identifier: Apache-2.0 */
/* gopm_heap, the handle of a marked heap. Each iterator that is made from it owns a reference. */
#ifndef GOPM_API_HEAP_H
#define GOPM_API_HEAP_H

#include <gopm/heap.h>

#include "api/handle.h"
#include "heap/histogram.h"
#include "heap/ownership.h"
#include "util/text.h"

struct gopm_heap {
	gopm_core *core;
	atomic_size_t references;
	struct gopm__heap heap;
	struct gopm__histogram_row *rows; /* the one with the most bytes first */
	size_t row_count;
	pthread_mutex_t lock;     /* of what follows, and of heap.types */
	struct gopm__arena arena; /* names */
	gopm_str *names;          /* by number of the type; data NULL: not made yet */
	size_t name_count;
	struct gopm__ownership
	    *ownership; /* NULL until it is first asked for; stays. Its graph is used under the lock */
};

void gopm__heap_retain(gopm_heap *heap);
void gopm__heap_release(gopm_heap *heap);

/* The name of a type of the heap; data NULL: out of memory. The caller holds the lock. */
gopm_str gopm__heap_type_name(gopm_heap *heap, uint32_t number);

/* The descriptor of a type of the heap; 0: it has none. */
uint64_t gopm__heap_type_descriptor(const gopm_heap *heap, uint32_t number);

/* Checks a caller's options. @return GOPM_OK, GOPM_ERR_ARGUMENT, GOPM_ERR_UNSUPPORTED. */
gopm_status gopm__heap_options(const gopm_heap_options *options, gopm_heap_options *out, gopm_error **err);

/* Finds the holders, if that was not done. The caller holds the lock.
 * @return GOPM_OK, GOPM_ERR_CANCELLED, GOPM_ERR_LIMIT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__heap_hold(gopm_heap *heap, gopm_error **err);

/* Finds the dominator tree too, if that was not done. The caller holds the lock.
 * @return GOPM_OK, GOPM_ERR_CANCELLED, GOPM_ERR_LIMIT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__heap_own(gopm_heap *heap, const gopm_heap_options *options, gopm_error **err);

/* The record of a node of the graph; its name is in `arena`. The caller holds the lock. */
gopm_heap_node gopm__heap_node(gopm_heap *heap, uint32_t node, struct gopm__arena *arena);

/* A copy of the text in an arena; frees the text. data NULL: out of memory. */
gopm_str gopm__heap_text(struct gopm__arena *arena, struct gopm__text *text);

/* GOPM_HEAP_* of a form, and GOPM_HEAP_FROM_* of how it is known. */
uint32_t gopm__heap_public_form(unsigned form);
uint32_t gopm__heap_public_from(unsigned evidence);

/* Checks a caller's filter. @return GOPM_OK, GOPM_ERR_ARGUMENT, GOPM_ERR_UNSUPPORTED. */
gopm_status gopm__heap_filter(const gopm_heap_filter *filter, gopm_heap_filter *out, gopm_error **err);

/* The first step of each call that makes an iterator: `size` zeroed bytes whose first member, a gopm_heap *, owns a
 * reference. NULL: return *status. */
void *gopm__heap_iter_new(gopm_heap *heap, size_t size, gopm_status *status, gopm_error **err);

#endif
