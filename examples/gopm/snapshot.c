/* SPDX-License-Identifier: Apache-2.0 */
/* gopm snapshot: a small core of a live process. */
#include "slim.h"

static const char usage[] = "usage: gopm snapshot [options] -o SMALL PID\n"
                            "\n"
                            "Writes a small core of a live process, as gopm slim makes one of a big core. The\n"
                            "process stands still while what is needed is copied, and goes on before anything\n"
                            "is written. It needs the right to trace it: its user's, and where\n"
                            "/proc/sys/kernel/yama/ptrace_scope is not 0 root's or CAP_SYS_PTRACE.\n"
                            "\n" SLIM_USAGE SESSION_USAGE;

static int snapshot_run(const struct command *command, int argc, char **argv)
{
	struct slim slim;
	struct session session;
	uint64_t pid;
	int code = slim_options(&slim, &session, command, argc, argv);

	if (code != -1) {
		return code;
	}
	if (argc - optind != 1) {
		return usage_error(command, argc - optind < 1 ? "no PID named" : "too many arguments");
	}
	if (!parse_u64(argv[optind], &pid) || pid == 0 || pid > UINT32_MAX) {
		return usage_error(command, "not the number of a process: %s", argv[optind]);
	}
	session.options.core_pid = (uint32_t)pid;
	return slim_write(&slim, &session);
}

const struct command command_snapshot = {"snapshot", "write a small core of a live process", usage, snapshot_run};
