/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/defer.h"
#include "util/vector.h"
#include "why/claim_private.h"

/* Records that are read of one goroutine: a loop may defer without end. */
#define MOST_RECORDS 4096u

/* Adds the operations of a deferred call of a frame. */
static void add_deferred_call(struct gopm__claim_search *search, uint32_t frame, uint64_t closure)
{
	struct gopm__called called = {.closure = closure, .must = true, .exact = true};

	if (gopm__read_u64(&search->reader, closure, &called.entry)) {
		gopm__claim_add_called(search, &search->deferred, frame, &called);
	}
}

/* The calls that a frame makes itself when it returns. */
static void add_open_coded(struct gopm__claim_search *search, uint32_t index)
{
	const struct gopm__claim_frame *frame = &search->frames[index];
	const struct gopm__open_defers *defers = frame->at->defers;
	uint64_t bits, closure;

	if (defers == NULL || !gopm__read_word(&search->reader, frame->locals_end - defers->bits, 1, &bits)) {
		return;
	}
	for (uint32_t i = 0; i < GOPM__OPEN_DEFERS && bits >> i != 0; i++) {
		if ((bits >> i & 1) != 0 && defers->slots[i] != 0 &&
		    gopm__read_u64(&search->reader, frame->locals_end - defers->slots[i], &closure)) {
			add_deferred_call(search, index, closure);
		}
	}
}

void gopm__claim_records(struct gopm__claim_search *search)
{
	struct gopm__defers list = gopm__defers(&search->rt->layout, &search->reader, search->g.address);
	struct gopm__defer call;

	search->record_count = 0;
	while (search->record_count < MOST_RECORDS && gopm__claim_spend(search, 1) && gopm__defer_next(&list, &call)) {
		if (!GOPM__VECTOR_RESERVE(search->records, search->record_count, search->record_capacity, 1)) {
			search->no_memory = true;
			return;
		}
		search->records[search->record_count++] = call;
	}
}

void gopm__claim_defers(struct gopm__claim_search *search)
{
	size_t record = 0;

	search->deferred.count = search->captured_count = 0;
	for (uint32_t i = 0; i < search->frame_count; i++) {
		const uint64_t sp = search->frames[i].sp;
		add_open_coded(search, i);
		for (; record < search->record_count && search->records[record].sp <= sp; record++) {
			if (search->records[record].sp == sp) {
				add_deferred_call(search, i, search->records[record].closure);
			}
		}
	}
}
