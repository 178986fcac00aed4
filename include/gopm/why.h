/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/why.h
 * Why a program hangs: which goroutines cannot go on, what they wait for, and who is to blame.
 *
 * A goroutine waits for an object; another one holds it, or is to send, receive, close or signal. This graph has no
 * field in the runtime: Go's locks store no owner, its channels no partner. It comes from the code of the frames, from
 * pending deferred calls, and from what can be reached. So each finding says how certain it is, and why.
 *
 * Since: 0.9
 */
#ifndef GOPM_WHY_H
#define GOPM_WHY_H

#include <gopm/object.h>

GOPM_BEGIN_DECLS

/* What a finding says of its goroutines. */
#define GOPM_VERDICT_HEALTHY 0    /**< none is stuck */
#define GOPM_VERDICT_DEADLOCK 1   /**< they wait for each other, or for what never comes, and others are behind them */
#define GOPM_VERDICT_LEAK 2       /**< they wait for ever, and nobody waits for them */
#define GOPM_VERDICT_STARVATION 3 /**< they can run, but do not get to */
#define GOPM_VERDICT_SLOW 4       /**< they wait for a goroutine that can go on, but is slow */
#define GOPM_VERDICT_CRASH 5      /**< the process died of it, or is about to */

/* How certain it is. */
#define GOPM_CERTAINTY_POSSIBLE 1 /**< it may be so at this moment, and be over in the next one */
#define GOPM_CERTAINTY_LIKELY 2   /**< no goroutine is seen that could end it; one that is not seen might */
#define GOPM_CERTAINTY_CERTAIN 3  /**< no goroutine can end it; `basis` says why */

/* What a certain finding rests on. */
#define GOPM_BASIS_NONE 0
#define GOPM_BASIS_AXIOM 1        /**< a nil channel, or a select without cases, never becomes ready */
#define GOPM_BASIS_REACHABILITY 2 /**< no goroutine that can run reaches the object, and none can get it */
#define GOPM_BASIS_OWNERSHIP 3    /**< who holds the lock is stuck. Sound unless somebody unlocks what another locked */

/* What kind of trouble it is. */
#define GOPM_PATTERN_OTHER 0
#define GOPM_PATTERN_SELF_LOCK 1        /**< a goroutine waits for a lock that it holds */
#define GOPM_PATTERN_SELF_CHAN 2        /**< a goroutine waits on a channel whose other end is its own task */
#define GOPM_PATTERN_LOCK_CYCLE 3       /**< goroutines hold locks, and wait for each other's */
#define GOPM_PATTERN_CHAN_CYCLE 4       /**< goroutines wait on channels that the others are to use */
#define GOPM_PATTERN_MIXED_CYCLE 5      /**< a cycle over locks and channels, WaitGroups or Conds */
#define GOPM_PATTERN_NIL_CHAN 6         /**< a nil channel, or a select without cases */
#define GOPM_PATTERN_NO_RECEIVER 7      /**< nobody is left to receive */
#define GOPM_PATTERN_NO_SENDER 8        /**< nobody is left to send or close */
#define GOPM_PATTERN_FORGOTTEN_UNLOCK 9 /**< a lock is locked, and no goroutine holds it */
#define GOPM_PATTERN_WAITGROUP 10       /**< nobody is left to call Done */
#define GOPM_PATTERN_LOST_SIGNAL 11     /**< nobody is left to call Signal or Broadcast */
#define GOPM_PATTERN_CONTEXT 12         /**< a context that nobody can cancel */
#define GOPM_PATTERN_POOL 13            /**< a pool is empty, and who has its elements waits for one */
#define GOPM_PATTERN_SLOW_IO 14         /**< the goroutine that all wait for is in I/O */
#define GOPM_PATTERN_SLOW_SYSCALL 15    /**< ... in a system call */
#define GOPM_PATTERN_SLOW_C 16          /**< ... in a call of C */
#define GOPM_PATTERN_SLOW_SLEEP 17      /**< ... sleeps, or waits for a timer */
#define GOPM_PATTERN_SLOW_WAIT 18       /**< ... waits for a goroutine that is not known */
#define GOPM_PATTERN_BUSY 19            /**< ... runs, or can run */
#define GOPM_PATTERN_CRASH 20           /**< the process died of a signal */
#define GOPM_PATTERN_INIT 21            /**< the main goroutine still waits in an init function */
#define GOPM_PATTERN_PANIC 22           /**< a panic: the process died of it, or its deferred calls still run */
#define GOPM_PATTERN_THROW 23           /**< a fatal error of the runtime */
#define GOPM_PATTERN_OUT_OF_MEMORY 24   /**< no memory is left */
#define GOPM_PATTERN_STACK_OVERFLOW 25  /**< a stack is too large: mostly endless recursion */
#define GOPM_PATTERN_STOP_WORLD 26      /**< the world is being stopped, and a goroutine does not stop */
#define GOPM_PATTERN_NO_YIELD 27        /**< all Ps run goroutines that do not yield */
#define GOPM_PATTERN_OVERLOAD 28        /**< all Ps are busy, and many more goroutines can run */
#define GOPM_PATTERN_FINALIZER 29       /**< a finalizer waits, and others are behind it */
#define GOPM_PATTERN_CLEANUP 30         /**< a cleanup waits, and others are behind it */
#define GOPM_PATTERN_GROWTH 31          /**< goroutines of one go statement wait, and become more */
#define GOPM_PATTERN_UNCLOSED_BODY 32   /**< the body of an answer was dropped without Close */

/** The analysis of a core. Many threads may use it at once. */
typedef struct gopm_why gopm_why;

/** Do not look at the heap: faster, but only axioms and locks with known holders are certain, and objects have no
 *  names. */
#define GOPM_WHY_FLAG_QUICK 1u
/** Do not start threads. */
#define GOPM_WHY_FLAG_ONE_THREAD 2u

/** Options of gopm_why_open(). Call gopm_why_options_init() first. */
typedef struct gopm_why_options {
	size_t struct_size; /**< set by gopm_why_options_init() */
	uint32_t flags;     /**< GOPM_WHY_FLAG_* */
	uint32_t reserved;
	gopm_progress_fn progress; /**< NULL: none. Phases GOPM_PROGRESS_GOROUTINES and GOPM_PROGRESS_HEAP */
	void *progress_user_data;
	gopm_heap *heap; /**< of the same core, to be used; NULL: the call opens one, unless it is QUICK */
} gopm_why_options;

/** Sets the defaults. @param size the caller's sizeof(gopm_why_options).  Since: 0.9 */
GOPM_API void gopm_why_options_init(gopm_why_options *options, size_t size);

/**
 * Reads all goroutines, what they wait for and who could release them, and finds those that are stuck.
 *
 * For many goroutines the call starts threads, with all signals blocked, and ends them before it returns.
 * GOPM_WHY_FLAG_ONE_THREAD prevents that.
 * @param options NULL: the defaults
 * @param out owned by the caller; release it with gopm_why_close(). It keeps the core open
 * @return GOPM_OK; GOPM_ERR_CANCELLED (by the progress callback); GOPM_ERR_LIMIT (more goroutines than 32 bits count);
 *   GOPM_ERR_ARGUMENT; GOPM_ERR_UNSUPPORTED (an unknown option); GOPM_ERR_FORMAT (runtime.allgs was not found);
 *   GOPM_ERR_IO; GOPM_ERR_NO_MEMORY.
 * Source: runtime/{chan,select,sema,mgc}.go, sync; Go 1.16 to 1.27.  Since: 0.9
 */
GOPM_API gopm_status gopm_why_open(gopm_core *core, const gopm_why_options *options, gopm_why **out, gopm_error **err);
/** Releases the analysis. NULL is accepted.  Since: 0.9 */
GOPM_API void gopm_why_close(gopm_why *why);

/** Damage or missing memory: what would be certain is likely. The core's findings say what is missing. */
#define GOPM_WHY_PARTIAL 1u
/** What goroutines can reach was looked at. */
#define GOPM_WHY_REACHABILITY 2u

/** The analysis in numbers. */
typedef struct gopm_why_info {
	size_t struct_size;
	uint32_t flags;      /**< GOPM_WHY_PARTIAL ... */
	uint32_t verdict;    /**< GOPM_VERDICT_* of the first finding that is certain or likely; else HEALTHY */
	uint64_t goroutines; /**< that are not dead */
	uint64_t waiting;    /**< of them, those that another goroutine has to wake up */
	uint64_t leaked;     /**< that certainly never run again */
	uint64_t suspects;   /**< that likely never run again */
	uint64_t findings;
} gopm_why_info;

/** Fills `info`. Set info->struct_size first.
 *  @return GOPM_OK; GOPM_ERR_ARGUMENT (NULL, or struct_size is too small).  Since: 0.9 */
GOPM_API gopm_status gopm_why_get_info(const gopm_why *why, gopm_why_info *info);

/** One thing that is wrong: goroutines that are stuck or slow together. */
typedef struct gopm_why_finding {
	uint32_t verdict;    /**< GOPM_VERDICT_* */
	uint32_t certainty;  /**< GOPM_CERTAINTY_* */
	uint32_t basis;      /**< GOPM_BASIS_*; NONE unless it is certain */
	uint32_t pattern;    /**< GOPM_PATTERN_* */
	uint64_t waiters;    /**< goroutines that wait: gopm_why_waiters() */
	uint64_t blamed;     /**< goroutines to blame: gopm_why_blamed(). 0: they are gone */
	uint64_t objects;    /**< gopm_why_objects() */
	uint64_t edges;      /**< gopm_why_edges() */
	uint64_t structures; /**< that look the same: each has its own goroutines; objects and edges are those of one */
	int64_t longest_wait; /**< nanoseconds, at least: the collector notes when it first sees a wait. 0: unknown */
	gopm_str text;        /**< what is wrong, in words for people: lines. Lives as long as the analysis */
} gopm_why_finding;

/** Gives the findings, the worst first.
 *  @param records array of `capacity` records, `stride` bytes apart
 *  @param count number of findings; the call writes at most `capacity` of them
 *  @return GOPM_OK; GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_why_findings(gopm_why *why, gopm_why_finding *records, size_t stride, size_t capacity,
                                       size_t *count);

/** A goroutine of a finding. */
typedef struct gopm_why_waiter {
	uint64_t id;
	uint64_t address;   /**< of its runtime.g */
	uint32_t certainty; /**< GOPM_CERTAINTY_*: that it is stuck */
	uint32_t reserved;
} gopm_why_waiter;

/** Gives the goroutines that wait, in the order of runtime.allgs for each structure.
 *  @param finding index of the finding
 *  @return GOPM_OK; GOPM_NOT_FOUND (no such finding); GOPM_ERR_ARGUMENT. Parameters are as in gopm_why_findings().
 *  Since: 0.9 */
GOPM_API gopm_status gopm_why_waiters(const gopm_why *why, size_t finding, gopm_why_waiter *records, size_t stride,
                                      size_t capacity, size_t *count);
/** Gives the goroutines to blame. As gopm_why_waiters().  Since: 0.9 */
GOPM_API gopm_status gopm_why_blamed(const gopm_why *why, size_t finding, gopm_why_waiter *records, size_t stride,
                                     size_t capacity, size_t *count);

/** Gives the objects. Their strings live as long as the analysis. As gopm_why_waiters().
 *  @return also GOPM_ERR_NO_MEMORY.  Since: 0.9 */
GOPM_API gopm_status gopm_why_objects(gopm_why *why, size_t finding, gopm_object *records, size_t stride,
                                      size_t capacity, size_t *count);

/* What the goroutine at the end of an edge does with the object, or is to do. */
#define GOPM_EDGE_HOLDS 0      /**< holds the lock */
#define GOPM_EDGE_HOLDS_READ 1 /**< holds it for reading */
#define GOPM_EDGE_UNLOCKS 2    /**< is to release it, and is not seen to hold it */
#define GOPM_EDGE_SENDS 3
#define GOPM_EDGE_RECEIVES 4
#define GOPM_EDGE_CLOSES 5
#define GOPM_EDGE_DONE 6    /**< lowers the counter of the WaitGroup */
#define GOPM_EDGE_SIGNALS 7 /**< calls Signal or Broadcast; resumes the coroutine */
#define GOPM_EDGE_BEFORE 8  /**< waits for the lock before the other one: the first writer of an RWMutex */

#define GOPM_EVIDENCE_DEFER 1u    /**< a deferred call is pending */
#define GOPM_EVIDENCE_CODE 2u     /**< the code of one of its frames */
#define GOPM_EVIDENCE_HELPER 4u   /**< the code of a function that the frame calls or called */
#define GOPM_EVIDENCE_QUEUE 8u    /**< the queue of the object */
#define GOPM_EVIDENCE_LIBRARY 16u /**< an object of a library that the goroutine has, such as an open sql.Rows */

/** Goroutine `from` waits for an object that others could release. */
typedef struct gopm_why_edge {
	uint64_t from;      /**< id */
	uint64_t object;    /**< index in gopm_why_objects() */
	uint64_t targets;   /**< goroutines: gopm_why_edge_targets(). 0: none is known */
	uint64_t waiters;   /**< goroutines that wait for the object as this one does, at the same place */
	uint32_t how;       /**< GOPM_EDGE_* of the first target */
	uint32_t evidence;  /**< GOPM_EVIDENCE_* of it */
	uint32_t certainty; /**< GOPM_CERTAINTY_* that it does so */
	uint32_t reserved;
} gopm_why_edge;

/** Gives the edges, those of the cycle first. As gopm_why_waiters().  Since: 0.9 */
GOPM_API gopm_status gopm_why_edges(const gopm_why *why, size_t finding, gopm_why_edge *records, size_t stride,
                                    size_t capacity, size_t *count);
/** Gives the ids of an edge's targets.
 *  @param edge index of the edge
 *  @param ids array of `capacity` ids
 *  @return as gopm_why_waiters().  Since: 0.9 */
GOPM_API gopm_status gopm_why_edge_targets(const gopm_why *why, size_t finding, size_t edge, uint64_t *ids,
                                           size_t capacity, size_t *count);

/** A goroutine that holds a lock which another one waits for. */
typedef struct gopm_why_holder {
	uint64_t goroutine; /**< id */
	uint64_t address;   /**< of its runtime.g */
	uint32_t how;       /**< GOPM_EDGE_HOLDS or GOPM_EDGE_HOLDS_READ */
	uint32_t evidence;  /**< GOPM_EVIDENCE_* */
	uint32_t certainty; /**< GOPM_CERTAINTY_* that it holds the lock */
	uint32_t reserved;
	gopm_object object; /**< the lock. Its strings live as long as the analysis */
} gopm_why_holder;

/** Gives the goroutines that hold locks which others wait for, by lock. Who holds a lock that nobody waits for is not
 *  looked for.
 *  @return as gopm_why_findings().  Since: 0.9 */
GOPM_API gopm_status gopm_why_holders(gopm_why *why, gopm_why_holder *records, size_t stride, size_t capacity,
                                      size_t *count);

/** A goroutine, what it waits for, and who could end that. */
typedef struct gopm_why_step {
	uint64_t goroutine; /**< id */
	uint64_t address;   /**< of its runtime.g */
	uint64_t next;   /**< id of the goroutine that could end its wait, the one of which that is surest; 0: none is
	                      known, or it waits for no goroutine */
	uint64_t others; /**< goroutines besides `next` that could */
	uint32_t certainty; /**< GOPM_CERTAINTY_* that this goroutine is stuck; 0: it is not */
	uint32_t side;      /**< GOPM_SIDE_*: what it waits to do */
	uint32_t how;       /**< GOPM_EDGE_* of `next` */
	uint32_t evidence;  /**< GOPM_EVIDENCE_* of it */
	uint32_t waits;     /**< objects that it waits for: several in a select, 0 if it does not wait */
	uint32_t reserved;
	gopm_object object; /**< what it waits for; in a select the one that `next` uses, else the first */
} gopm_why_step;

/** Gives the chain of waits from a goroutine on: the last one waits for nobody, or for one that is in the chain.
 *  @param goroutine id
 *  @return GOPM_OK; GOPM_NOT_FOUND (no such goroutine); GOPM_ERR_ARGUMENT; GOPM_ERR_NO_MEMORY. Other parameters are as
 *    in gopm_why_findings().  Since: 0.9 */
GOPM_API gopm_status gopm_why_chain(gopm_why *why, uint64_t goroutine, gopm_why_step *records, size_t stride,
                                    size_t capacity, size_t *count);

/** A goroutine that never runs again, for certain or likely. */
typedef struct gopm_leak {
	uint64_t id;
	uint64_t address;   /**< of its runtime.g */
	uint64_t group;     /**< index in gopm_why_leak_groups() */
	uint32_t certainty; /**< GOPM_CERTAINTY_CERTAIN: it is leaked; else it is a suspect */
	uint32_t basis;     /**< GOPM_BASIS_* */
} gopm_leak;

/**
 * Gives the goroutines that are leaked, and then those that are suspects: likely stuck, or many of one go statement
 * that each wait on channels of their own, which nobody is seen to use.
 * @return as gopm_why_findings().  Since: 0.9
 */
GOPM_API gopm_status gopm_why_leaks(const gopm_why *why, gopm_leak *records, size_t stride, size_t capacity,
                                    size_t *count);

/** Leaked goroutines, or suspects, with one birthplace. */
typedef struct gopm_leak_group {
	uint64_t count;
	uint64_t example_id; /**< the first of them */
	uint32_t certainty;  /**< as gopm_leak.certainty */
	uint32_t basis;      /**< GOPM_BASIS_*, the weakest */
	uint32_t kind;       /**< GOPM_OBJECT_* of what they wait for */
	uint32_t reserved;
	int64_t longest_wait;       /**< nanoseconds, at least; 0: unknown */
	gopm_location go_statement; /**< that started them */
	gopm_location start;        /**< their function */
	gopm_location user;         /**< where the first of them waits, outside the runtime's internals */
} gopm_leak_group;

/** Gives the groups: leaked before suspects, the largest first. As gopm_why_leaks().  Since: 0.9 */
GOPM_API gopm_status gopm_why_leak_groups(const gopm_why *why, gopm_leak_group *records, size_t stride, size_t capacity,
                                          size_t *count);

GOPM_END_DECLS

#endif
