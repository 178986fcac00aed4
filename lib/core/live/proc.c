/* SPDX-License-Identifier: Apache-2.0 */
/* Reads files in /proc/PID, and explains why the kernel refuses access to a process. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/live/live_private.h"

int gopm__live_slurp(int directory, const char *name, struct gopm__text *text)
{
	char buffer[16384];
	int result = 0;
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		return errno;
	}
	for (;;) {
		ssize_t got = read(fd, buffer, sizeof buffer);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			result = errno;
		}
		if (got <= 0) {
			break;
		}
		gopm__text_add(text, buffer, (size_t)got);
	}
	(void)close(fd);
	return text->failed ? ENOMEM : result;
}

uint64_t gopm__live_status_number(const struct gopm__text *status, const char *key, uint64_t missing)
{
	size_t size = strlen(key);

	for (const char *line = status->data; line != NULL && *line != '\0';) {
		if (strncmp(line, key, size) == 0 && line[size] == ':') {
			return strtoull(line + size + 1, NULL, 10);
		}
		line = strchr(line, '\n');
		if (line != NULL) {
			line++;
		}
	}
	return missing;
}

char gopm__live_thread_state(const struct gopm__live *live, uint32_t thread)
{
	char name[48];
	struct gopm__text text = {.size = 0};
	char state = '\0';

	(void)snprintf(name, sizeof name, "task/%" PRIu32 "/stat", thread);
	if (gopm__live_slurp(live->directory, name, &text) == 0 && text.data != NULL) {
		/* The name before the state may contain parentheses. */
		const char *at = strrchr(text.data, ')');
		if (at != NULL && at[1] == ' ') {
			state = at[2];
		}
	}
	gopm__text_free(&text);
	return state;
}

DIR *gopm__live_tasks(const struct gopm__live *live)
{
	int fd = openat(live->directory, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		return NULL;
	}
	DIR *tasks = fdopendir(fd);
	if (tasks == NULL) {
		(void)close(fd);
	}
	return tasks;
}

/* Sets *same if the process and this one are in the same namespace. Returns false if that is unknown. */
static bool same_namespace(const struct gopm__live *live, const char *name, bool *same)
{
	char theirs[128], ours[128], path[64];

	(void)snprintf(path, sizeof path, "/proc/self/%s", name);
	ssize_t a = readlinkat(live->space, name, theirs, sizeof theirs), b = readlink(path, ours, sizeof ours);
	*same = a == b && a > 0 && memcmp(theirs, ours, (size_t)a) == 0;
	return a > 0 && b > 0;
}

/* Writes the number of the tracing process, and its name if it can be read: "12 (gdb)". */
static void tracer_text(uint64_t tracer, char *text, size_t size)
{
	char path[48], name[32] = "";
	struct gopm__text status = {.size = 0};

	/* The tracer is a thread. Users know the number of its process. */
	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/status", tracer);
	(void)gopm__live_slurp(AT_FDCWD, path, &status);
	tracer = gopm__live_status_number(&status, "Tgid", tracer);
	gopm__text_free(&status);
	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/comm", tracer);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		ssize_t got = read(fd, name, sizeof name - 1);
		name[got > 0 ? got : 0] = '\0';
		name[strcspn(name, "\n")] = '\0';
		(void)close(fd);
	}
	(void)snprintf(text, size, "%" PRIu64 "%s%s%s", tracer, name[0] != '\0' ? " (" : "", name,
	               name[0] != '\0' ? ")" : "");
}

/* True if this process is in a user namespace other than the initial one, which maps all user ids to themselves. */
static bool in_user_namespace(void)
{
	struct gopm__text map = {.size = 0};
	unsigned long long first = 0, outside = 0, count = 0;

	/* The file is empty if the namespace maps no user yet. */
	bool known = gopm__live_slurp(AT_FDCWD, "/proc/self/uid_map", &map) == 0;
	bool all = map.data != NULL && sscanf(map.data, "%llu %llu %llu", &first, &outside, &count) == 3 &&
	           first == 0 && outside == 0 && count == UINT32_MAX;
	gopm__text_free(&map);
	return known && !all;
}

/* Writes the likely reason why the kernel refused ptrace access, and what to do. The kernel gives no reason, so this
 * checks the causes one by one, the most specific first. */
static void explain_denial(const struct gopm__live *live, uint32_t thread, char *text, size_t size)
{
	struct gopm__text status = {.size = 0}, scope = {.size = 0};
	char path[48], name[64];
	bool same = true;

	/* Each thread has its own tracer. Some may be traced by this process already. */
	(void)snprintf(path, sizeof path, "task/%" PRIu32 "/status", thread);
	(void)gopm__live_slurp(live->directory, path, &status);
	(void)gopm__live_slurp(AT_FDCWD, "/proc/sys/kernel/yama/ptrace_scope", &scope);
	uint64_t tracer = gopm__live_status_number(&status, "TracerPid", 0);
	uint64_t user = gopm__live_status_number(&status, "Uid", geteuid());
	bool seen = same_namespace(live, "ns/user", &same);
	char yama = scope.data != NULL ? scope.data[0] : '0';

	if (tracer != 0) {
		tracer_text(tracer, name, sizeof name);
		(void)snprintf(text, size, "process %s traces it already; stop that tracer first", name);
	} else if (seen ? !same : in_user_namespace()) {
		(void)snprintf(
		    text, size,
		    "it is in another user namespace; run as root outside of containers, or inside that namespace with "
		    "CAP_SYS_PTRACE");
	} else if (user != geteuid() && geteuid() != 0) {
		(void)snprintf(text, size,
		               "it belongs to user %" PRIu64 "; run as that user, as root, or with CAP_SYS_PTRACE",
		               user);
	} else if (yama == '3') {
		(void)snprintf(text, size,
		               "kernel.yama.ptrace_scope is 3, which forbids tracing until the next boot; boot with "
		               "another setting");
	} else if (yama == '1' || yama == '2') {
		(void)snprintf(
		    text, size,
		    "kernel.yama.ptrace_scope is %c, which forbids tracing processes of the same user; run as root or "
		    "with CAP_SYS_PTRACE%s",
		    yama, yama == '1' ? ", or run sysctl kernel.yama.ptrace_scope=0" : "");
	} else if (geteuid() == 0) {
		(void)snprintf(text, size,
		               "root lacks CAP_SYS_PTRACE here, or a security module or seccomp forbids it; give the "
		               "container the "
		               "capability SYS_PTRACE, or run outside of it");
	} else {
		(void)snprintf(text, size,
		               "it has capabilities or is not dumpable (setuid, PR_SET_DUMPABLE), or a security module "
		               "forbids it; "
		               "run as root or with CAP_SYS_PTRACE");
	}
	gopm__text_free(&status);
	gopm__text_free(&scope);
}

gopm_status gopm__live_denied(const struct gopm__live *live, uint32_t thread, int error, const char *what,
                              gopm_error **err)
{
	struct gopm__place place = GOPM__AT_FILE(live->name);
	char why[320];

	if (error == ENOMEM) {
		return gopm__fail_memory(err);
	}
	if (error == ESRCH || error == ENOENT) {
		return gopm__fail(err, GOPM_ERR_NO_PROCESS, place, "%s: the process has ended", what);
	}
	if (error != EPERM && error != EACCES) {
		return gopm__fail(err, GOPM_ERR_IO, place, "%s: %s", what, strerror(error));
	}
	explain_denial(live, thread, why, sizeof why);
	return gopm__fail(err, GOPM_ERR_PERMISSION, place, "%s: %s", what, why);
}
