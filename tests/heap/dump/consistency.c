/* SPDX-License-Identifier: Apache-2.0 */
/* Compares what the library reads of a heap with what the runtime keeps beside it, and prints JSON for
 * tests/matrix/heaps.py:
 *
 *	wrong_spans    spans whose number of objects is not mspan.allocCount
 *	live_unmarked  live objects that the collector found dead: in spans that are not swept yet
 *	to_free        pointers of live objects to slots that are not allocated. The runtime has none
 *	to_dead        pointers of live objects to pages of the arenas that no span has (findObject throws at these)
 *	marked_bytes   what the last collection kept
 *
 *     dump_consistency CORE EXE */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/handle.h"
#include "heap/heap.h"
#include "heap/pointer_scan.h"

#define INLINE_MARKS 128u /* runtime/mgcmark_greenteagc.go, spanInlineMarkBits: 64 bytes of scans, 64 of marks */

struct check {
	struct gopm__heap *heap;
	struct gopm__reader reader;
	const struct gopm__mheap *mheap;
	uint64_t spans, wrong_spans, alloc_objects, alloc_bytes, unswept;
	uint64_t marked_objects, marked_bytes, live_unmarked;
	uint64_t edges, to_free, to_dead;
	uint64_t example; /* an object with a pointer to a free slot */
};

static bool read_bit(struct check *check, uint64_t bits, uint64_t index)
{
	uint64_t byte;
	return bits != 0 && gopm__read_word(&check->reader, bits + index / 8, 1, &byte) && (byte >> index % 8 & 1) != 0;
}

/* True if the collector has marked an object of a span that is not swept yet. */
static bool is_marked(struct check *check, const struct gopm__span *span, uint32_t index)
{
	const uint64_t end = span->base + span->npages * GOPM__PAGE_BYTES;

	return read_bit(check, span->gcmark_bits, index) ||
	       (check->heap->index.inline_marks && span->elemsize >= 16 && span->elemsize <= 512 &&
	        read_bit(check, end - INLINE_MARKS / 2, index));
}

static void check_span(struct check *check, const struct gopm__span *span, uint32_t sweepgen)
{
	const struct gopm__slots *slots = gopm__index_span(&check->heap->index, span->base);
	const int32_t field = check->heap->program->runtime.layout.span.alloc_count;
	const bool unswept = span->sweepgen == sweepgen - 2;
	uint64_t alloc_count = 0, count = 0;

	(void)gopm__read_word(&check->reader, span->address + (uint64_t)field, 2, &alloc_count);
	check->spans++;
	check->unswept += unswept;
	check->alloc_objects += alloc_count;
	check->alloc_bytes += alloc_count * span->elemsize;
	for (uint32_t i = 0; slots != NULL && i < slots->count; i++) {
		const bool marked = unswept ? is_marked(check, span, i) : read_bit(check, span->alloc_bits, i);
		count += gopm__bit(check->heap->index.allocated, slots->first + i);
		check->marked_objects += marked;
		check->marked_bytes += marked * span->elemsize;
		check->live_unmarked += unswept && !marked && gopm__bit(check->heap->live, slots->first + i);
	}
	check->wrong_spans += slots == NULL || count != alloc_count;
}

/* mheap_.sweepgen: even; spans have it, 2 less if they are to be swept, and 1 or 3 more if a P has them. */
static uint32_t find_sweepgen(struct check *check)
{
	struct gopm__runtime *rt = &check->heap->program->runtime;
	struct gopm__span span;
	uint32_t most = 0;
	bool below = false;

	for (uint64_t i = 0; i < check->mheap->count; i++) {
		if (gopm__mheap_span_at(rt, &check->reader, check->mheap, i, &span) &&
		    span.state == GOPM__SPAN_IN_USE && span.sweepgen > most) {
			below = span.sweepgen == most + 1;
			most = span.sweepgen;
		} else if (span.state == GOPM__SPAN_IN_USE && span.sweepgen == most - 1) {
			below = true;
		}
	}
	return most % 2 == 0 ? most : below ? most - 1 : most - 3;
}

static void check_edges(struct check *check, struct gopm__pointer_scan *scan, uint64_t object)
{
	const struct gopm__index *index = &check->heap->index;
	const struct gopm__slots *slots;
	struct gopm__span span;

	for (size_t i = 0; i < scan->count; i++) {
		const uint64_t word = scan->edges[i].word;
		check->edges++;
		if (gopm__index_object(index, word, &slots) != GOPM__NO_SLOT) {
			continue;
		}
		if (gopm__index_span(index, word) != NULL) {
			check->to_free++;
			check->example = object;
		} else if (!gopm__mheap_span_of(&check->heap->program->runtime, &check->reader, check->mheap, word,
		                                &span) &&
		           word >= index->spans[0].base && word < index->spans[index->span_count - 1].end &&
		           gopm__mheap_arena(&check->reader, check->mheap, word) != 0) {
			check->to_dead++;
			check->example = object;
		}
	}
}

static void check_heap(struct check *check)
{
	struct gopm__heap *heap = check->heap;
	struct gopm__runtime *rt = &heap->program->runtime;
	static struct gopm__pointer_scan scan;
	struct gopm__span span;

	const uint32_t sweepgen = find_sweepgen(check);
	for (uint64_t i = 0; i < check->mheap->count; i++) {
		if (gopm__mheap_span_at(rt, &check->reader, check->mheap, i, &span) &&
		    span.state == GOPM__SPAN_IN_USE) {
			check_span(check, &span, sweepgen);
		}
	}
	gopm__pointer_scan_init(&scan, heap);
	for (size_t s = 0; s < heap->index.span_count; s++) {
		const struct gopm__slots *slots = &heap->index.spans[s];
		for (uint32_t i = 0; i < slots->count; i++) {
			if (slots->pointers == GOPM__POINTERS_NONE || !gopm__bit(heap->live, slots->first + i)) {
				continue;
			}
			gopm__pointer_scan_object(&scan, slots, slots->first + i);
			while (gopm__pointer_scan_next(&scan)) {
				check_edges(check, &scan, gopm__slot_address(slots, slots->first + i));
			}
		}
	}
}

int main(int argc, char **argv)
{
	struct gopm__progress progress = {0};
	struct gopm__heap heap;
	gopm_core *core;
	gopm_error *err = NULL;

	if (argc != 3 || gopm_core_open_path(argv[1], argv[2], &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	const gopm_status status = gopm__heap_open(&heap, core->program, &progress);
	if (status != GOPM_OK) {
		(void)fprintf(stderr, "status %d\n", status);
		return 1;
	}
	struct check check = {.heap = &heap,
	                      .reader = gopm__reader(&core->program->file.memory),
	                      .mheap = gopm__mheap(&core->program->runtime)};
	check_heap(&check);
	(void)printf("{\"objects\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"live_objects\": %" PRIu64
	             ", \"live_bytes\": %" PRIu64 ", \"unread\": %" PRIu64 ",\n",
	             heap.index.objects, heap.index.bytes, heap.live_objects, heap.live_bytes, heap.unread);
	(void)printf("\"spans\": %" PRIu64 ", \"wrong_spans\": %" PRIu64 ", \"alloc_objects\": %" PRIu64
	             ", \"alloc_bytes\": %" PRIu64 ", \"unswept\": %" PRIu64 ",\n",
	             check.spans, check.wrong_spans, check.alloc_objects, check.alloc_bytes, check.unswept);
	(void)printf("\"marked_objects\": %" PRIu64 ", \"marked_bytes\": %" PRIu64 ", \"live_unmarked\": %" PRIu64
	             ", \"edges\": %" PRIu64 ", \"to_free\": %" PRIu64 ", \"to_dead\": %" PRIu64
	             ", \"example\": \"0x%" PRIx64 "\",\n\"bad_heap\": [",
	             check.marked_objects, check.marked_bytes, check.live_unmarked, check.edges, check.to_free,
	             check.to_dead, check.example);
	const char *comma = "";
	for (size_t i = 0; i < core->program->findings.count; i++) {
		const gopm_finding *finding = &core->program->findings.list[i];
		if (finding->kind == GOPM_FINDING_BAD_HEAP) {
			(void)printf("%s\"%.*s\"", comma, (int)finding->message.size, finding->message.data);
			comma = ", ";
		}
	}
	(void)printf("]}\n");
	gopm__heap_close(&heap);
	gopm_core_close(core);
	return 0;
}
