/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/sync_state.h"
#include "util/search.h"
#include "util/vector.h"
#include "why/claim_private.h"

/* A million goroutines may each lower the counter of one WaitGroup. */
#define MOST_CLAIMS ((size_t)1 << 22)

static const struct gopm__contended *find_object(const struct gopm__claim_search *search, uint64_t address)
{
	size_t i;

	GOPM__LOWER_BOUND(i, search->object_count, search->objects[i].address < address);
	return i < search->object_count && search->objects[i].address == address ? &search->objects[i] : NULL;
}

static const struct gopm__contended *find_of_kind(const struct gopm__claim_search *search, uint64_t address,
                                                  uint8_t kind)
{
	const struct gopm__contended *object = find_object(search, address);

	return object != NULL && object->kind == kind ? object : NULL;
}

const struct gopm__contended *gopm__claim_object(const struct gopm__claim_search *search, uint64_t address,
                                                 enum gopm__sync_kind kind)
{
	const struct gopm__contended *object;

	switch (kind) {
	case GOPM__SYNC_LOCK:
	case GOPM__SYNC_UNLOCK:
		object = find_of_kind(search, address, GOPM_OBJECT_MUTEX);
		return object != NULL ? object : find_of_kind(search, address - GOPM__ONCE_M, GOPM_OBJECT_ONCE);
	case GOPM__SYNC_RW_LOCK:
	case GOPM__SYNC_RW_UNLOCK:
	case GOPM__SYNC_RW_RLOCK:
	case GOPM__SYNC_RW_RUNLOCK:
		return find_of_kind(search, address, GOPM_OBJECT_RWMUTEX);
	case GOPM__SYNC_SEND:
	case GOPM__SYNC_RECEIVE:
	case GOPM__SYNC_CLOSE:
		object = find_of_kind(search, address, GOPM_OBJECT_CHAN);
		return object != NULL ? object : find_of_kind(search, address, GOPM_OBJECT_CONTEXT);
	case GOPM__SYNC_GROUP_ADD:
	case GOPM__SYNC_GROUP_DONE:
	case GOPM__SYNC_GROUP_WAIT:
		return find_of_kind(search, address, GOPM_OBJECT_WAITGROUP);
	case GOPM__SYNC_COND_WAIT:
	case GOPM__SYNC_COND_SIGNAL:
		return find_of_kind(search, address, GOPM_OBJECT_COND);
	default:
		return NULL;
	}
}

void gopm__claim_add(struct gopm__claim_search *search, const struct gopm__claim_frame *frame,
                     const struct gopm__claim *claim)
{
	struct gopm__claims *claims = search->claims;

	if (claims->count == MOST_CLAIMS) {
		search->steps = 0;
		return;
	}
	if (!GOPM__VECTOR_RESERVE(claims->list, claims->count, claims->capacity, 1)) {
		search->no_memory = true;
		return;
	}
	struct gopm__claim *added = &claims->list[claims->count++];
	*added = *claim;
	added->g = search->g.address;
	added->pc = frame->lookup_pc;
	added->frame = frame->number;
}
