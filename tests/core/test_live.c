/* A process as a virtual core: children of this test write down where they are, and that is what has to be
 * read of them. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "core/live_child.h"

static void with_secret(void)
{
	static volatile char secret[100000];

	for (size_t i = 0; i < sizeof secret; i++) {
		secret[i] = (char)(i * 7 + (i >> 8));
	}
	shared->address[0] = (uintptr_t)secret;
	spinning();
}

static void reads_a_stopped_process(void **state)
{
	struct parsed parsed;
	struct gopm__live *live;

	(void)state;
	pid_t pid = start(with_secret);
	await_ready(SPINNERS);
	open_live(&live, pid);
	assert_runs();
	stop_live(live);
	assert_int_equal(gopm__live_thread_count(live), SPINNERS);
	assert_int_equal(gopm__live_asleep_count(live), 0);
	image_live(live);
	parse(live, &parsed);
	const struct gopm__corefile *core = &parsed.core;
	assert_int_equal(core->pid, pid);
	assert_int_equal(core->thread_count, SPINNERS);
	assert_int_equal(core->threads[0].id, pid);
	for (size_t i = 0; i < SPINNERS; i++) {
		size_t at = 0;
		while (at < SPINNERS && core->threads[at].id != (uint64_t)shared->thread[i].id) {
			at++;
		}
		assert_true(at < SPINNERS);
		const struct gopm__thread *t = &core->threads[at];
		uint64_t pc = t->registers.value[core->arch->pc], sp = t->registers.value[core->arch->sp];
		assert_true(pc >= (uintptr_t)__start_gopm_spin && pc < (uintptr_t)__stop_gopm_spin);
		assert_true(sp >= shared->thread[i].stack);
		assert_true(sp < shared->thread[i].stack + shared->thread[i].stack_size);
		assert_int_equal(t->signal, 0);
	}
	char secret[100000];
	struct gopm__reader reader = gopm__reader(&core->memory);
	assert_int_equal(gopm__read_copy(&reader, shared->address[0], secret, sizeof secret), sizeof secret);
	for (size_t i = 0; i < sizeof secret; i++) {
		assert_int_equal(secret[i], (char)(i * 7 + (i >> 8)));
	}
	/* Nothing moves until it is let go. */
	uint64_t counts[SPINNERS];
	for (size_t i = 0; i < SPINNERS; i++) {
		counts[i] = atomic_load(&shared->thread[i].count);
	}
	(void)usleep(20000);
	for (size_t i = 0; i < SPINNERS; i++) {
		assert_int_equal(atomic_load(&shared->thread[i].count), counts[i]);
	}
	assert_true(gopm__live_resume(live) > 20000000);
	assert_int_equal(gopm__live_resume(live), 0);
	assert_runs();
	parsed_close(&parsed);
	gopm__live_close(live);
	end(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_a_stopped_process),
	};

	return under_valgrind() ? 77 : cmocka_run_group_tests(tests, NULL, NULL);
}
