/* SPDX-License-Identifier: Apache-2.0 */
/* Prints as JSON runtime.sched, runtime.semtable and runtime.mheap_ as the library reads them, and the goroutines that
 * they must agree with. With --structure the library finds them without their symbols. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/handle.h"
#include "runtime/g.h"
#include "runtime/gc_queue.h"
#include "runtime/mprof.h"
#include "runtime/sched.h"
#include "runtime/semaphore.h"
#include "runtime/spans.h"
#include "runtime/wait.h"

static void print_span(const char *name, bool found, const struct gopm__span *span)
{
	if (!found) {
		(void)printf("\"%s\": null", name);
		return;
	}
	(void)printf("\"%s\": {\"address\": %" PRIu64 ", \"base\": %" PRIu64 ", \"npages\": %" PRIu64
	             ", \"elemsize\": %" PRIu64 ", \"nelems\": %u, \"limit\": %" PRIu64
	             ", \"spanclass\": %u, \"state\": %u, \"freeindex\": %u, \"noscan\": %s}",
	             name, span->address, span->base, span->npages, span->elemsize, span->nelems, span->limit,
	             span->spanclass, span->state, span->freeindex, span->noscan ? "true" : "false");
}

static void print_sched(struct gopm__runtime *rt)
{
	const struct gopm__sched *s = gopm__sched(rt);

	if (s == NULL) {
		(void)printf("\"sched\": null,\n");
		return;
	}
	(void)printf("\"sched\": {\"address\": %" PRIu64 ", \"goidgen\": %" PRIu64 ", \"lastpoll\": %" PRId64
	             ", \"nmidle\": %u, \"nmidlelocked\": %u, \"mnext\": %" PRIu64
	             ", \"maxmcount\": %u, \"nmsys\": %u, \"nmfreed\": %" PRIu64
	             ", \"ngsys\": %u, \"npidle\": %u, \"nmspinning\": %u},\n",
	             s->address, s->goidgen, s->last_poll, s->idle_ms, s->locked_idle_ms, s->ms_made, s->max_ms,
	             s->system_ms, s->ms_freed, s->system_gs, s->idle_ps, s->spinning_ms);
}

static void print_semtable(struct gopm__runtime *rt)
{
	const struct gopm__semaphores *s = gopm__semaphores(rt);

	if (s == NULL) {
		(void)printf("\"semtable\": null,\n");
		return;
	}
	(void)printf("\"semtable\": {\"address\": %" PRIu64 ", \"stride\": %" PRIu64 ", \"waits\": {", s->table,
	             s->stride);
	for (size_t i = 0; i < s->count; i++) {
		(void)printf("%s\"%" PRIu64 "\": %" PRIu64, i != 0 ? ", " : "", s->waits[i].g, s->waits[i].address);
	}
	(void)printf("}},\n");
}

/* The first block of each queue, and how many finalizers or cleanups are in all blocks. */
static void print_queues(struct gopm__runtime *rt, struct gopm__reader *reader)
{
	static const char *const names[GOPM__QUEUE_COUNT] = {"finalizers", "cleanups"};
	const struct gopm__gc_queues *queues = gopm__gc_queues(rt);

	(void)printf("\"queues\": {");
	for (unsigned i = 0; queues != NULL && i < GOPM__QUEUE_COUNT; i++) {
		struct gopm__gc_block block = {.next = queues->first[i]};
		uint64_t blocks = 0, queued = 0;
		while (blocks < 100000 && block.next != 0 &&
		       gopm__gc_block_read(rt, reader, (enum gopm__gc_queue_kind)i, block.next, &block)) {
			blocks++;
			queued += block.count;
		}
		(void)printf("%s\"%s\": {\"first\": %" PRIu64 ", \"blocks\": %" PRIu64 ", \"queued\": %" PRIu64 "}",
		             i != 0 ? ", " : "", names[i], queues->first[i], blocks, queued);
	}
	(void)printf("},\n");
}

struct total {
	uint64_t ranges, bytes, missing;
	struct gopm__reader reader;
};

static gopm_status count_metadata(void *user_data, uint64_t address, uint64_t size)
{
	struct total *total = user_data;
	uint64_t word;

	total->ranges++;
	total->bytes += size;
	total->missing += !gopm__read_word(&total->reader, address, 1, &word) ||
	                  !gopm__read_word(&total->reader, address + size - 1, 1, &word);
	return GOPM_OK;
}

static void print_heap(struct gopm__runtime *rt, struct gopm__reader *reader)
{
	const struct gopm__mheap *heap = gopm__mheap(rt);
	uint64_t states[3] = {0}, lost = 0, unreached = 0;

	if (heap == NULL) {
		(void)printf("\"heap\": null,\n");
		return;
	}
	(void)printf("\"heap\": {\"allspans\": %" PRIu64 ", \"spans\": %" PRIu64 ", \"count\": %" PRIu64
	             ", \"arenas\": %" PRIu64 ", \"l2\": %" PRIu64 ", \"spans_offset\": %" PRIu64 ", \"list\": [\n",
	             heap->allspans, heap->spans, heap->count, heap->arenas, heap->l2, heap->spans_offset);
	for (uint64_t i = 0, printed = 0; i < heap->count; i++) {
		struct gopm__span span, same;
		if (!gopm__mheap_span_at(rt, reader, heap, i, &span)) {
			lost++;
			continue;
		}
		states[span.state]++;
		if (span.state == GOPM__SPAN_DEAD) {
			continue;
		}
		const uint64_t last = span.base + span.npages * GOPM__PAGE_BYTES - 1;
		unreached += !gopm__mheap_span_of(rt, reader, heap, span.base, &same) || same.address != span.address ||
		             !gopm__mheap_span_of(rt, reader, heap, last, &same) || same.address != span.address;
		(void)printf("%s[%" PRIu64 ", ", printed++ != 0 ? ",\n" : "", i);
		(void)printf("{");
		print_span("span", true, &span);
		(void)printf("}]");
	}
	struct total total = {.reader = *reader};
	gopm_status status = gopm__mheap_metadata(rt, heap, count_metadata, &total);
	(void)printf("],\n\"dead\": %" PRIu64 ", \"in_use\": %" PRIu64 ", \"manual\": %" PRIu64 ", \"lost\": %" PRIu64
	             ", \"unreached\": %" PRIu64 ", \"metadata\": {\"status\": %d, \"ranges\": %" PRIu64
	             ", \"bytes\": %" PRIu64 ", \"missing\": %" PRIu64 "}},\n",
	             states[0], states[1], states[2], lost, unreached, status, total.ranges, total.bytes,
	             total.missing);
}

static void print_goroutines(struct gopm__runtime *rt, struct gopm__reader *reader)
{
	const struct gopm__mheap *heap = gopm__mheap(rt);
	struct gopm__wait_cache cache = {0};
	bool first = true;

	(void)printf("\"goroutines\": [");
	for (uint64_t i = 0; i < rt->g_count; i++) {
		const uint64_t address = gopm__runtime_g_at(rt, reader, i);
		struct gopm__span span;
		struct gopm__g g;
		gopm_wait wait = {0};
		uint64_t waiting = 0, count = 0;
		if (address == 0 || !gopm__g_read(rt, reader, address, &g)) {
			continue;
		}
		const gopm_str reason = gopm__g_wait_reason(rt, &g);
		(void)gopm__waits(rt, reader, &cache, &g, &wait, 1);
		if (g.waiting != 0 && rt->layout.sudog.elem >= 0) {
			(void)gopm__read_u64(reader, g.waiting + (uint64_t)rt->layout.sudog.elem, &waiting);
		}
		if (wait.kind == GOPM_WAIT_SEMAPHORE) {
			(void)gopm__read_word(reader, wait.object, 4, &count);
		}
		(void)printf("%s\n{\"id\": %" PRIu64 ", \"address\": %" PRIu64
		             ", \"status\": %u, \"reason\": \"%.*s\", \"kind\": %u"
		             ", \"object\": %" PRIu64 ", \"waiting\": %" PRIu64 ", \"count\": %" PRIu64
		             ", \"stack_lo\": %" PRIu64 ", \"stack_hi\": %" PRIu64 ", ",
		             first ? "" : ",", g.id, g.address, g.status, (int)reason.size,
		             reason.data != NULL ? reason.data : "", wait.kind, wait.object, waiting, count, g.stack_lo,
		             g.stack_hi);
		print_span("stack_span",
		           heap != NULL && g.stack_lo != 0 && gopm__mheap_span_of(rt, reader, heap, g.stack_lo, &span),
		           &span);
		(void)printf(", ");
		print_span("g_span", heap != NULL && gopm__mheap_span_of(rt, reader, heap, address, &span), &span);
		(void)printf("}");
		first = false;
	}
	(void)printf("],\n");
	gopm__wait_cache_free(&cache);
}

/* Variables of the runtime's profiles. The number of buckets instead of the first: each is checked by its hash. */
static void print_profiles(struct gopm__runtime *rt)
{
	const struct gopm__mprof *mprof = gopm__mprof(rt);
	bool first = true;

	if (mprof == NULL) {
		(void)printf("\"profiles\": null,\n");
		return;
	}
	(void)printf("\"profiles\": {\"memory_rate\": %" PRId64 ", \"mutex_rate\": %" PRId64 ", \"cycle_known\": %s, "
	             "\"cycle\": %u, \"flushed\": %s, \"buckets\": [",
	             mprof->memory_rate, mprof->mutex_rate, mprof->cycle_known ? "true" : "false", mprof->cycle,
	             mprof->flushed ? "true" : "false");
	for (unsigned t = GOPM__BUCKET_MEMORY; t < GOPM__BUCKET_TYPES; t++) {
		struct gopm__buckets buckets;
		(void)gopm__buckets_read(rt, gopm__mprof(rt), (enum gopm__bucket_type)t, &buckets);
		(void)printf("%s%zu", first ? "" : ", ", buckets.count);
		gopm__buckets_clear(&buckets);
		first = false;
	}
	(void)printf("]},\n");
}

int main(int argc, char **argv)
{
	const bool structure = argc > 1 && strcmp(argv[1], "--structure") == 0;
	gopm_core *core;
	gopm_error *err = NULL;

	if (argc != (structure ? 4 : 3) ||
	    gopm_core_open_path(argv[argc - 2], argv[argc - 1], &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	struct gopm__runtime *rt = &core->program->runtime;
	struct gopm__reader reader = gopm__reader(&core->program->file.memory);
	(void)printf("{\"symbols\": [");
	for (size_t i = 0; i < GOPM__GLOBAL_COUNT; i++) {
		(void)printf("%s[%" PRIu64 ", %" PRIu64 "]", i != 0 ? ", " : "", rt->symbols[i].address,
		             rt->symbols[i].size);
	}
	(void)printf("],\n\"version\": \"%.*s\", \"g_size\": %u,\n", (int)rt->version.size,
	             rt->version.data != NULL ? rt->version.data : "", rt->layout.size[GOPM__STRUCT_G]);
	if (structure) {
		memset(rt->symbols, 0, sizeof rt->symbols);
	}
	print_sched(rt);
	print_semtable(rt);
	print_heap(rt, &reader);
	print_queues(rt, &reader);
	print_profiles(rt);
	print_goroutines(rt, &reader);
	(void)printf("\"findings\": [");
	for (size_t i = 0; i < core->program->findings.count; i++) {
		(void)printf("%s\"%.*s\"", i != 0 ? ", " : "", (int)core->program->findings.list[i].message.size,
		             core->program->findings.list[i].message.data);
	}
	(void)printf("]}\n");
	gopm_core_close(core);
	return 0;
}
