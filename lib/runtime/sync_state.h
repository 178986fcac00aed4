/* SPDX-License-Identifier: Apache-2.0 */
/* Locks of package sync: offsets of their semaphores, and their state.
 *
 * Source: sync/mutex.go, internal/sync/mutex.go (since Go 1.24), sync/{rwmutex,once,waitgroup,cond}.go, and
 * runtime/sema.go, notifyList. All offsets are the same in Go 1.16 to 1.27, on amd64 and arm64. */
#ifndef GOPM_RUNTIME_SYNC_STATE_H
#define GOPM_RUNTIME_SYNC_STATE_H

#include "core/memory.h"

/* Offsets in bytes. */
enum {
	GOPM__MUTEX_SEMA = 4, /* sync.Mutex: state, sema */
	GOPM__RWMUTEX_W = 0,  /* sync.RWMutex: w, writerSem, readerSem, readerCount, readerWait */
	GOPM__RWMUTEX_WRITER_SEM = 8,
	GOPM__RWMUTEX_READER_SEM = 12,
	GOPM__ONCE_M = 4,       /* sync.Once: done, m */
	GOPM__COND_NOTIFY = 16, /* sync.Cond: L, notify, checker */
};

struct gopm__mutex_state {
	uint32_t waiters; /* goroutines that wait for it */
	uint32_t sema;    /* value of the semaphore: how many of them may continue */
	bool locked, woken, starving;
};

struct gopm__rwmutex_state {
	struct gopm__mutex_state w;        /* held by the goroutine that writes, or is the next to write */
	int64_t readers;                   /* goroutines that read, or wait to read */
	int64_t departing;                 /* of those that read, the ones that the next writer waits for */
	bool writer;                       /* a goroutine writes, or waits for `departing` */
	uint32_t writer_sema, reader_sema; /* values */
};

struct gopm__waitgroup_state {
	int64_t counter;
	uint32_t waiters;
	uint32_t sema;
	bool in_bubble; /* of testing/synctest, since Go 1.25 */
};

struct gopm__notify_list {
	uint32_t wait, notify; /* tickets: of the next to wait, of the next to be notified */
	uint64_t lock;         /* not 0: a thread is changing the list */
	uint64_t head, tail;   /* sudogs, linked by next */
};

/* Each of these reads the object at `address`. False: the core lacks a part of it. */
bool gopm__mutex_read(struct gopm__reader *reader, uint64_t address, struct gopm__mutex_state *out);
bool gopm__rwmutex_read(struct gopm__reader *reader, uint64_t address, struct gopm__rwmutex_state *out);
bool gopm__waitgroup_read(struct gopm__reader *reader, uint64_t address, struct gopm__waitgroup_state *out);
bool gopm__once_read(struct gopm__reader *reader, uint64_t address, bool *done, struct gopm__mutex_state *m);
bool gopm__notify_list_read(struct gopm__reader *reader, uint64_t address, struct gopm__notify_list *out);

/* The WaitGroup whose semaphore is at `word`. */
uint64_t gopm__waitgroup_of_sema(uint64_t word);

#endif
