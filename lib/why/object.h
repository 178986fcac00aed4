/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that goroutines wait for: their types, their places, and their states. */
#ifndef GOPM_WHY_OBJECT_H
#define GOPM_WHY_OBJECT_H

#include <gopm/object.h>

#include "heap/heap.h"

/* Bits of gopm__object.flags. */
#define GOPM__OBJECT_READ UINT32_C(1)      /* the state could be read and is possible; else all of it is 0 */
#define GOPM__OBJECT_GUESSED UINT32_C(2)   /* `in` is likely, and not certain */
#define GOPM__OBJECT_CLOSED UINT32_C(4)    /* chan; CONTEXT: cancelled */
#define GOPM__OBJECT_LOCKED UINT32_C(8)    /* mutex, once: locked. rwmutex: a goroutine writes */
#define GOPM__OBJECT_STARVING UINT32_C(16) /* mutex: it is handed to the first that waits */
#define GOPM__OBJECT_PENDING UINT32_C(32)  /* rwmutex: a writer waits for readers; new readers wait for it */
#define GOPM__OBJECT_DONE UINT32_C(64)     /* once: its function has returned */
#define GOPM__OBJECT_COUNTS UINT32_C(128)  /* chan: senders and receivers are complete */

#define GOPM__OBJECT_MORE_GS 3u

struct gopm__object {
	/* Set by the caller: */
	uint64_t address; /* as in struct gopm__waitable; 0: only `kind` and `type` are described */
	uint64_t g;       /* address of a g that holds it or waits for it: its frames may name it; 0: none is known */
	uint64_t more_gs[GOPM__OBJECT_MORE_GS]; /* likewise */
	uint8_t kind; /* GOPM_OBJECT_*; a channel that turns out to be that of a context becomes CONTEXT */

	uint32_t flags;      /* GOPM__OBJECT_* */
	gopm_str type;       /* "sync.RWMutex", "chan main.job"; empty: unknown */
	gopm_str in;         /* "main.room.mu", "main.mu": the field or variable that it is in, or that points to it */
	gopm_str name;       /* "main.lobby.mu": the variable and the way from there; empty: it is in none */
	uint64_t base;       /* address of the whole value that has it, or the pointer to it; 0: unknown */
	gopm_str within;     /* the way from there, ".mu"; of a pointer to the object empty */
	gopm_str state;      /* P, M: see struct gopm__runtime_object; empty: unknown */
	uint64_t runs;       /* P, M: id of its goroutine; 0: none */
	gopm_str library;    /* of whose value it is a part: "io.Pipe"; empty: none that is known */
	gopm_str library_in; /* "main.archive.from": the variable that the value is in, or what points to it; empty:
	                        unknown */
	uint64_t parent;     /* CONTEXT: address of the nearest one that cancels it too; 0: none, or unknown */
	uint64_t owner;      /* address of the value that has the field in `in`; 0: none */
	uint64_t length;     /* chan: elements in its buffer */
	uint64_t capacity;   /* chan */
	uint64_t senders;    /* chan: goroutines in its queues */
	uint64_t receivers;  /* chan */
	uint64_t waiters; /* lock, wait group, cond: goroutines that wait. rwmutex: writers that wait for one another */
	int64_t readers;  /* rwmutex: goroutines that read, and those that wait to */
	int64_t reading;  /* rwmutex: those that a writer waits for, or if none does, those that read */
	int64_t counter;  /* waitgroup */
	gopm_str
	    file; /* FD: the path of a file; SYSCALL: name of the call; CGO: of the function of C; empty: unknown */
	gopm_str local;   /* FD: "127.0.0.1:8080", or the path of a socket; empty: unknown */
	gopm_str remote;  /* likewise */
	int32_t fd;       /* SYSCALL: descriptor that it is about; -1: none, or unknown */
	int64_t deadline; /* chan, context: nanotime at which its timer fires; 0: none is armed, or unknown */
};

/* Describes `count` objects, in any order, in one pass over the heap. The strings are in the arena. Takes the program's
 * lock. @param heap NULL: no object of the heap gets a place
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY, GOPM_ERR_CANCELLED. */
gopm_status gopm__objects_describe(struct gopm__program *program, struct gopm__heap *heap, struct gopm__arena *arena,
                                   struct gopm__object *list, size_t count);

/* object_state.c: fills the state of an object from its own memory. */
void gopm__object_state(struct gopm__runtime *rt, struct gopm__reader *reader, struct gopm__object *object);

#endif
