/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/goroutine.h
 * Goroutines: list, filter, group; what each waits on.
 *
 * Since: 0.1
 */
#ifndef GOPM_GOROUTINE_H
#define GOPM_GOROUTINE_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/* Goroutine states, normalised: they mean the same whatever Go wrote the core.
 * Source: runtime/runtime2.go. */
#define GOPM_G_IDLE 0       /**< just allocated */
#define GOPM_G_RUNNABLE 1   /**< on a run queue */
#define GOPM_G_RUNNING 2    /**< on a thread */
#define GOPM_G_SYSCALL 3    /**< on a thread, in a system call */
#define GOPM_G_WAITING 4    /**< parked; see wait_reason */
#define GOPM_G_DEAD 6       /**< unused: exited, or not yet started */
#define GOPM_G_COPYSTACK 8  /**< its stack is being moved */
#define GOPM_G_PREEMPTED 9  /**< stopped itself for a preemption */
#define GOPM_G_LEAKED 10    /**< found leaked by a leak collection (Go 1.26 on) */
#define GOPM_G_DEADEXTRA 11 /**< dead, on an extra M for C threads (Go 1.26 on) */
#define GOPM_G_UNKNOWN 255  /**< a status no known Go has */

/** The runtime's own goroutine (runtime/traceback.go, isSystemGoroutine). */
#define GOPM_G_FLAG_SYSTEM UINT32_C(1)
/** Being scanned by the collector (_Gscan). */
#define GOPM_G_FLAG_SCAN UINT32_C(2)
/** Something of this record could not be read; findings tell what. */
#define GOPM_G_FLAG_PARTIAL UINT32_C(4)
/** Locked to a thread (runtime.LockOSThread). */
#define GOPM_G_FLAG_LOCKED UINT32_C(8)

/* What a goroutine waits on. */
#define GOPM_WAIT_NONE 0
#define GOPM_WAIT_CHAN_SEND 1
#define GOPM_WAIT_CHAN_RECEIVE 2
#define GOPM_WAIT_SELECT 3    /**< several objects: one record a case, see gopm_goroutine_waits() */
#define GOPM_WAIT_SEMAPHORE 4 /**< sync.Mutex, RWMutex, WaitGroup: `object` is the semaphore word */
#define GOPM_WAIT_COND 5      /**< sync.Cond: `object` is the notify list */
#define GOPM_WAIT_TIMER 6     /**< time.Sleep: `deadline` */
#define GOPM_WAIT_IO 7        /**< network poller: `fd` */
#define GOPM_WAIT_FOREVER 8   /**< nil channel, empty select: nothing can wake it */
#define GOPM_WAIT_OTHER 9     /**< the wait reason says all that is known */

#define GOPM_WAIT_CLOSED UINT32_C(1)    /**< the channel is closed */
#define GOPM_WAIT_SEND UINT32_C(2)      /**< it sends or writes (else, with DIRECTION, it receives or reads) */
#define GOPM_WAIT_COUNTS UINT32_C(4)    /**< senders and receivers are known, not cut by damage */
#define GOPM_WAIT_DIRECTION UINT32_C(8) /**< GOPM_WAIT_SEND means something */

/** One object a goroutine waits on. */
typedef struct gopm_wait {
	uint32_t kind;      /**< GOPM_WAIT_* of the goroutine (SELECT: `flags` tells the direction) */
	uint32_t flags;     /**< GOPM_WAIT_CLOSED ... */
	uint64_t object;    /**< address of the hchan, semaphore, notifyList, timer or pollDesc; 0: none or unknown */
	gopm_str type;      /**< channel: element type, "main.Metric"; empty: unknown */
	uint64_t length;    /**< channel: elements buffered */
	uint64_t capacity;  /**< channel: elements the buffer holds */
	uint64_t senders;   /**< channel: goroutines waiting to send */
	uint64_t receivers; /**< channel: goroutines waiting to receive */
	int64_t deadline;   /**< timer, channel of one (since Go 1.23): runtime.nanotime it fires at; 0: unknown */
	int32_t fd;         /**< file descriptor; -1: none or unknown */
	uint32_t reserved;
} gopm_wait;

/* Which parts of a record to fill (gopm_goroutine_filter.fields); what is not asked
 * for costs nothing and is zero. Address, id, status, flags and m are always there. */
#define GOPM_FIELD_CURRENT UINT32_C(1) /**< current */
#define GOPM_FIELD_USER UINT32_C(2)    /**< user: unwinds */
#define GOPM_FIELD_GO UINT32_C(4)      /**< go_statement */
#define GOPM_FIELD_START UINT32_C(8)   /**< start */
#define GOPM_FIELD_WAIT UINT32_C(16)   /**< wait, wait_count */
#define GOPM_FIELD_LABELS UINT32_C(32) /**< label_count */
#define GOPM_FIELD_STACK UINT32_C(64)  /**< stack_id: unwinds to the end; not part of GOPM_FIELD_ALL */
#define GOPM_FIELD_ALL UINT32_C(63)

/** One goroutine. Plain data; fill in batches. */
typedef struct gopm_goroutine {
	uint64_t address;            /**< of its runtime.g */
	uint64_t id;                 /**< goid */
	uint64_t parent_id;          /**< goid of the goroutine whose `go` statement made it; 0: none or unknown */
	uint32_t status;             /**< GOPM_G_* */
	uint32_t raw_status;         /**< atomicstatus as stored */
	uint32_t flags;              /**< GOPM_G_FLAG_* */
	uint32_t raw_wait_reason;    /**< waitreason as stored: means what this Go version says */
	gopm_str status_name;        /**< "waiting", as the runtime prints it */
	gopm_str wait_reason;        /**< "chan send"; empty unless it waits */
	int64_t wait_since;          /**< runtime.nanotime when it parked; 0: unknown (the collector sets it) */
	int64_t wait_time;           /**< nanoseconds from wait_since to gopm_core_info.now: an estimate; 0: unknown */
	uint64_t stack_lo, stack_hi; /**< its stack: [lo, hi) */
	uint64_t pc, sp;             /**< where it stands: saved ones, or its thread's registers while it runs */
	uint64_t m;                  /**< address of its runtime.m; 0: on none */
	uint64_t m_id;
	uint64_t thread_id;         /**< of that m; 0: on none */
	uint64_t locked_thread_id;  /**< thread it is locked to; 0: none */
	gopm_location current;      /**< innermost frame */
	gopm_location user;         /**< innermost frame, inlined ones counted, outside the runtime's internals */
	gopm_location go_statement; /**< the `go` statement that made it */
	gopm_location start;        /**< the function that the `go` statement named */
	gopm_wait wait;             /**< the first object it waits on */
	uint32_t wait_count;        /**< objects it waits on: see gopm_goroutine_waits() */
	uint32_t label_count;       /**< pprof labels: see gopm_goroutine_labels() */
	uint64_t stack_id; /**< names its whole stack, function by function and line by line: the same for equal stacks
	                      of one core, and never 0; another core has other ids */
} gopm_goroutine;

/** Give Delve's answers: an inlined user frame carries the function it was inlined
 *  into, the start location stops at the compiler's wrapper. */
#define GOPM_FILTER_DELVE UINT32_C(1)
/** Also dead goroutines (GOPM_G_DEAD, GOPM_G_IDLE, GOPM_G_DEADEXTRA). */
#define GOPM_FILTER_DEAD UINT32_C(2)
/** No system goroutines. */
#define GOPM_FILTER_NO_SYSTEM UINT32_C(4)
/** System goroutines alone. */
#define GOPM_FILTER_ONLY_SYSTEM UINT32_C(8)
/** Make no threads: see gopm_group_iter_open(). */
#define GOPM_FILTER_ONE_THREAD UINT32_C(16)

/**
 * Which goroutines, and which parts of them. All conditions must hold. A pattern is
 * a glob over the whole text (`*` any run of bytes, `?` one byte, `[a-z]` a set,
 * `\` quotes); NULL takes everything. Strings are copied by the call.
 */
typedef struct gopm_goroutine_filter {
	size_t struct_size;                      /**< set by gopm_goroutine_filter_init() */
	uint32_t flags;                          /**< GOPM_FILTER_* */
	uint32_t fields;                         /**< GOPM_FIELD_*; what the patterns need is found in any case */
	uint64_t id;                             /**< 0: any */
	uint64_t thread_id;                      /**< 0: any */
	uint64_t wait_object;                    /**< address waited on (any case of a select); 0: any */
	int64_t min_wait_time;                   /**< nanoseconds, by the estimate in wait_time; 0: any */
	const char *status;                      /**< glob over status_name */
	const char *wait_reason;                 /**< glob over wait_reason */
	const char *user, *start, *go, *current; /**< glob over the function's name */
	const char *label_key, *label_value;     /**< has a label whose key and value match */
	uint64_t stack_id;                       /**< 0: any */
} gopm_goroutine_filter;

/** Everything, all fields.  Since: 0.1 */
GOPM_API void gopm_goroutine_filter_init(gopm_goroutine_filter *filter, size_t struct_size);

typedef struct gopm_goroutine_iter gopm_goroutine_iter;

/**
 * Goroutines in the order of runtime.allgs.
 * @param filter NULL: everything
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (unknown flag, a newer
 *   caller's field); GOPM_ERR_NO_MEMORY; GOPM_ERR_FORMAT (the list could not be found).
 * Source: runtime.allgs, runtime.g (runtime/proc.go, runtime2.go).  Since: 0.1
 */
GOPM_API gopm_status gopm_goroutine_iter_open(gopm_core *core, const gopm_goroutine_filter *filter,
                                              gopm_goroutine_iter **out, gopm_error **err);

/**
 * Fills up to `capacity` records, `stride` bytes apart (the caller's sizeof).
 * @return GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.
 * A goroutine that cannot be read is a finding, not an error.  Since: 0.1
 */
GOPM_API gopm_status gopm_goroutine_iter_next(gopm_goroutine_iter *it, gopm_goroutine *records, size_t stride,
                                              size_t capacity, size_t *got);
GOPM_API void gopm_goroutine_iter_free(gopm_goroutine_iter *it);

/** One goroutine by id, all fields. @return GOPM_OK; GOPM_NOT_FOUND; as
 *  gopm_goroutine_iter_open().  Since: 0.1 */
GOPM_API gopm_status gopm_goroutine_by_id(gopm_core *core, uint64_t id, gopm_goroutine *record, size_t record_size,
                                          gopm_error **err);

/**
 * The objects that the goroutine at `address` waits on: one, or one for each case of a select.
 * @param count how many there are; at most `capacity` were written
 * @return GOPM_OK; GOPM_NOT_FOUND (waits on nothing known); GOPM_ERR_ARGUMENT;
 *   GOPM_ERR_MISSING_MEMORY.  Since: 0.1
 */
GOPM_API gopm_status gopm_goroutine_waits(gopm_core *core, uint64_t address, gopm_wait *records, size_t stride,
                                          size_t capacity, size_t *count);

/** A pprof label. */
typedef struct gopm_label {
	gopm_str key, value;
} gopm_label;

/** The pprof labels of the goroutine at `address`, as gopm_goroutine_waits().
 *  Source: g.labels, runtime/pprof (a map until Go 1.23, a list since).  Since: 0.1 */
GOPM_API gopm_status gopm_goroutine_labels(gopm_core *core, uint64_t address, gopm_label *records, size_t stride,
                                           size_t capacity, size_t *count);

/* What to group by. */
#define GOPM_GROUP_USER 1    /**< user function and line */
#define GOPM_GROUP_START 2   /**< start function */
#define GOPM_GROUP_GO 3      /**< function and line of the `go` statement */
#define GOPM_GROUP_CURRENT 4 /**< current function and line */
#define GOPM_GROUP_REASON 5  /**< wait reason; the status of those that do not wait */
#define GOPM_GROUP_LABEL 6   /**< value of one pprof label */
#define GOPM_GROUP_OBJECT 7  /**< object waited on; a goroutine in a select counts for each of its channels */
#define GOPM_GROUP_STACK 8   /**< the whole stack: functions and lines */

/** Goroutines that have something in common. */
typedef struct gopm_group {
	uint64_t count;
	uint64_t example_id;    /**< the goroutine of the group that has waited longest, the first one where unknown */
	int64_t longest_wait;   /**< nanoseconds, an estimate; 0: unknown */
	gopm_location location; /**< by a location, else empty */
	gopm_str key;           /**< reason, status or label value; by an object: its description for people, as
	                             "chan main.Metric 0xc000112000, 100 of 100: 1001 senders, 0 receivers";
	                             lives as long as the iterator */
	gopm_wait object;  /**< by an object, else empty; kind GOPM_WAIT_CHAN_SEND stands for any use of a channel */
	uint64_t stack_id; /**< by the whole stack, else 0: for gopm_goroutine_filter.stack_id */
	int64_t shortest_wait; /**< of those whose wait is known; 0: of none */
} gopm_group;

typedef struct gopm_group_iter gopm_group_iter;

/**
 * Counts the goroutines that pass `filter` by one key; the largest group first, then by
 * name. All the work is done by this call: memory grows with groups, not with goroutines. Where
 * there are many goroutines and several CPUs, it is done by threads that this call makes and ends, with
 * every signal blocked; GOPM_FILTER_ONE_THREAD leaves it to the caller's own.
 * @param label_key for GOPM_GROUP_LABEL, else NULL
 * @return as gopm_goroutine_iter_open().  Since: 0.1
 */
GOPM_API gopm_status gopm_group_iter_open(gopm_core *core, uint32_t group_by, const char *label_key,
                                          const gopm_goroutine_filter *filter, gopm_group_iter **out, gopm_error **err);
/** As gopm_goroutine_iter_next().  Since: 0.1 */
GOPM_API gopm_status gopm_group_iter_next(gopm_group_iter *it, gopm_group *records, size_t stride, size_t capacity,
                                          size_t *got);
GOPM_API void gopm_group_iter_free(gopm_group_iter *it);

GOPM_END_DECLS

#endif
