/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "symbol/functions.h"

#include <stdio.h>
#include <string.h>

/* Names as Go's source has them; see functions.c for the files. */
static const struct {
	const char *name;
	bool needs_id;
	uint8_t role;
} roles[] = {
    {"runtime.systemstack", true, GOPM__ROLE_SYSTEMSTACK},
    {"runtime.mcall", true, GOPM__ROLE_MCALL},
    {"runtime.morestack", true, GOPM__ROLE_MORESTACK},
    {"runtime.goexit", true, GOPM__ROLE_GOEXIT},
    {"runtime.mstart", true, GOPM__ROLE_MSTART},
    {"runtime.sigpanic", false, GOPM__ROLE_SIGPANIC},
    {"runtime.asyncPreempt", true, GOPM__ROLE_ASYNC_PREEMPT},
    {"runtime.debugCallV2", true, GOPM__ROLE_DEBUG_CALL},
    {"runtime.sigtramp", false, GOPM__ROLE_SIGTRAMP},
    {"runtime.cgoSigtramp", false, GOPM__ROLE_SIGTRAMP},
    {"runtime.cgocallback", true, GOPM__ROLE_CGOCALLBACK},
    {"runtime.gopanic", true, GOPM__ROLE_GOPANIC},
    {"runtime.panicwrap", true, GOPM__ROLE_PANICWRAP},
    {"runtime.main", true, GOPM__ROLE_MAIN},
    {"runtime.corostart", true, GOPM__ROLE_COROSTART},
    {"runtime.handleAsyncEvent", true, GOPM__ROLE_ASYNC_EVENT},
    {"runtime.runFinalizers", true, GOPM__ROLE_FINALIZERS},
    {"runtime.runfinq", true, GOPM__ROLE_FINALIZERS},
    {"runtime.runCleanups", true, GOPM__ROLE_CLEANUPS},
    {"runtime.chansend", false, GOPM__ROLE_CHANSEND},
    {"runtime.chansend1", false, GOPM__ROLE_CHANSEND1},
    {"runtime.chanrecv", false, GOPM__ROLE_CHANRECV},
    {"runtime.chanrecv1", false, GOPM__ROLE_CHANRECV1},
    {"runtime.chanrecv2", false, GOPM__ROLE_CHANRECV1},
    {"runtime.closechan", false, GOPM__ROLE_CLOSECHAN},
    {"runtime.gopark", false, GOPM__ROLE_GOPARK},
    {"runtime.goparkunlock", false, GOPM__ROLE_GOPARKUNLOCK},
    {"runtime.selectgo", false, GOPM__ROLE_SELECTGO},
    {"runtime.semacquire1", false, GOPM__ROLE_SEMACQUIRE1},
    {"runtime.semacquire", false, GOPM__ROLE_SEMACQUIRE},
    {"sync.runtime_Semacquire", false, GOPM__ROLE_SEMACQUIRE},
    {"sync.runtime_SemacquireMutex", false, GOPM__ROLE_SEMACQUIRE},
    {"sync.runtime_SemacquireRWMutexR", false, GOPM__ROLE_SEMACQUIRE},
    {"sync.runtime_SemacquireRWMutex", false, GOPM__ROLE_SEMACQUIRE},
    {"sync.runtime_SemacquireWaitGroup", false, GOPM__ROLE_SEMACQUIRE},
    {"internal/sync.runtime_SemacquireMutex", false, GOPM__ROLE_SEMACQUIRE},
    {"internal/poll.runtime_Semacquire", false, GOPM__ROLE_SEMACQUIRE},
    {"internal/sync.(*Mutex).lockSlow", false, GOPM__ROLE_MUTEX_LOCK_SLOW},
    {"sync.(*Mutex).lockSlow", false, GOPM__ROLE_MUTEX_LOCK_SLOW},
    {"sync.(*RWMutex).RLock", false, GOPM__ROLE_RWMUTEX_RLOCK},
    {"sync.runtime_notifyListWait", false, GOPM__ROLE_NOTIFY_LIST_WAIT},
    {"runtime.netpollblock", false, GOPM__ROLE_POLL_WAIT},
    {"internal/poll.runtime_pollWait", false, GOPM__ROLE_POLL_WAIT},
    {"time.Sleep", false, GOPM__ROLE_SLEEP},
};

static gopm_str text(const char *s)
{
	return (gopm_str){s, strlen(s)};
}

static void test_roles(void **state)
{
	char longer[64];

	(void)state;
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		gopm_str name = text(roles[i].name);
		assert_int_equal(gopm__function_role(name, true), roles[i].role);
		assert_int_equal(gopm__function_role(name, false),
		                 roles[i].needs_id ? GOPM__ROLE_NORMAL : roles[i].role);
		(void)snprintf(longer, sizeof longer, "%s.func1", roles[i].name);
		assert_int_equal(gopm__function_role(text(longer), true), GOPM__ROLE_NORMAL);
		assert_int_equal(gopm__function_role((gopm_str){name.data + 1, name.size - 1}, true),
		                 GOPM__ROLE_NORMAL);
	}
	assert_int_equal(gopm__function_role(text("main.main"), true), GOPM__ROLE_NORMAL);
	assert_int_equal(gopm__function_role((gopm_str){NULL, 0}, true), GOPM__ROLE_NORMAL);
}

static void test_channel_roles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		bool of_channel = strstr(roles[i].name, "chan") != NULL;
		assert_int_equal(gopm__is_channel_role(roles[i].role), of_channel);
	}
	assert_false(gopm__is_channel_role(GOPM__ROLE_NORMAL));
}

static void test_call_effects(void **state)
{
	static const struct {
		const char *name;
		enum gopm__call_effect effect;
	} expected[] = {
	    {"runtime.morestack_noctxt", GOPM__CALL_RESTARTS},
	    {"runtime.gcWriteBarrierCX", GOPM__CALL_WRITE_BARRIER},
	    {"runtime.gcWriteBarrier2", GOPM__CALL_WRITE_BARRIER},
	    {"runtime.panicIndex", GOPM__CALL_NORETURN},
	    {"runtime.gopanic", GOPM__CALL_NORETURN},
	    {"runtime.goPanicIndex", GOPM__CALL_NORETURN},
	    {"runtime.throw", GOPM__CALL_NORETURN},
	    {"runtime.fatalthrow", GOPM__CALL_NORETURN},
	    {"runtime.Goexit", GOPM__CALL_NORETURN},
	    {"runtime.newobject", GOPM__CALL_NORMAL},
	    {"runtime.", GOPM__CALL_NORMAL},
	    {"main.runtime.throw", GOPM__CALL_NORMAL},
	    {"", GOPM__CALL_NORMAL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		assert_int_equal(gopm__function_call_effect(text(expected[i].name)), expected[i].effect);
	}
}

/* A method may have a name that only begins so. */
static void test_go_wrappers(void **state)
{
	static const struct {
		const char *name;
		bool is;
	} rows[] = {{"main.main.gowrap1", true},  {"main.f.func2.gowrap10", true}, {"main.f[...].gowrap3", true},
	            {"main.main.gowrap", false},  {"main.(*T).gowrapper", false},  {"main.T.gowrap1x", false},
	            {"main.f.deferwrap1", false}, {"main.gowrap1.func1", false},   {"", false}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(gopm__name_is_go_wrapper((gopm_str){rows[i].name, strlen(rows[i].name)}), rows[i].is);
	}
}

static void test_packages(void **state)
{
	(void)state;
	assert_true(gopm__name_is_runtime(text("runtime.GC")));
	assert_false(gopm__name_is_runtime(text("runtime/debug.Stack")));
	assert_true(gopm__name_is_private_runtime(text("runtime.gopark")));
	assert_false(gopm__name_is_private_runtime(text("runtime.Gosched")));
	assert_true(gopm__name_is_user(text("main.main")));
	assert_true(gopm__name_is_user(text("runtime.Gosched")));
	assert_false(gopm__name_is_user(text("runtime.gopark")));
	assert_false(gopm__name_is_user(text("internal/poll.(*FD).Read")));
	assert_false(gopm__name_is_user(text("iter.Pull[...]")));
	assert_false(gopm__name_is_user(text("_cgo_panic")));
	assert_false(gopm__name_is_user(text("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_roles),    cmocka_unit_test(test_channel_roles), cmocka_unit_test(test_call_effects),
	    cmocka_unit_test(test_packages), cmocka_unit_test(test_go_wrappers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
