/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/functions.h"

#include <string.h>

#include "util/search.h"
#include "util/str.h"

/* Sorted by name. Source: runtime/{proc,stack,panic,chan,select,sema,netpoll,time,mfinal,mcleanup,coro}.go and
 * asm_<cpu>.s, sync/{mutex,rwmutex,once,waitgroup,runtime}.go, internal/sync/mutex.go, internal/poll/fd_mutex.go and
 * fd_poll_runtime.go, Go 1.16 to 1.27. runtime.runfinq is runtime.runFinalizers since Go 1.25. */
static const struct {
	const char *name;
	uint8_t role;
	bool needs_id; /* has the role only with a funcID */
} roles[] = {
    {"crosscall2", GOPM__ROLE_CROSSCALL2, false},
    {"gogo", GOPM__ROLE_GOGO, false}, /* gogo<> of asm_<cpu>.s */
    {"internal/poll.(*fdMutex).rwlock", GOPM__ROLE_FD_LOCK, false},
    {"internal/poll.runtime_Semacquire", GOPM__ROLE_SEMACQUIRE, false},
    {"internal/poll.runtime_pollWait", GOPM__ROLE_POLL_WAIT, false},
    {"internal/sync.(*Mutex).Lock", GOPM__ROLE_MUTEX_LOCK, false},
    {"internal/sync.(*Mutex).TryLock", GOPM__ROLE_MUTEX_TRY_LOCK, false},
    {"internal/sync.(*Mutex).Unlock", GOPM__ROLE_MUTEX_UNLOCK, false},
    {"internal/sync.(*Mutex).lockSlow", GOPM__ROLE_MUTEX_LOCK_SLOW, false},
    {"internal/sync.(*Mutex).unlockSlow", GOPM__ROLE_MUTEX_UNLOCK_SLOW, false},
    {"internal/sync.runtime_SemacquireMutex", GOPM__ROLE_SEMACQUIRE, false},
    {"runtime.Goexit", GOPM__ROLE_GOEXITS, false},
    {"runtime.asmcgocall", GOPM__ROLE_ASMCGOCALL, false},
    {"runtime.asyncPreempt", GOPM__ROLE_ASYNC_PREEMPT, true},
    {"runtime.cgoSigtramp", GOPM__ROLE_SIGTRAMP, false},
    {"runtime.cgocall", GOPM__ROLE_CGOCALL, false},
    {"runtime.cgocallback", GOPM__ROLE_CGOCALLBACK, true},
    {"runtime.chanrecv", GOPM__ROLE_CHANRECV, false},
    {"runtime.chanrecv1", GOPM__ROLE_CHANRECV1, false},
    {"runtime.chanrecv2", GOPM__ROLE_CHANRECV1, false},
    {"runtime.chansend", GOPM__ROLE_CHANSEND, false},
    {"runtime.chansend1", GOPM__ROLE_CHANSEND1, false},
    {"runtime.clone", GOPM__ROLE_CLONE, false},
    {"runtime.closechan", GOPM__ROLE_CLOSECHAN, false},
    {"runtime.corostart", GOPM__ROLE_COROSTART, true},
    {"runtime.coroswitch_m", GOPM__ROLE_SCHEDULE, false},
    {"runtime.debugCallV2", GOPM__ROLE_DEBUG_CALL, true},
    {"runtime.deferreturn", GOPM__ROLE_DEFERRETURN, false},
    {"runtime.dieFromSignal", GOPM__ROLE_DIE_FROM_SIGNAL, false},
    {"runtime.execute", GOPM__ROLE_SCHEDULE, false},
    {"runtime.fatal", GOPM__ROLE_THROW, false},
    {"runtime.fatalpanic", GOPM__ROLE_FATALPANIC, false},
    {"runtime.fatalthrow", GOPM__ROLE_FATALTHROW, false},
    {"runtime.goexit", GOPM__ROLE_GOEXIT, true},
    {"runtime.gogo", GOPM__ROLE_GOGO, true},
    {"runtime.gopanic", GOPM__ROLE_GOPANIC, true},
    {"runtime.gopark", GOPM__ROLE_GOPARK, false},
    {"runtime.goparkunlock", GOPM__ROLE_GOPARKUNLOCK, false},
    {"runtime.growslice", GOPM__ROLE_GROWSLICE, false},
    {"runtime.growsliceBuf", GOPM__ROLE_GROWSLICE, false},
    {"runtime.growsliceBufNoAlias", GOPM__ROLE_GROWSLICE, false},
    {"runtime.growsliceNoAlias", GOPM__ROLE_GROWSLICE, false},
    {"runtime.handleAsyncEvent", GOPM__ROLE_ASYNC_EVENT, true},
    {"runtime.main", GOPM__ROLE_MAIN, true},
    {"runtime.makeslice", GOPM__ROLE_MAKESLICE, false},
    {"runtime.makeslice64", GOPM__ROLE_MAKESLICE, false},
    {"runtime.makeslicecopy", GOPM__ROLE_MAKESLICE, false},
    {"runtime.mallocgc", GOPM__ROLE_MALLOCGC, false},
    {"runtime.mapaccess1", GOPM__ROLE_MAP_ACCESS, false},
    {"runtime.mapaccess1_fast32", GOPM__ROLE_MAP_ACCESS, false},
    {"runtime.mapaccess1_fast64", GOPM__ROLE_MAP_ACCESS, false},
    {"runtime.mapaccess1_faststr", GOPM__ROLE_MAP_ACCESS, false},
    {"runtime.mapaccess2", GOPM__ROLE_MAP_ACCESS, false},
    {"runtime.mapaccess2_fast32", GOPM__ROLE_MAP_ACCESS, false},
    {"runtime.mapaccess2_fast64", GOPM__ROLE_MAP_ACCESS, false},
    {"runtime.mapaccess2_faststr", GOPM__ROLE_MAP_ACCESS, false},
    {"runtime.mcall", GOPM__ROLE_MCALL, true},
    {"runtime.morestack", GOPM__ROLE_MORESTACK, true},
    {"runtime.morestack_noctxt", GOPM__ROLE_MORESTACK, false},
    {"runtime.mstart", GOPM__ROLE_MSTART, true},
    {"runtime.mstart0", GOPM__ROLE_MSTART0, false},
    {"runtime.netpollblock", GOPM__ROLE_POLL_WAIT, false},
    {"runtime.newobject", GOPM__ROLE_NEWOBJECT, false},
    {"runtime.panicwrap", GOPM__ROLE_PANICWRAP, true},
    {"runtime.raise", GOPM__ROLE_RAISE, false},
    {"runtime.runCleanups", GOPM__ROLE_CLEANUPS, true},
    {"runtime.runFinalizers", GOPM__ROLE_FINALIZERS, true},
    {"runtime.runfinq", GOPM__ROLE_FINALIZERS, true},
    {"runtime.schedule", GOPM__ROLE_SCHEDULE, false},
    {"runtime.selectgo", GOPM__ROLE_SELECTGO, false},
    {"runtime.selectnbrecv", GOPM__ROLE_SELECT_RECEIVE, false},
    {"runtime.selectnbsend", GOPM__ROLE_SELECT_SEND, false},
    {"runtime.semacquire", GOPM__ROLE_SEMACQUIRE, false},
    {"runtime.semacquire1", GOPM__ROLE_SEMACQUIRE1, false},
    {"runtime.sigpanic", GOPM__ROLE_SIGPANIC, false},
    {"runtime.sigpanic0", GOPM__ROLE_SIGPANIC, false},
    {"runtime.sigreturn", GOPM__ROLE_SIGRETURN, false},
    {"runtime.sigreturn__sigaction", GOPM__ROLE_SIGRETURN, false},
    {"runtime.sigtramp", GOPM__ROLE_SIGTRAMP, false},
    {"runtime.systemstack", GOPM__ROLE_SYSTEMSTACK, true},
    {"runtime.throw", GOPM__ROLE_THROW, false},
    {"sync.(*Cond).Broadcast", GOPM__ROLE_COND_SIGNAL, false},
    {"sync.(*Cond).Signal", GOPM__ROLE_COND_SIGNAL, false},
    {"sync.(*Cond).Wait", GOPM__ROLE_COND_WAIT, false},
    {"sync.(*Mutex).Lock", GOPM__ROLE_MUTEX_LOCK, false},
    {"sync.(*Mutex).TryLock", GOPM__ROLE_MUTEX_TRY_LOCK, false},
    {"sync.(*Mutex).Unlock", GOPM__ROLE_MUTEX_UNLOCK, false},
    {"sync.(*Mutex).lockSlow", GOPM__ROLE_MUTEX_LOCK_SLOW, false},
    {"sync.(*Mutex).unlockSlow", GOPM__ROLE_MUTEX_UNLOCK_SLOW, false},
    {"sync.(*Once).doSlow", GOPM__ROLE_ONCE_DO, false},
    {"sync.(*RWMutex).Lock", GOPM__ROLE_RWMUTEX_LOCK, false},
    {"sync.(*RWMutex).RLock", GOPM__ROLE_RWMUTEX_RLOCK, false},
    {"sync.(*RWMutex).RUnlock", GOPM__ROLE_RWMUTEX_RUNLOCK, false},
    {"sync.(*RWMutex).TryLock", GOPM__ROLE_RWMUTEX_TRY_LOCK, false},
    {"sync.(*RWMutex).TryRLock", GOPM__ROLE_RWMUTEX_TRY_RLOCK, false},
    {"sync.(*RWMutex).Unlock", GOPM__ROLE_RWMUTEX_UNLOCK, false},
    {"sync.(*RWMutex).rUnlockSlow", GOPM__ROLE_RWMUTEX_RUNLOCK_SLOW, false},
    {"sync.(*WaitGroup).Add", GOPM__ROLE_WAITGROUP_ADD, false},
    {"sync.(*WaitGroup).Done", GOPM__ROLE_WAITGROUP_DONE, false},
    {"sync.(*WaitGroup).Go", GOPM__ROLE_WAITGROUP_GO, false},
    {"sync.(*WaitGroup).Wait", GOPM__ROLE_WAITGROUP_WAIT, false},
    {"sync.runtime_Semacquire", GOPM__ROLE_SEMACQUIRE, false},
    {"sync.runtime_SemacquireMutex", GOPM__ROLE_SEMACQUIRE, false},
    {"sync.runtime_SemacquireRWMutex", GOPM__ROLE_SEMACQUIRE, false},
    {"sync.runtime_SemacquireRWMutexR", GOPM__ROLE_SEMACQUIRE, false},
    {"sync.runtime_SemacquireWaitGroup", GOPM__ROLE_SEMACQUIRE, false},
    {"sync.runtime_notifyListWait", GOPM__ROLE_NOTIFY_LIST_WAIT, false},
    {"time.Sleep", GOPM__ROLE_SLEEP, false},
};

static int compare_name(gopm_str name, const char *other)
{
	size_t size = strlen(other);
	int order = memcmp(name.data, other, name.size < size ? name.size : size);

	return order != 0 ? order : name.size < size ? -1 : name.size > size;
}

enum gopm__func_role gopm__function_role(gopm_str name, bool has_id)
{
	const size_t count = sizeof roles / sizeof roles[0];
	size_t i;

	if (name.size == 0) {
		return GOPM__ROLE_NORMAL;
	}
	GOPM__LOWER_BOUND(i, count, compare_name(name, roles[i].name) > 0);
	bool found = i < count && compare_name(name, roles[i].name) == 0 && (has_id || !roles[i].needs_id);
	if (!found && (gopm__str_has_prefix(name, "runtime.mallocgcSmall") ||
	               gopm__str_has_prefix(name, "runtime.mallocgcTiny"))) {
		return GOPM__ROLE_MALLOCGC;
	}
	return found ? (enum gopm__func_role)roles[i].role : GOPM__ROLE_NORMAL;
}

/* By prefix: each name has variants, which differ in the arguments or the type they are for. Source: runtime/panic.go,
 * runtime/asm_<cpu>.s, and the calls that the compiler makes (cmd/compile/internal/ir/symtab.go and ssa/op.go), Go 1.16
 * to 1.27. */
static const struct {
	const char *prefix;
	enum gopm__call_effect effect;
} effects[] = {
    {"runtime.morestack", GOPM__CALL_RESTARTS}, {"runtime.gcWriteBarrier", GOPM__CALL_WRITE_BARRIER},
    {"runtime.panic", GOPM__CALL_NORETURN},     {"runtime.gopanic", GOPM__CALL_NORETURN},
    {"runtime.goPanic", GOPM__CALL_NORETURN},   {"runtime.throw", GOPM__CALL_NORETURN},
    {"runtime.fatal", GOPM__CALL_NORETURN},     {"runtime.Goexit", GOPM__CALL_NORETURN},
};

enum gopm__call_effect gopm__function_call_effect(gopm_str name)
{
	for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++) {
		if (gopm__str_has_prefix(name, effects[i].prefix)) {
			return effects[i].effect;
		}
	}
	return GOPM__CALL_NORMAL;
}

bool gopm__name_is_runtime(gopm_str name)
{
	return gopm__str_has_prefix(name, "runtime.");
}

bool gopm__name_is_private_runtime(gopm_str name)
{
	return gopm__str_has_prefix(name, "runtime.") && !(name.size > 8 && name.data[8] >= 'A' && name.data[8] <= 'Z');
}

bool gopm__name_is_go_wrapper(gopm_str name)
{
	static const char suffix[] = ".gowrap";
	size_t size = name.size;

	while (size != 0 && name.data[size - 1] >= '0' && name.data[size - 1] <= '9') {
		size--;
	}
	return size < name.size && size > sizeof suffix - 1 &&
	       memcmp(name.data + size - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0;
}

bool gopm__name_is_user(gopm_str name)
{
	return name.size != 0 && memchr(name.data, '.', name.size) != NULL && !gopm__name_is_private_runtime(name) &&
	       !gopm__str_has_prefix(name, "internal/") && !gopm__str_has_prefix(name, "runtime/internal") &&
	       !gopm__str_has_prefix(name, "iter.");
}
