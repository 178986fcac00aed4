/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that cannot be read, or that have changed: the error says why, and what to do. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "core/live_child.h"
#include "support/testcore.h"

static void expect_message(gopm_error *err, const char *text)
{
	if (strstr(gopm_error_message(err), text) == NULL) {
		print_error("%s\nhas no: %s\n", gopm_error_message(err), text);
	}
	assert_non_null(strstr(gopm_error_message(err), text));
	gopm_error_free(err);
}

static void refuses(uint32_t pid, gopm_status status, const char *text)
{
	struct gopm__live *live;
	gopm_error *err = NULL;

	assert_int_equal(gopm__live_open(pid, &live, &err), status);
	assert_null(live);
	expect_message(err, text);
	assert_int_equal(gopm__live_open(pid, &live, NULL), status);
}

static void refuses_to_stop(pid_t pid, const char *text)
{
	struct gopm__live *live;
	gopm_error *err = NULL;

	open_live(&live, pid);
	assert_int_equal(gopm__live_stop(live, &err), GOPM_ERR_PERMISSION);
	expect_message(err, text);
	assert_int_equal(gopm__live_stop(live, NULL), GOPM_ERR_PERMISSION);
	assert_int_equal(gopm__live_resume(live), 0);
	gopm__live_close(live);
}

static void nothing(void)
{
}

static void refuses_what_is_none(void **state)
{
	(void)state;
	pid_t pid = start(nothing);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	refuses((uint32_t)pid, GOPM_ERR_NO_PROCESS, "a zombie");
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	refuses((uint32_t)pid, GOPM_ERR_NO_PROCESS, "no such process");
	refuses(0, GOPM_ERR_ARGUMENT, "not a process number");
	refuses(UINT32_MAX, GOPM_ERR_ARGUMENT, "not a process number");
	refuses((uint32_t)getpid(), GOPM_ERR_ARGUMENT, "itself");
	/* Process 2 is kthreadd, except in a container. */
	if (status_number(2, "PPid") == 0 && status_number(2, "VmSize") == -1) {
		refuses(2, GOPM_ERR_UNSUPPORTED, "kernel");
	}
}

static void refuses_a_thread(void **state)
{
	char text[64];

	(void)state;
	pid_t pid = start(ticking);
	await_ready(SPINNERS);
	(void)snprintf(text, sizeof text, "a thread of process %d", pid);
	refuses((uint32_t)shared->thread[1].id, GOPM_ERR_ARGUMENT, text);
	end(pid);
}

static void refuses_what_is_traced(void **state)
{
	char text[96], name[32] = "";

	(void)state;
	pid_t pid = start(ticking);
	await_ready(SPINNERS);
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t tracer = fork();
	if (tracer == 0) {
		/* It traces one thread, not the first one. */
		long result = ptrace(PTRACE_SEIZE, shared->thread[SPINNERS - 1].id, NULL, NULL);
		(void)!write(ready[1], result == 0 ? "y" : "n", 1);
		for (;;) {
			(void)pause();
		}
	}
	assert_int_equal(read(ready[0], name, 1), 1);
	assert_int_equal(name[0], 'y');
	assert_int_equal(prctl(PR_GET_NAME, name, 0, 0, 0), 0);
	(void)snprintf(text, sizeof text, "process %d (%s) traces it already", tracer, name);
	refuses_to_stop(pid, text);
	assert_runs();
	assert_int_equal(status_number(pid, "TracerPid"), 0);
	assert_int_equal(kill(tracer, SIGKILL), 0);
	assert_int_equal(waitpid(tracer, NULL, 0), tracer);
	/* Now the process can be opened. */
	struct gopm__live *live;
	open_live(&live, pid);
	stop_live(live);
	gopm__live_close(live);
	end(pid);
	assert_int_equal(close(ready[0]), 0);
	assert_int_equal(close(ready[1]), 0);
}

static bool become_nobody(void)
{
	return setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0;
}

static bool enter_user_namespace(void)
{
	return unshare(CLONE_NEWUSER) == 0;
}

/* Runs `became` in a child, and expects that opening the process fails there, with this reason. */
static void denied_to(bool (*became)(void), pid_t target, const char *expected)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct gopm__live *live;
		gopm_error *err = NULL;
		if (!became()) {
			_exit(77);
		}
		if (gopm__live_open((uint32_t)target, &live, &err) != GOPM_ERR_PERMISSION) {
			_exit(2);
		}
		if (strstr(gopm_error_message(err), expected) == NULL) {
			print_error("%s\n", gopm_error_message(err));
			_exit(3);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		skip(); /* not allowed here */
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void refuses_another_user(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		skip();
	}
	pid_t pid = start(ticking);
	await_ready(SPINNERS);
	denied_to(become_nobody, pid, "belongs to user 0; run as that user, as root");
	denied_to(enter_user_namespace, pid, "another user namespace; run as root outside");
	end(pid);
}

static void undumpable(void)
{
	if (!become_nobody()) {
		_exit(1);
	}
	(void)prctl(PR_SET_DUMPABLE, 0);
	ticking();
}

static void refuses_what_hides(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		skip();
	}
	pid_t pid = start(undumpable);
	await_ready(SPINNERS);
	denied_to(become_nobody, pid, "run as root or with CAP_SYS_PTRACE");
	/* Root may still read it. */
	struct gopm__live *live;
	open_live(&live, pid);
	stop_live(live);
	gopm__live_close(live);
	end(pid);
}

/* A child that executes another program, given by its path, after a signal. */
static char program[64];

static void await_quit(void)
{
	while (atomic_load(&shared->quit) == 0) {
		(void)usleep(500);
	}
}

static void execute_sleep(void)
{
	(void)atomic_fetch_add(&shared->ready, 1);
	await_quit();
	(void)execl(program, "a name", "1000", (char *)NULL);
	_exit(1);
}

static void copy_program(const char *from)
{
	char buffer[65536];
	ssize_t got;

	test_file(program, "", 0);
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(program, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_true(in >= 0 && out >= 0);
	while ((got = read(in, buffer, sizeof buffer)) > 0) {
		assert_int_equal(write(out, buffer, (size_t)got), got);
	}
	assert_int_equal(fchmod(out, 0755), 0);
	assert_int_equal(close(in), 0);
	assert_int_equal(close(out), 0);
}

static bool is_asleep(pid_t pid)
{
	char path[32], name[32] = "";

	(void)snprintf(path, sizeof path, "/proc/%d/comm", pid);
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return false;
	}
	(void)!fgets(name, sizeof name, file);
	(void)fclose(file);
	return strncmp(name, program + 5, 15) == 0 && thread_state(pid, pid) == 'S';
}

static void sees_another_program(void **state)
{
	struct gopm__live *live;
	gopm_error *err = NULL;

	(void)state;
	copy_program("/bin/sleep");
	pid_t pid = start(execute_sleep);
	await_ready(1);
	open_live(&live, pid);
	atomic_store(&shared->quit, 1);
	while (!is_asleep(pid)) {
		(void)usleep(500);
	}
	assert_int_equal(gopm__live_stop(live, &err), GOPM_ERR_IO);
	expect_message(err, "executed another program");
	gopm__live_close(live);
	open_live(&live, pid);
	stop_live(live);
	gopm__live_close(live);
	end(pid);
	assert_int_equal(unlink(program), 0);
}

static void has_a_deleted_executable(void **state)
{
	struct gopm__live *live;
	struct parsed parsed;
	struct stat original, seen;
	char a[4096], b[4096];

	(void)state;
	copy_program("/bin/sleep");
	pid_t pid = start(execute_sleep);
	await_ready(1);
	atomic_store(&shared->quit, 1);
	while (!is_asleep(pid)) {
		(void)usleep(500);
	}
	assert_int_equal(stat(program, &original), 0);
	assert_int_equal(unlink(program), 0);
	open_live(&live, pid);
	stop_live(live);
	image_live(live);
	assert_int_equal(fstat(gopm__live_exe(live), &seen), 0);
	assert_int_equal(seen.st_ino, original.st_ino);
	int fd = open("/bin/sleep", O_RDONLY | O_CLOEXEC);
	for (off_t at = 0;; at += (off_t)sizeof a) {
		ssize_t got = pread(fd, a, sizeof a, at);
		assert_int_equal(pread(gopm__live_exe(live), b, sizeof b, at), got);
		if (got <= 0) {
			break;
		}
		assert_memory_equal(a, b, (size_t)got);
	}
	assert_int_equal(close(fd), 0);
	parse(live, &parsed);
	/* As the kernel does, with the name it was started with. */
	assert_int_equal(parsed.core.command_line.size, strlen("a name 1000"));
	assert_memory_equal(parsed.core.command_line.data, "a name 1000", strlen("a name 1000"));
	(void)snprintf(a, sizeof a, "%s (deleted)", program);
	size_t named = 0;
	for (size_t i = 0; i < parsed.core.file_count; i++) {
		gopm_str path = parsed.core.files[i].path;
		named += path.size == strlen(a) && memcmp(path.data, a, path.size) == 0;
	}
	assert_true(named >= 3);
	/* Through its root directory, as a host sees a container. */
	(void)snprintf(a, sizeof a, "%s/bin/sleep", gopm__live_root(live));
	assert_int_equal(access(a, R_OK), 0);
	parsed_close(&parsed);
	gopm__live_close(live);
	end(pid);
}

/* A 32-bit ELF program for i386, of one page, that calls pause() for ever. */
static void refuses_32_bits(void **state)
{
	static const uint8_t file[] = {
	    0x7f, 'E', 'L', 'F', 1,    1,    1,    0,    0,    0,    0,    0,    0,  0,    0,    0, /* e_ident */
	    2,    0,   3,   0,   1,    0,    0,    0,    0x54, 0x80, 0x04, 0x08, 52, 0,    0,    0, /* ET_EXEC, EM_386,
	                                                                                               entry, e_phoff */
	    0,    0,   0,   0,   0,    0,    0,    0,    52,   0,    32,   0,    1,  0,    0,    0,    0,
	    0,    0,   0,                                                                              /* sizes */
	    1,    0,   0,   0,   0,    0,    0,    0,    0,    0x80, 0x04, 0x08, 0,  0x80, 0x04, 0x08, /* PT_LOAD */
	    0x60, 0,   0,   0,   0x60, 0,    0,    0,    5,    0,    0,    0,    0,  0x10, 0,    0,    /* sizes, flags,
	                                                                                                  align */
	    0xb8, 29,  0,   0,   0,    0xcd, 0x80, 0xeb, 0xf7, 0,    0,    0, /* mov eax, 29; int 0x80; jmp */
	};

	(void)state;
	test_file(program, file, sizeof file);
	assert_int_equal(chmod(program, 0755), 0);
	pid_t pid = start(execute_sleep);
	await_ready(1);
	atomic_store(&shared->quit, 1);
	while (thread_state(pid, pid) != 'Z' && !is_asleep(pid)) {
		(void)usleep(500);
	}
	bool runs = thread_state(pid, pid) != 'Z';
	if (runs) {
		refuses((uint32_t)pid, GOPM_ERR_UNSUPPORTED, "32-bit");
	}
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(unlink(program), 0);
	if (!runs) {
		skip(); /* the kernel cannot run 32-bit programs, or this is another CPU */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(refuses_what_is_none),     cmocka_unit_test(refuses_a_thread),
	    cmocka_unit_test(refuses_what_is_traced),   cmocka_unit_test(refuses_another_user),
	    cmocka_unit_test(refuses_what_hides),       cmocka_unit_test(sees_another_program),
	    cmocka_unit_test(has_a_deleted_executable), cmocka_unit_test(refuses_32_bits),
	};

	return under_valgrind() ? 77 : cmocka_run_group_tests(tests, NULL, NULL);
}
