/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime keeps outside of the heap: specials of objects, the queues of finalizers and cleanups, and the block
 * from which a P allocates tiny objects (markrootSpans, gcMarkTinyAllocs of runtime/mgcmark.go). */
#include "heap/root_private.h"
#include "runtime/gc_queue.h"
#include "runtime/layout/field.h"
#include "runtime/spans.h"
#include "runtime/special.h"
#include "util/cycle.h"

static const uint8_t special_roots[] = {
    [GOPM__SPECIAL_FINALIZER] = GOPM__ROOT_FINALIZER,
    [GOPM__SPECIAL_WEAK] = GOPM__ROOT_WEAK,
    [GOPM__SPECIAL_CLEANUP] = GOPM__ROOT_CLEANUP,
};

static const uint8_t queue_roots[] = {
    [GOPM__QUEUE_FINALIZERS] = GOPM__ROOT_FINALIZER,
    [GOPM__QUEUE_CLEANUPS] = GOPM__ROOT_CLEANUP,
};

static void visit_special(struct gopm__root_walk *walk, const struct gopm__span *span,
                          const struct gopm__special *special)
{
	struct gopm__root root = {.kind = special_roots[special->kind]};

	if (special->offset >= span->npages * GOPM__PAGE_BYTES) {
		gopm__finding_add(walk->findings, GOPM_FINDING_BAD_POINTER, GOPM__AT_ADDRESS(special->address),
		                  "a special is of an object outside of its span");
		return;
	}
	/* The special may be of a byte within the object. */
	root.owner = span->base + special->offset / span->elemsize * span->elemsize;
	for (unsigned i = 0; i < special->words && !walk->stopped; i++) {
		root.place = special->fields + (uint64_t)i * 8;
		(void)gopm__root_visit_word(walk, &root);
	}
	if (special->kind == GOPM__SPECIAL_FINALIZER && !span->noscan && !walk->stopped) {
		root.place = 0;
		root.word = root.owner;
		root.contents = true;
		gopm__root_visit_value(walk, &root);
	}
}

static void visit_specials_of_span(struct gopm__root_walk *walk, const struct gopm__span *span)
{
	struct gopm__cycle cycle = {0};
	struct gopm__special special;

	for (uint64_t at = span->specials; at != 0 && !walk->stopped; at = special.next) {
		const bool closed = gopm__cycle_closed(&cycle, at);
		if (closed || !gopm__special_read(walk->rt, &walk->probe, at, &special)) {
			gopm__finding_add(
			    walk->findings, closed ? GOPM_FINDING_CYCLE : GOPM_FINDING_BAD_POINTER,
			    GOPM__AT_ADDRESS(at),
			    "the list of specials of a span is %s: finalizers, cleanups or weak pointers are "
			    "missing",
			    closed ? "cyclic" : "not in the core");
			return;
		}
		if (special.kind != GOPM__SPECIAL_OTHER) {
			visit_special(walk, span, &special);
		}
		if (!gopm__root_afford(walk, 1)) {
			return;
		}
	}
}

static void visit_specials(struct gopm__root_walk *walk)
{
	const struct gopm__mheap *heap = gopm__mheap(walk->rt);
	struct gopm__reader reader = walk->probe;
	struct gopm__span span;

	if (heap == NULL || !gopm__specials_known(walk->rt)) {
		gopm__finding_add(
		    walk->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		    "specials of spans cannot be read: finalizers, cleanups and weak pointers are missing");
		return;
	}
	for (uint64_t i = 0; i < heap->count && !walk->stopped; i++) {
		if (gopm__mheap_span_at(walk->rt, &reader, heap, i, &span) && span.state == GOPM__SPAN_IN_USE &&
		    span.specials != 0) {
			visit_specials_of_span(walk, &span);
		}
	}
}

static void visit_block(struct gopm__root_walk *walk, const struct gopm__gc_block *block, uint8_t kind)
{
	struct gopm__root root = {.kind = kind};

	for (uint64_t i = 0; i < (uint64_t)block->count * block->words && !walk->stopped; i++) {
		if ((block->pointers >> i % block->words & 1) != 0) {
			root.place = block->entries + i * 8;
			(void)gopm__root_visit_word(walk, &root);
		}
	}
}

static void visit_queue(struct gopm__root_walk *walk, enum gopm__gc_queue_kind kind, uint64_t first)
{
	struct gopm__cycle cycle = {0};
	struct gopm__gc_block block;

	for (uint64_t at = first; at != 0 && !walk->stopped; at = block.next) {
		const bool closed = gopm__cycle_closed(&cycle, at);
		if (closed || !gopm__gc_block_read(walk->rt, &walk->probe, kind, at, &block)) {
			gopm__finding_add(walk->findings, closed ? GOPM_FINDING_CYCLE : GOPM_FINDING_BAD_POINTER,
			                  GOPM__AT_ADDRESS(at), "the queue of %s is %s: roots are missing",
			                  kind == GOPM__QUEUE_FINALIZERS ? "finalizers" : "cleanups",
			                  closed ? "cyclic" : "damaged");
			return;
		}
		visit_block(walk, &block, queue_roots[kind]);
	}
}

static void visit_tiny_blocks(struct gopm__root_walk *walk)
{
	const struct gopm__layout *l = &walk->rt->layout;
	struct gopm__root root = {.kind = GOPM__ROOT_RUNTIME};

	for (size_t i = 0; l->mcache.tiny >= 0 && i < walk->rt->p_count && !walk->stopped; i++) {
		const uint64_t cache = gopm__field_or_0(&walk->probe, walk->rt->ps[i], l->p.mcache, 8);
		if (cache != 0) {
			root.place = cache + (uint64_t)l->mcache.tiny;
			(void)gopm__root_visit_word(walk, &root);
		}
	}
}

void gopm__root_runtime(struct gopm__root_walk *walk)
{
	const struct gopm__gc_queues *queues = gopm__gc_queues(walk->rt);

	walk->lost = 0;
	visit_specials(walk);
	if (queues == NULL) {
		walk->status = GOPM_ERR_NO_MEMORY;
		return;
	}
	for (unsigned i = 0; i < GOPM__QUEUE_COUNT && !walk->stopped; i++) {
		visit_queue(walk, (enum gopm__gc_queue_kind)i, queues->first[i]);
	}
	visit_tiny_blocks(walk);
	if (walk->lost != 0) {
		gopm__finding_add(
		    walk->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		    "words of finalizers, cleanups or weak pointers are not in the core: roots are missing");
	}
}
