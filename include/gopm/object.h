/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/object.h
 * Objects that goroutines wait for: channels, locks, timers, file descriptors, and others.
 *
 * Since: 0.9
 */
#ifndef GOPM_OBJECT_H
#define GOPM_OBJECT_H

#include <gopm/heap.h>

GOPM_BEGIN_DECLS

/* Kinds of objects. */
#define GOPM_OBJECT_OTHER 0       /**< none is known, only the wait reason */
#define GOPM_OBJECT_CHAN 1        /**< a channel */
#define GOPM_OBJECT_NIL_CHAN 2    /**< a nil channel, or a select without cases */
#define GOPM_OBJECT_MUTEX 3       /**< sync.Mutex */
#define GOPM_OBJECT_RWMUTEX 4     /**< sync.RWMutex */
#define GOPM_OBJECT_ONCE 5        /**< sync.Once */
#define GOPM_OBJECT_WAITGROUP 6   /**< sync.WaitGroup */
#define GOPM_OBJECT_COND 7        /**< sync.Cond */
#define GOPM_OBJECT_SEMAPHORE 8   /**< a semaphore of the runtime that is none of these */
#define GOPM_OBJECT_TIMER 9       /**< time.Sleep, a timer */
#define GOPM_OBJECT_FD 10         /**< a file descriptor: the network poller */
#define GOPM_OBJECT_SYSCALL 11    /**< a system call */
#define GOPM_OBJECT_CGO 12        /**< a call of C */
#define GOPM_OBJECT_CONTEXT 13    /**< a context.Context, by the channel of its Done() */
#define GOPM_OBJECT_CORO 14       /**< the coroutine of iter.Pull: a runtime.coro */
#define GOPM_OBJECT_COLLECTOR 15  /**< the garbage collector */
#define GOPM_OBJECT_FINALIZERS 16 /**< finalizers or cleanups to run */
#define GOPM_OBJECT_P 17          /**< a runtime.p: the goroutines in its run queue wait to run */
#define GOPM_OBJECT_M 18          /**< a runtime.m: a thread */

/* What a goroutine waits to do with an object. */
#define GOPM_SIDE_WAITS 0      /**< until it is woken: WaitGroup, Cond, timer, context */
#define GOPM_SIDE_SENDS 1      /**< to a channel */
#define GOPM_SIDE_RECEIVES 2   /**< from a channel */
#define GOPM_SIDE_LOCKS 3      /**< a Mutex, an RWMutex for writing, a Once */
#define GOPM_SIDE_READ_LOCKS 4 /**< an RWMutex for reading */
#define GOPM_SIDE_READS 5      /**< from a file descriptor */
#define GOPM_SIDE_WRITES 6     /**< to a file descriptor */

/** The state could not be read, or is damaged: its fields are 0. */
#define GOPM_OBJECT_FLAG_UNREADABLE 1u
/** `in` is a guess: no type that the program has written down says so. That happens in stripped programs. */
#define GOPM_OBJECT_FLAG_GUESS 2u
/** A closed channel, or a cancelled context. */
#define GOPM_OBJECT_FLAG_CLOSED 4u
/** A Mutex or Once is locked; an RWMutex is locked for writing. */
#define GOPM_OBJECT_FLAG_LOCKED 8u
/** A Mutex in starvation mode: it is handed to the goroutine that waits first. */
#define GOPM_OBJECT_FLAG_STARVING 16u
/** A writer waits for the readers of an RWMutex, and new readers wait for the writer. */
#define GOPM_OBJECT_FLAG_PENDING 32u
/** The function of a Once has returned. */
#define GOPM_OBJECT_FLAG_DONE 64u
/** `senders` and `receivers` of a channel are complete. */
#define GOPM_OBJECT_FLAG_COUNTS 128u
/** The object and at least one of its waiters disagree: it was changing, or is damaged. */
#define GOPM_OBJECT_FLAG_TORN 256u

/** One object. Fields that its kind does not have are 0. */
typedef struct gopm_object {
	uint64_t address; /**< of the hchan, sync.Mutex, ..., timer or pollDesc. CONTEXT: of its channel */
	uint32_t kind;    /**< GOPM_OBJECT_* */
	uint32_t flags;   /**< GOPM_OBJECT_FLAG_* */
	gopm_str type;    /**< "sync.RWMutex", "chan main.job", "context.cancelCtx"; empty: unknown */
	gopm_str in;      /**< where it is: "main.room.mu" is field mu of type main.room, "main.mu" a variable. Of an
	                       object behind a pointer, the field or variable that points to it. Empty: unknown */
	gopm_str name;    /**< the shortest way to it, as an expression: "main.hub["lobby"].mu"; empty: unknown */
	uint64_t owner;   /**< address of the value that has the field in `in`; CONTEXT: of the context; P: of its m; 0:
	                       unknown */
	uint64_t parent;  /**< CONTEXT: address of the nearest one that cancels it too; 0: none, or unknown */
	uint64_t word;    /**< lock, WaitGroup: address of the semaphore that goroutines sleep on; COND: of its
	                       notifyList; 0: unknown, or nobody waits */
	uint64_t goroutines; /**< number of goroutines that wait for it: see gopm_objects_waiters() */
	uint64_t length;     /**< channel: elements in the buffer; P: goroutines in its run queue */
	uint64_t capacity;   /**< channel: size of the buffer in elements */
	uint64_t senders;    /**< channel: goroutines in its queue of senders */
	uint64_t receivers;  /**< channel: goroutines in its queue of receivers */
	uint64_t waiters;    /**< lock, WaitGroup, Cond: goroutines that wait, by its own count. RWMutex: writers that
	                          wait for another writer */
	int64_t readers;     /**< RWMutex: goroutines that hold it for reading, or wait to */
	int64_t reading;     /**< RWMutex: those that hold it for reading. If a writer is pending, those it waits for */
	int64_t counter;     /**< WaitGroup: its counter; P, M: its id */
	int64_t deadline; /**< timer, channel of a timer, context: nanotime at which it fires; 0: never, or unknown */
	gopm_str file;    /**< FD: the path of an os.File; empty: it is none, or unknown */
	gopm_str local;   /**< FD: its own address, "127.0.0.1:8080", or the path of a socket; empty: unknown */
	gopm_str remote;  /**< FD: the address of its peer; empty: unknown, or it has none */
	int32_t fd;       /**< FD: the descriptor; -1: none */
	uint32_t reserved;
	gopm_str
	    state; /**< P, M: what it does: "running", "idle", "waits for a lock of the runtime in ..."; else empty */
	uint64_t runs;       /**< P, M: id of the goroutine that it has; 0: none */
	gopm_str library;    /**< of whose value it is a part: "io.Pipe", "errgroup.Group"; empty: none that is known */
	gopm_str library_in; /**< where that value is, or what points to it: "main.archive.from"; empty: unknown */
} gopm_object;

/** A goroutine that waits for an object. */
typedef struct gopm_object_waiter {
	uint64_t goroutine; /**< its id */
	uint64_t address;   /**< of its runtime.g */
	uint32_t side;      /**< GOPM_SIDE_* */
	uint32_t flags;     /**< GOPM_WAITER_* */
	uint64_t element;   /**< channel: address of the value to send, or of the place to receive into; 0: none */
	int64_t wait_since; /**< as in gopm_goroutine */
	int64_t wait_time;  /**< as in gopm_goroutine */
	gopm_location user; /**< innermost frame outside of the runtime, sync and internal packages; empty: unknown */
} gopm_object_waiter;

/** It waits in a select with several cases. */
#define GOPM_WAITER_SELECT 1u
/** The object and this goroutine disagree: its queue lacks the goroutine, or its state is not one to wait for. */
#define GOPM_WAITER_TORN 2u

/** Objects of a core. Many threads may use them at once. */
typedef struct gopm_objects gopm_objects;

/** Find `name` by the shortest way from a variable or a goroutine too. It takes as long as gopm_heap_path_open(). */
#define GOPM_OBJECTS_FLAG_PATHS 1u

/** Options of gopm_objects_open(). Call gopm_objects_options_init() first. */
typedef struct gopm_objects_options {
	size_t struct_size; /**< set by gopm_objects_options_init() */
	uint32_t flags;     /**< GOPM_OBJECTS_FLAG_* */
	uint32_t reserved;
	/** Only the object at this address, or with this semaphore; 0: all that a goroutine waits for. */
	uint64_t address;
	/** Of the same core; types and places of objects come from it. NULL: only package variables have places, and
	 *  those of stripped programs that the frames of their goroutines name. */
	gopm_heap *heap;
	gopm_progress_fn progress; /**< NULL: none. Phases GOPM_PROGRESS_GOROUTINES and 0, for the heap */
	void *progress_user_data;
} gopm_objects_options;

/** Sets the defaults. @param size the caller's sizeof(gopm_objects_options).  Since: 0.9 */
GOPM_API void gopm_objects_options_init(gopm_objects_options *options, size_t size);

/**
 * Finds objects, and the goroutines that wait for them. This call does all the work.
 * @param options NULL: the defaults. The call uses them only while it runs
 * @param out owned by the caller; release it with gopm_objects_free(). It keeps the core open
 * @return GOPM_OK; GOPM_NOT_FOUND (options->address is not that of an object: nobody waits for it, and no type says
 *   what it is); GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown option); GOPM_ERR_CANCELLED; GOPM_ERR_LIMIT;
 *   GOPM_ERR_IO; GOPM_ERR_NO_MEMORY.
 * Source: runtime/chan.go, sema.go, package sync; Go 1.16 to 1.27.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_objects_open(gopm_core *core, const gopm_objects_options *options, gopm_objects **out,
                                       gopm_error **err);
/** Releases the objects. NULL is accepted.  Since: 0.9 */
GOPM_API void gopm_objects_free(gopm_objects *objects);

/**
 * Fills records, those with most goroutines first, then by address. Their strings live as long as `objects`.
 * @param records array of `capacity` records, `stride` bytes apart
 * @param first index of the first record to fill
 * @param count number of all objects; the call writes at most `capacity` of those from `first` on
 * @return GOPM_OK; GOPM_ERR_ARGUMENT.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_objects_list(const gopm_objects *objects, gopm_object *records, size_t stride, size_t first,
                                       size_t capacity, size_t *count);

/**
 * Fills records of the goroutines that wait for an object: the one that has waited longest first.
 * @param address gopm_object.address
 * @param first index of the first record to fill
 * @param count number of all waiters; the call writes at most `capacity` of those from `first` on
 * @return GOPM_OK; GOPM_NOT_FOUND (`objects` has no object at `address`); GOPM_ERR_ARGUMENT; GOPM_ERR_IO;
 *   GOPM_ERR_NO_MEMORY.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_objects_waiters(const gopm_objects *objects, uint64_t address, gopm_object_waiter *records,
                                          size_t stride, size_t first, size_t capacity, size_t *count);

GOPM_END_DECLS

#endif
