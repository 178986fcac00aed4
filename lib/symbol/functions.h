/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of functions of the runtime and the standard library. No other room has a table of their names: the symtab
 * resolves the role of each call once for each pc, and users compare the enum. */
#ifndef GOPM_SYMBOL_FUNCTIONS_H
#define GOPM_SYMBOL_FUNCTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <gopm/types.h>

enum gopm__func_role {
	GOPM__ROLE_NORMAL,
	GOPM__ROLE_WRAPPER, /* by its funcID, not by its name */
	/* special to the unwinder or the traceback; only if the program's Go gives them a funcID */
	GOPM__ROLE_SYSTEMSTACK,
	GOPM__ROLE_MCALL,
	GOPM__ROLE_MORESTACK,
	GOPM__ROLE_GOEXIT,
	GOPM__ROLE_MSTART,
	GOPM__ROLE_MSTART0,
	GOPM__ROLE_ASYNC_PREEMPT,
	GOPM__ROLE_DEBUG_CALL,
	GOPM__ROLE_CGOCALLBACK,
	GOPM__ROLE_ASMCGOCALL,
	GOPM__ROLE_GOGO,
	GOPM__ROLE_CLONE,
	GOPM__ROLE_SCHEDULE, /* gives the thread to another goroutine than the one that called mcall or morestack */
	GOPM__ROLE_GOPANIC,
	GOPM__ROLE_GOEXITS, /* runtime.Goexit */
	GOPM__ROLE_PANICWRAP,
	GOPM__ROLE_MAIN,
	GOPM__ROLE_COROSTART,
	GOPM__ROLE_ASYNC_EVENT,
	GOPM__ROLE_FINALIZERS,
	GOPM__ROLE_CLEANUPS,
	GOPM__ROLE_CGOCALL,
	GOPM__ROLE_CROSSCALL2, /* C calls it */
	/* signal handling */
	GOPM__ROLE_SIGPANIC,
	GOPM__ROLE_SIGTRAMP,
	GOPM__ROLE_SIGRETURN,
	/* death of the process */
	GOPM__ROLE_THROW, /* throw, fatal: the argument is the message */
	GOPM__ROLE_FATALTHROW,
	GOPM__ROLE_FATALPANIC,
	GOPM__ROLE_DIE_FROM_SIGNAL,
	GOPM__ROLE_RAISE,
	/* channel operations: the first argument is the channel */
	GOPM__ROLE_CHANSEND,
	GOPM__ROLE_CHANSEND1,
	GOPM__ROLE_CHANRECV,
	GOPM__ROLE_CHANRECV1, /* chanrecv1, chanrecv2 */
	GOPM__ROLE_CLOSECHAN,
	/* other functions that park the goroutine, and their callers in the standard library */
	GOPM__ROLE_GOPARK,
	GOPM__ROLE_GOPARKUNLOCK,
	GOPM__ROLE_SELECTGO,
	GOPM__ROLE_SEMACQUIRE1,
	GOPM__ROLE_SEMACQUIRE, /* with the address of the semaphore as its first argument */
	GOPM__ROLE_MUTEX_LOCK,
	GOPM__ROLE_MUTEX_LOCK_SLOW,
	GOPM__ROLE_RWMUTEX_LOCK,
	GOPM__ROLE_RWMUTEX_RLOCK,
	GOPM__ROLE_ONCE_DO,
	GOPM__ROLE_WAITGROUP_WAIT,
	GOPM__ROLE_FD_LOCK, /* internal/poll: waits for the read or the write lock of a file descriptor */
	GOPM__ROLE_NOTIFY_LIST_WAIT,
	GOPM__ROLE_POLL_WAIT, /* with the address of the pollDesc as its first argument */
	GOPM__ROLE_SLEEP,
	/* other operations on channels and methods of package sync: the first argument is the object */
	GOPM__ROLE_SELECT_SEND,    /* selectnbsend */
	GOPM__ROLE_SELECT_RECEIVE, /* selectnbrecv: the second argument is the channel */
	GOPM__ROLE_MAP_ACCESS,     /* mapaccess1, ...: the arguments are the map's type and the map */
	GOPM__ROLE_MUTEX_TRY_LOCK,
	GOPM__ROLE_MUTEX_UNLOCK,
	GOPM__ROLE_MUTEX_UNLOCK_SLOW,
	GOPM__ROLE_RWMUTEX_TRY_LOCK,
	GOPM__ROLE_RWMUTEX_TRY_RLOCK,
	GOPM__ROLE_RWMUTEX_UNLOCK,
	GOPM__ROLE_RWMUTEX_RUNLOCK,
	GOPM__ROLE_RWMUTEX_RUNLOCK_SLOW,
	GOPM__ROLE_WAITGROUP_ADD,
	GOPM__ROLE_WAITGROUP_DONE,
	GOPM__ROLE_WAITGROUP_GO,
	GOPM__ROLE_COND_WAIT,
	GOPM__ROLE_COND_SIGNAL, /* Signal, Broadcast */
	GOPM__ROLE_NEWOBJECT,   /* (type) */
	GOPM__ROLE_MAKESLICE,   /* (element type, length, capacity), makeslicecopy */
	GOPM__ROLE_GROWSLICE,   /* (pointer, length, capacity, added, element type), since Go 1.20 */
	GOPM__ROLE_MALLOCGC,    /* (size, type, zeroed), and those for one size that it calls, since Go 1.26 */
	GOPM__ROLE_DEFERRETURN, /* runs the deferred calls that are not open-coded */
};

/* The role of a function by its name. `has_id`: its _func has a funcID other than 0. */
enum gopm__func_role gopm__function_role(gopm_str name, bool has_id);

/* Effects of a call that differ from those of an ordinary Go function. */
enum gopm__call_effect {
	GOPM__CALL_NORMAL,
	GOPM__CALL_NORETURN,
	GOPM__CALL_RESTARTS,      /* runtime.morestack: grows the stack, then jumps to the caller's entry */
	GOPM__CALL_WRITE_BARRIER, /* preserves the general registers but those of gopm__code_desc.barrier_clobbers */
};

enum gopm__call_effect gopm__function_call_effect(gopm_str name);

static inline bool gopm__is_channel_role(unsigned role)
{
	return role >= GOPM__ROLE_CHANSEND && role <= GOPM__ROLE_CLOSECHAN;
}

/* True if the function is of package runtime. */
bool gopm__name_is_runtime(gopm_str name);
/* True if the compiler made the function for a `go` statement, which alone calls it: "main.f.gowrap1", since Go 1.22
 * (cmd/compile/internal/ir/func.go). */
bool gopm__name_is_go_wrapper(gopm_str name);

/* True if the runtime hides the frame in its tracebacks: "runtime." but not "runtime.Exported". */
bool gopm__name_is_private_runtime(gopm_str name);

/* True if the function is not internal to the runtime, by Delve's rule. */
bool gopm__name_is_user(gopm_str name);

#endif
