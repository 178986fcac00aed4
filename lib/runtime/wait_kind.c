/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/wait_kind.h"

#include <string.h>

/* Prefixes of wait reasons: runtime/runtime2.go, waitReasonStrings, Go 1.16 to 1.27. The first match wins. */
static const struct {
	const char *prefix;
	uint32_t kind;
} kinds[] = {
    {"chan receive (nil chan)", GOPM_WAIT_FOREVER},
    {"chan send (nil chan)", GOPM_WAIT_FOREVER},
    {"select (no cases)", GOPM_WAIT_FOREVER},
    {"chan receive", GOPM_WAIT_CHAN_RECEIVE},
    {"chan send", GOPM_WAIT_CHAN_SEND},
    {"select", GOPM_WAIT_SELECT},
    {"semacquire", GOPM_WAIT_SEMAPHORE},
    {"sync.Mutex.", GOPM_WAIT_SEMAPHORE},
    {"sync.RWMutex.", GOPM_WAIT_SEMAPHORE},
    {"sync.WaitGroup.", GOPM_WAIT_SEMAPHORE},
    {"sync.Cond.", GOPM_WAIT_COND},
    {"sleep", GOPM_WAIT_TIMER},
    {"IO wait", GOPM_WAIT_IO},
};

uint32_t gopm__wait_kind(gopm_str reason)
{
	if (reason.size == 0) {
		return GOPM_WAIT_NONE;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t size = strlen(kinds[i].prefix);
		if (reason.size >= size && memcmp(reason.data, kinds[i].prefix, size) == 0) {
			return kinds[i].kind;
		}
	}
	return GOPM_WAIT_OTHER;
}

gopm_str gopm__wait_kind_name(uint32_t kind)
{
#define NAME(text)                                                                                                     \
	{                                                                                                              \
		text, sizeof(text) - 1                                                                                 \
	}
	static const gopm_str names[] = {
	    [GOPM_WAIT_NONE] = NAME("none"),
	    [GOPM_WAIT_CHAN_SEND] = NAME("chan send"),
	    [GOPM_WAIT_CHAN_RECEIVE] = NAME("chan receive"),
	    [GOPM_WAIT_SELECT] = NAME("select"),
	    [GOPM_WAIT_SEMAPHORE] = NAME("semaphore"),
	    [GOPM_WAIT_COND] = NAME("cond"),
	    [GOPM_WAIT_TIMER] = NAME("timer"),
	    [GOPM_WAIT_IO] = NAME("io"),
	    [GOPM_WAIT_FOREVER] = NAME("forever"),
	    [GOPM_WAIT_OTHER] = NAME("other"),
	};
#undef NAME

	return kind < sizeof names / sizeof names[0] ? names[kind] : (gopm_str){"", 0};
}

/* runtime/runtime2.go, waitReasonStrings, Go 1.16 to 1.27. */
static const char *const reasons[] = {
    "GC assist marking",
    "GC assist wait",
    "GC mark termination",
    "GC scavenge wait",
    "GC sweep wait",
    "GC weak to strong wait",
    "GC worker (active)",
    "GC worker (idle)",
    "GOMAXPROCS updater (idle)",
    "IO wait",
    "chan receive",
    "chan receive (durable)",
    "chan receive (nil chan)",
    "chan receive (synctest)",
    "chan send",
    "chan send (durable)",
    "chan send (nil chan)",
    "chan send (synctest)",
    "cleanup wait",
    "coroutine",
    "debug call",
    "dumping heap",
    "finalizer wait",
    "flushing proc caches",
    "force gc (idle)",
    "garbage collection",
    "garbage collection scan",
    "page trace flush",
    "panicwait",
    "preempted",
    "select",
    "select (durable)",
    "select (no cases)",
    "select (synctest)",
    "semacquire",
    "sleep",
    "stopping the world",
    "sync.Cond.Wait",
    "sync.Mutex.Lock",
    "sync.RWMutex.Lock",
    "sync.RWMutex.RLock",
    "sync.WaitGroup.Wait",
    "sync.WaitGroup.Wait (durable)",
    "synctest.Run",
    "synctest.Wait",
    "timer goroutine (idle)",
    "trace goroutine status",
    "trace proc status",
    "trace reader (blocked)",
    "wait for GC cycle",
};

bool gopm__wait_reason_is_known(gopm_str reason)
{
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		if (strlen(reasons[i]) == reason.size && memcmp(reasons[i], reason.data, reason.size) == 0) {
			return true;
		}
	}
	return false;
}

#define KIND(name) (UINT32_C(1) << GOPM_WAIT_##name)

/* Callers of gopark and goparkunlock (runtime/chan.go, select.go, sema.go, time.go, netpoll.go, Go 1.16 to 1.27). All
 * other functions have reasons of their own. */
static const struct {
	enum gopm__func_role function;
	uint32_t kinds;
} sites[] = {
    {GOPM__ROLE_CHANSEND, KIND(CHAN_SEND) | KIND(FOREVER)},
    {GOPM__ROLE_CHANRECV, KIND(CHAN_RECEIVE) | KIND(FOREVER)},
    {GOPM__ROLE_SELECTGO, KIND(SELECT)},
    {GOPM__ROLE_SEMACQUIRE1, KIND(SEMAPHORE)},
    {GOPM__ROLE_NOTIFY_LIST_WAIT, KIND(COND)},
    {GOPM__ROLE_SLEEP, KIND(TIMER)},
    {GOPM__ROLE_POLL_WAIT, KIND(IO)},
};

bool gopm__wait_kind_is_of(uint32_t kind, enum gopm__func_role function)
{
	for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++) {
		if (sites[i].function == function) {
			return (sites[i].kinds >> kind & 1) != 0;
		}
	}
	/* The scavenger sleeps too. */
	return kind == GOPM_WAIT_OTHER || kind == GOPM_WAIT_FOREVER || kind == GOPM_WAIT_TIMER;
}

/* Functions of the runtime that park with one reason, which no other function has (runtime/proc.go, mfinal.go,
 * mgcsweep.go and mgc.go, Go 1.16 to 1.27). */
static const struct {
	const char *function, *reason;
} own_reasons[] = {
    {"runtime.forcegchelper", "force gc (idle)"},   {"runtime.runFinalizers", "finalizer wait"},
    {"runtime.runfinq", "finalizer wait"},          {"runtime.bgsweep", "GC sweep wait"},
    {"runtime.gcBgMarkWorker", "GC worker (idle)"},
};

/* Reasons that only these functions have, which may have others (runtime/chan.go, select.go, mgcscavenge.go,
 * mcleanup.go, proc.go, Go 1.16 to 1.27). */
static const struct {
	const char *function, *reason;
} exclusive[] = {
    {"runtime.chansend", "chan send (nil chan)"},
    {"runtime.chanrecv", "chan receive (nil chan)"},
    {"runtime.block", "select (no cases)"},
    {"runtime.bgscavenge", "GC scavenge wait"},
    {"runtime.(*scavengerState).park", "GC scavenge wait"},
    {"runtime.(*cleanupQueue).dequeue", "cleanup wait"},
    {"runtime.updateMaxProcsGoroutine", "GOMAXPROCS updater (idle)"},
};

static bool is_text(gopm_str text, const char *other)
{
	return text.size == strlen(other) && memcmp(text.data, other, text.size) == 0;
}

bool gopm__wait_reason_is_of(gopm_str reason, gopm_str function)
{
	bool owned = false, fits = false;

	for (size_t i = 0; i < sizeof own_reasons / sizeof own_reasons[0]; i++) {
		const bool same = is_text(function, own_reasons[i].function),
		           own = is_text(reason, own_reasons[i].reason);
		owned = owned || same || own;
		fits = fits || (same && own);
	}
	for (size_t i = 0; i < sizeof exclusive / sizeof exclusive[0]; i++) {
		owned = owned || is_text(reason, exclusive[i].reason);
		fits = fits || (is_text(function, exclusive[i].function) && is_text(reason, exclusive[i].reason));
	}
	return fits || !owned;
}

static bool ends_with(gopm_str text, const char *end)
{
	size_t size = strlen(end);

	return text.size >= size && memcmp(text.data + text.size - size, end, size) == 0;
}

bool gopm__wait_is_of_bubble(gopm_str reason)
{
	return ends_with(reason, " (durable)") || ends_with(reason, " (synctest)") ||
	       ends_with(reason, "synctest.Run") || ends_with(reason, "synctest.Wait");
}

bool gopm__wait_kind_has_sudog(uint32_t kind)
{
	return ((KIND(CHAN_SEND) | KIND(CHAN_RECEIVE) | KIND(SELECT) | KIND(SEMAPHORE) | KIND(COND)) >> kind & 1) != 0;
}

bool gopm__wait_is_durable(gopm_str reason)
{
	static const char *const names[] = {"chan receive (nil chan)",
	                                    "chan send (nil chan)",
	                                    "select (no cases)",
	                                    "sleep",
	                                    "sync.Cond.Wait",
	                                    "coroutine",
	                                    "synctest.Run",
	                                    "synctest.Wait"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strlen(names[i]) == reason.size && memcmp(names[i], reason.data, reason.size) == 0) {
			return true;
		}
	}
	return false;
}
