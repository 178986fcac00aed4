/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/sync_state.h"

/* sync.Mutex.state: mutexLocked, mutexWoken, mutexStarving, mutexWaiterShift. */
enum { MUTEX_LOCKED = 1, MUTEX_WOKEN = 2, MUTEX_STARVING = 4, MUTEX_WAITER_SHIFT = 3 };

/* sync.RWMutex: readerCount, readerWait; rwmutexMaxReaders is subtracted from readerCount while a writer is pending. */
enum { READER_COUNT = 16, READER_WAIT = 20, MAX_READERS = 1 << 30 };

/* sync.WaitGroup.state: the counter in the upper half, waitGroupBubbleFlag and waiters in the lower one. */
#define BUBBLE_FLAG UINT64_C(0x80000000)

/* runtime.notifyList: wait, notify, lock, head, tail. With lock ranking the lock is larger, which no release of Go has
 * switched on. */
enum { LIST_WAIT = 0, LIST_NOTIFY = 4, LIST_LOCK = 8, LIST_HEAD = 16, LIST_TAIL = 24 };

static bool read_u32(struct gopm__reader *reader, uint64_t address, uint32_t *out)
{
	uint64_t value;
	const bool read = gopm__read_word(reader, address, 4, &value);

	*out = read ? (uint32_t)value : 0;
	return read;
}

bool gopm__mutex_read(struct gopm__reader *reader, uint64_t address, struct gopm__mutex_state *out)
{
	uint32_t state;

	*out = (struct gopm__mutex_state){0};
	if (!read_u32(reader, address, &state) || !read_u32(reader, address + GOPM__MUTEX_SEMA, &out->sema)) {
		return false;
	}
	out->locked = (state & MUTEX_LOCKED) != 0;
	out->woken = (state & MUTEX_WOKEN) != 0;
	out->starving = (state & MUTEX_STARVING) != 0;
	out->waiters = state >> MUTEX_WAITER_SHIFT;
	return true;
}

bool gopm__rwmutex_read(struct gopm__reader *reader, uint64_t address, struct gopm__rwmutex_state *out)
{
	uint32_t readers, departing;

	*out = (struct gopm__rwmutex_state){0};
	if (!gopm__mutex_read(reader, address + GOPM__RWMUTEX_W, &out->w) ||
	    !read_u32(reader, address + GOPM__RWMUTEX_WRITER_SEM, &out->writer_sema) ||
	    !read_u32(reader, address + GOPM__RWMUTEX_READER_SEM, &out->reader_sema) ||
	    !read_u32(reader, address + READER_COUNT, &readers) ||
	    !read_u32(reader, address + READER_WAIT, &departing)) {
		return false;
	}
	out->writer = (int32_t)readers < 0;
	out->readers = (int64_t)(int32_t)readers + (out->writer ? MAX_READERS : 0);
	out->departing = (int32_t)departing;
	return true;
}

uint64_t gopm__waitgroup_of_sema(uint64_t word)
{
	/* Until Go 1.17 a WaitGroup whose address is not a multiple of 8 begins with its semaphore. */
	return word % 8 == 0 ? word - 8 : word;
}

bool gopm__waitgroup_read(struct gopm__reader *reader, uint64_t address, struct gopm__waitgroup_state *out)
{
	const bool sema_first = address % 8 != 0;
	uint64_t state;

	*out = (struct gopm__waitgroup_state){0};
	if (!gopm__read_u64(reader, address + (sema_first ? 4 : 0), &state) ||
	    !read_u32(reader, address + (sema_first ? 0 : 8), &out->sema)) {
		return false;
	}
	out->counter = (int32_t)(uint32_t)(state >> 32);
	out->in_bubble = (state & BUBBLE_FLAG) != 0;
	out->waiters = (uint32_t)(state & (BUBBLE_FLAG - 1));
	return true;
}

bool gopm__once_read(struct gopm__reader *reader, uint64_t address, bool *done, struct gopm__mutex_state *m)
{
	uint32_t word;
	const bool read = read_u32(reader, address, &word);

	*done = word != 0;
	return gopm__mutex_read(reader, address + GOPM__ONCE_M, m) && read;
}

bool gopm__notify_list_read(struct gopm__reader *reader, uint64_t address, struct gopm__notify_list *out)
{
	*out = (struct gopm__notify_list){0};
	return read_u32(reader, address + LIST_WAIT, &out->wait) &&
	       read_u32(reader, address + LIST_NOTIFY, &out->notify) &&
	       gopm__read_u64(reader, address + LIST_LOCK, &out->lock) &&
	       gopm__read_u64(reader, address + LIST_HEAD, &out->head) &&
	       gopm__read_u64(reader, address + LIST_TAIL, &out->tail);
}
