/* SPDX-License-Identifier: Apache-2.0 */
/* Changes the memory of a synthetic process. Its semaphores, spans and scheduler counts must be found correctly or not
 * at all, and each list must end. A change is a region (1 byte), an offset in it (2), a length of 1 to 8 (1), and its
 * bytes. */
#include "fuzz/fuzz.h"
#include "support/made.h"

#include <stdlib.h>

static const struct {
	uint64_t address;
	uint32_t size;
} regions[] = {
    {SCHED, 128},
    {ALLSPANS, 128},
    {SEMTABLE, ROOTS *STRIDE},
    {ALLGS, G_COUNT * 8},
    {ALLP, 24 + P_COUNT * 8},
    {GS, G_COUNT *G_SIZE},
    {PS, P_COUNT *P_SIZE},
    {MS, M_COUNT *M_SIZE},
    {SUDOGS, 4 * SUDOG_SIZE},
    {SPANS, SPAN_COUNT *SPAN_SIZE},
    {L2_ENTRY, 8},
    {ARENA, 256},
    {ARRAY, SPAN_COUNT * 8},
};

static void change(struct made *p, const uint8_t *data, size_t size)
{
	for (size_t at = 0; at + 4 < size;) {
		const size_t region = data[at] % (sizeof regions / sizeof regions[0]);
		uint64_t to = regions[region].address - BASE +
		              ((uint32_t)data[at + 1] | (uint32_t)data[at + 2] << 8) % regions[region].size;
		const size_t end = at + 4 + (data[at + 3] & 7U) + 1;
		for (at += 4; at < end && at < size; at++) {
			p->bytes[to++] = data[at];
		}
	}
}

static gopm_status count(void *user_data, uint64_t address, uint64_t size)
{
	(void)address;
	(void)size;
	return ++*(unsigned *)user_data < 100000 ? GOPM_OK : GOPM_ERR_LIMIT;
}

static void read_heap(struct made *p)
{
	struct gopm__reader reader = gopm__reader(&p->core.memory);
	const struct gopm__mheap *heap = gopm__mheap(&p->rt);
	struct gopm__span span, same;
	unsigned calls = 0;

	if (heap == NULL) {
		return;
	}
	for (uint64_t i = 0; i < heap->count && i < 1000; i++) {
		if (gopm__mheap_span_at(&p->rt, &reader, heap, i, &span) && span.state != GOPM__SPAN_DEAD &&
		    gopm__mheap_span_of(&p->rt, &reader, heap, span.base, &same) &&
		    (span.base < same.base || span.base - same.base >= same.npages * GOPM__PAGE_BYTES)) {
			abort();
		}
	}
	(void)gopm__mheap_metadata(&p->rt, heap, count, &calls);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	struct made *p = made_new();
	made_waiters(p);
	made_heap(p);
	made_sched(p, (data[0] & 1) != 0 ? 40 : 32, (data[0] & 1) == 0 ? 40 : (data[0] & 2) != 0 ? 48 : 64);
	if ((data[0] & 4) != 0) {
		p->rt.symbols[GOPM__GLOBAL_SEMTABLE] = (struct gopm__global_symbol){SEMTABLE, ROOTS * (uint64_t)STRIDE};
		p->rt.symbols[GOPM__GLOBAL_MHEAP] = (struct gopm__global_symbol){ALLSPANS, 256};
		p->rt.symbols[GOPM__GLOBAL_SCHED] = (struct gopm__global_symbol){SCHED, 256};
	}
	change(p, data + 1, size - 1);
	for (unsigned i = 0; i < G_COUNT; i++) {
		(void)gopm__semaphore_of(&p->rt, made_g(i));
	}
	const struct gopm__semaphores *found = gopm__semaphores(&p->rt);
	const struct gopm__sched *sched = gopm__sched(&p->rt);
	if ((found != NULL && found->count > G_COUNT) || (sched != NULL && sched->idle_ms > M_COUNT)) {
		abort();
	}
	read_heap(p);
	made_free(p);
	return 0;
}
