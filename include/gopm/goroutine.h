/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/goroutine.h
 * Lists, filters and groups goroutines, and finds the objects that they wait on.
 *
 * Since: 0.9
 */
#ifndef GOPM_GOROUTINE_H
#define GOPM_GOROUTINE_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/* Goroutine states. They have the same meaning for every Go version. Source: runtime/runtime2.go. */
#define GOPM_G_IDLE 0       /**< just allocated */
#define GOPM_G_RUNNABLE 1   /**< on a run queue */
#define GOPM_G_RUNNING 2    /**< on a thread */
#define GOPM_G_SYSCALL 3    /**< on a thread, in a system call */
#define GOPM_G_WAITING 4    /**< parked; see wait_reason */
#define GOPM_G_DEAD 6       /**< unused: exited, or not yet started */
#define GOPM_G_COPYSTACK 8  /**< its stack is being moved */
#define GOPM_G_PREEMPTED 9  /**< stopped itself to be preempted */
#define GOPM_G_LEAKED 10    /**< leaked, found by the goroutine leak profile (since Go 1.26) */
#define GOPM_G_DEADEXTRA 11 /**< dead, on an extra m for C threads (since Go 1.26) */
#define GOPM_G_UNKNOWN 255  /**< not a status of any known Go version */

/** A goroutine of the runtime itself (runtime/traceback.go, isSystemGoroutine). */
#define GOPM_G_FLAG_SYSTEM 1u
/** The garbage collector is scanning it (_Gscan). */
#define GOPM_G_FLAG_SCAN 2u
/** Part of this record could not be read, or contradicts the rest; the findings say which part. If the stack is cut
 *  before a frame outside the runtime's internals, `user` is empty. */
#define GOPM_G_FLAG_PARTIAL 4u
/** Locked to a thread (runtime.LockOSThread). */
#define GOPM_G_FLAG_LOCKED 8u

/* Kinds of waits. */
#define GOPM_WAIT_NONE 0
#define GOPM_WAIT_CHAN_SEND 1
#define GOPM_WAIT_CHAN_RECEIVE 2
#define GOPM_WAIT_SELECT 3    /**< one object for each case: see gopm_goroutine_waits() */
#define GOPM_WAIT_SEMAPHORE 4 /**< sync.Mutex, RWMutex, WaitGroup: `object` is the semaphore word */
#define GOPM_WAIT_COND 5      /**< sync.Cond: `object` is the notify list */
#define GOPM_WAIT_TIMER 6     /**< time.Sleep: `deadline` */
#define GOPM_WAIT_IO 7        /**< network poller: `fd` */
#define GOPM_WAIT_FOREVER 8   /**< nil channel or empty select: it never wakes up */
#define GOPM_WAIT_OTHER 9     /**< no object is known, only the wait reason */

/** Names the kind of a wait: "chan send"; "none" for GOPM_WAIT_NONE; empty if it is not GOPM_WAIT_*. Static.
 *  Since: 0.9 */
GOPM_API gopm_str gopm_wait_kind_name(uint32_t kind);

#define GOPM_WAIT_FLAG_CLOSED 1u    /**< the channel is closed */
#define GOPM_WAIT_FLAG_SEND 2u      /**< it sends or writes; if not set, it receives or reads */
#define GOPM_WAIT_FLAG_COUNTS 4u    /**< `senders` and `receivers` are complete */
#define GOPM_WAIT_FLAG_DIRECTION 8u /**< the direction is known: GOPM_WAIT_FLAG_SEND is valid */
/** The object is damaged or not in the core: its fields are unknown, and 0. */
#define GOPM_WAIT_FLAG_UNREADABLE 16u

/** One object that a goroutine waits on. */
typedef struct gopm_wait {
	uint32_t kind;      /**< GOPM_WAIT_*: see gopm_wait_kind_name(). For SELECT, `flags` has the direction */
	uint32_t flags;     /**< GOPM_WAIT_FLAG_* */
	uint64_t object;    /**< address of the hchan, semaphore, notifyList, timer or pollDesc; 0: none or unknown */
	gopm_str type;      /**< channel: element type, "main.Metric"; empty: unknown */
	uint64_t length;    /**< channel: elements in the buffer */
	uint64_t capacity;  /**< channel: size of the buffer in elements */
	uint64_t senders;   /**< channel: goroutines waiting to send */
	uint64_t receivers; /**< channel: goroutines waiting to receive */
	int64_t deadline;   /**< timer, or channel of a timer since Go 1.23: its runtime.nanotime; 0: unknown */
	int32_t fd;         /**< file descriptor; -1: none or unknown */
	uint32_t reserved;
} gopm_wait;

/* Parts of a record to fill (gopm_goroutine_filter.fields). The other parts cost nothing and are zero. Address, id,
 * status, flags and m are always filled. */
#define GOPM_FIELD_CURRENT 1u /**< current */
#define GOPM_FIELD_USER 2u    /**< user: unwinds the stack */
#define GOPM_FIELD_GO 4u      /**< go_statement */
#define GOPM_FIELD_START 8u   /**< start */
#define GOPM_FIELD_WAIT 16u   /**< wait, wait_count */
#define GOPM_FIELD_LABELS 32u /**< label_count */
#define GOPM_FIELD_STACK 64u  /**< stack_id: unwinds the whole stack; not part of GOPM_FIELD_ALL */
#define GOPM_FIELD_ALL 63u

/** One goroutine. */
typedef struct gopm_goroutine {
	uint64_t address;         /**< address of its runtime.g */
	uint64_t id;              /**< goid */
	uint64_t parent_id;       /**< goid of the goroutine that started it; 0: none or unknown */
	uint32_t status;          /**< GOPM_G_* */
	uint32_t raw_status;      /**< atomicstatus as stored */
	uint32_t flags;           /**< GOPM_G_FLAG_* */
	uint32_t raw_wait_reason; /**< waitreason as stored: its meaning depends on the Go version */
	gopm_str status_name;     /**< "waiting", as the runtime prints it */
	gopm_str wait_reason;     /**< "chan send"; empty if it does not wait */
	int64_t wait_since; /**< runtime.nanotime when it parked; 0: unknown, because the garbage collector sets it */
	int64_t wait_time;  /**< nanoseconds from wait_since to gopm_core_info.now: an estimate; 0: unknown */
	uint64_t stack_lo, stack_hi; /**< address range of its stack: [lo, hi) */
	uint64_t pc, sp;             /**< its saved registers, or those of its thread if it runs */
	uint64_t m;                  /**< address of its runtime.m; 0: none */
	uint64_t m_id;               /**< id of that m */
	uint64_t thread_id;          /**< kernel thread id of that m; 0: none */
	uint64_t locked_thread_id;   /**< kernel id of the thread that it is locked to; 0: none */
	gopm_location current;       /**< innermost frame */
	gopm_location user;          /**< innermost frame outside the runtime's internals, inlined frames included */
	gopm_location go_statement;  /**< the `go` statement that started it */
	gopm_location start;         /**< the function in that `go` statement */
	gopm_wait wait;              /**< the first object it waits on */
	uint32_t wait_count;         /**< number of objects that it waits on: see gopm_goroutine_waits() */
	uint32_t label_count;        /**< number of pprof labels: see gopm_goroutine_labels() */
	uint64_t stack_id; /**< id of its whole stack, by functions and lines. Equal stacks of one core have the same
	                      id; it is never 0. Ids of different cores cannot be compared */
} gopm_goroutine;

/** Answer as Delve does: an inlined user frame has the name of the function that it was inlined into, and the start
 *  location may be a wrapper of the compiler. Functions have the names of their symbols, as gopm_symbol_name() gives
 *  them. */
#define GOPM_FILTER_DELVE 1u
/** Include dead goroutines (GOPM_G_DEAD, GOPM_G_IDLE, GOPM_G_DEADEXTRA). */
#define GOPM_FILTER_DEAD 2u
/** Exclude system goroutines. */
#define GOPM_FILTER_NO_SYSTEM 4u
/** Include only system goroutines. */
#define GOPM_FILTER_ONLY_SYSTEM 8u
/** Do not start threads: see gopm_group_iter_open(). */
#define GOPM_FILTER_ONE_THREAD 16u

/**
 * Selects goroutines, and the parts of their records to fill. A goroutine must match all conditions. A glob must match
 * the whole text: `*` is any run of bytes, `?` one byte, `[a-z]` a set, and `\` quotes the next byte. A NULL glob
 * matches everything. The call copies the strings.
 */
typedef struct gopm_goroutine_filter {
	size_t struct_size;      /**< set by gopm_goroutine_filter_init() */
	uint32_t flags;          /**< GOPM_FILTER_* */
	uint32_t fields;         /**< GOPM_FIELD_*; conditions work on all parts, also on those not set here */
	uint64_t id;             /**< 0: any */
	uint64_t thread_id;      /**< 0: any */
	uint64_t wait_object;    /**< address of an object that it waits on (any case of a select); 0: any */
	int64_t min_wait_time;   /**< minimum of wait_time, in nanoseconds; 0: any */
	const char *status;      /**< glob over status_name */
	const char *wait_reason; /**< glob over wait_reason */
	const char *user, *start, *go, *current; /**< globs over function names */
	const char *label_key, *label_value;     /**< globs: one of its labels must match both */
	uint64_t stack_id;                       /**< 0: any */
	const uint64_t *ids;                     /**< goids in ascending order; NULL: any */
	size_t id_count;                         /**< of `ids` */
	gopm_progress_fn progress;               /**< called by the calls that read goroutines; NULL: none */
	void *progress_user_data;                /**< with `progress`, keep it until the iterator is released */
	uint64_t address;                        /**< gopm_goroutine.address; 0: any */
} gopm_goroutine_filter;

/** Fills `filter` with defaults: all goroutines that are not dead, and GOPM_FIELD_ALL. As gopm_core_options_init().
 *  Since: 0.9 */
GOPM_API void gopm_goroutine_filter_init(gopm_goroutine_filter *filter, size_t struct_size);

/** An iterator over goroutines. */
typedef struct gopm_goroutine_iter gopm_goroutine_iter;

/**
 * Iterates over goroutines in the order of runtime.allgs.
 * @param filter NULL: the defaults of gopm_goroutine_filter_init()
 * @param out owned by the caller; release it with gopm_goroutine_iter_free()
 * @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown flag, or an option of a newer version);
 *   GOPM_ERR_NO_MEMORY; GOPM_ERR_FORMAT (runtime.allgs was not found).
 * Source: runtime.allgs, runtime.g (runtime/proc.go, runtime2.go).  Since: 0.9
 */
GOPM_API gopm_status gopm_goroutine_iter_open(gopm_core *core, const gopm_goroutine_filter *filter,
                                              gopm_goroutine_iter **out, gopm_error **err);

/**
 * Fills the next records, at most `capacity`, `stride` bytes apart. A goroutine that cannot be read is a finding, not a
 * failure.
 * @param stride the caller's sizeof(gopm_goroutine)
 * @param got number of records filled
 * @return GOPM_OK (`*got` >= 1); GOPM_DONE; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY (the next call reads the same ones);
 *   GOPM_ERR_CANCELLED.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_goroutine_iter_next(gopm_goroutine_iter *it, gopm_goroutine *records, size_t stride,
                                              size_t capacity, size_t *got);
GOPM_API void gopm_goroutine_iter_free(gopm_goroutine_iter *it);

/** Finds a goroutine by its id, and fills its record with GOPM_FIELD_ALL.
 *  @param record_size the caller's sizeof(gopm_goroutine)
 *  @return GOPM_OK; GOPM_NOT_FOUND; otherwise as gopm_goroutine_iter_open().  Since: 0.9 */
GOPM_API gopm_status gopm_goroutine_by_id(gopm_core *core, uint64_t id, gopm_goroutine *record, size_t record_size,
                                          gopm_error **err);

/** Finds a goroutine by the address of its runtime.g, as gopm_goroutine_by_id(). A dead one has no answer.
 *  @param address gopm_goroutine.address; it must be in runtime.allgs
 *  @return as gopm_goroutine_by_id().  Since: 0.9 */
GOPM_API gopm_status gopm_goroutine_by_address(gopm_core *core, uint64_t address, gopm_goroutine *record,
                                               size_t record_size, gopm_error **err);

/**
 * Finds the objects that a goroutine waits on: one, or one for each case of a select.
 * @param address gopm_goroutine.address
 * @param records array of `capacity` records, `stride` bytes apart
 * @param count number of objects; the call writes at most `capacity` of them
 * @return GOPM_OK; GOPM_NOT_FOUND (no known object); GOPM_ERR_ARGUMENT; GOPM_ERR_MISSING_MEMORY; GOPM_ERR_NO_MEMORY.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_goroutine_waits(gopm_core *core, uint64_t address, gopm_wait *records, size_t stride,
                                          size_t capacity, size_t *count);

/** A pprof label. */
typedef struct gopm_label {
	gopm_str key, value;
} gopm_label;

/** Finds the pprof labels of a goroutine. Parameters and statuses are as in gopm_goroutine_waits().
 *  Source: g.labels, runtime/pprof (a map until Go 1.23, then a list).  Since: 0.9 */
GOPM_API gopm_status gopm_goroutine_labels(gopm_core *core, uint64_t address, gopm_label *records, size_t stride,
                                           size_t capacity, size_t *count);

/* Keys for groups. */
#define GOPM_GROUP_USER 1    /**< user function and line */
#define GOPM_GROUP_START 2   /**< start function */
#define GOPM_GROUP_GO 3      /**< function and line of the `go` statement */
#define GOPM_GROUP_CURRENT 4 /**< current function and line */
#define GOPM_GROUP_REASON 5  /**< wait reason, or the status if it does not wait */
#define GOPM_GROUP_LABEL 6   /**< value of one pprof label */
#define GOPM_GROUP_OBJECT 7  /**< object that it waits on; a select counts once for each of its channels */
#define GOPM_GROUP_STACK 8   /**< functions and lines of the whole stack */

/** Goroutines that have the same key. */
typedef struct gopm_group {
	uint64_t count;         /**< number of goroutines */
	uint64_t example_id;    /**< the goroutine that has waited longest; the first one if no wait is known */
	int64_t longest_wait;   /**< nanoseconds, an estimate; 0: unknown */
	gopm_location location; /**< if grouped by a location; else empty */
	gopm_str key;           /**< wait reason, status or label value. If grouped by object, a description for people:
	                             "chan main.Metric 0xc000112000, 100 of 100: 1001 senders, 0 receivers".
	                             Lives as long as the iterator */
	gopm_wait object;       /**< if grouped by object; else empty. GOPM_WAIT_CHAN_SEND means any use of a channel */
	uint64_t stack_id;      /**< if grouped by stack: a value for gopm_goroutine_filter.stack_id; else 0 */
	int64_t shortest_wait;  /**< shortest known wait in nanoseconds; 0: none is known */
	uint64_t partial_count; /**< goroutines of which a part could not be read, and which may belong to another
	                           group: GOPM_G_FLAG_PARTIAL */
} gopm_group;

/** An iterator over groups. */
typedef struct gopm_group_iter gopm_group_iter;

/**
 * Counts the goroutines that match `filter` by a key. The largest group comes first; equal ones are in the order of
 * their names.
 *
 * This call does all the work. Its memory grows with the number of groups, not of goroutines. For many goroutines it
 * starts threads, with all signals blocked, and ends them before it returns. GOPM_FILTER_ONE_THREAD prevents that.
 *
 * @param group_by GOPM_GROUP_*
 * @param label_key the label for GOPM_GROUP_LABEL; else NULL
 * @param filter NULL: the defaults of gopm_goroutine_filter_init()
 * @param out owned by the caller; release it with gopm_group_iter_free()
 * @return as gopm_goroutine_iter_open(); GOPM_ERR_CANCELLED.
 * Since: 0.9
 */
GOPM_API gopm_status gopm_group_iter_open(gopm_core *core, uint32_t group_by, const char *label_key,
                                          const gopm_goroutine_filter *filter, gopm_group_iter **out, gopm_error **err);
/** Fills the next records, as gopm_goroutine_iter_next().  Since: 0.9 */
GOPM_API gopm_status gopm_group_iter_next(gopm_group_iter *it, gopm_group *records, size_t stride, size_t capacity,
                                          size_t *got);
GOPM_API void gopm_group_iter_free(gopm_group_iter *it);

GOPM_END_DECLS

#endif
