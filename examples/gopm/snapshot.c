/* SPDX-License-Identifier: Apache-2.0 */
/* gopm snapshot: a small core of a live process. */
#include "slim.h"

static const struct example examples[] = {
    {"snapshot -o small.zst 4711", "write a small core of process 4711"},
    {"snapshot --profile stacks -o - 4711 >stacks.core", "write one without heap data to standard output"},
    {0},
};

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
		return usage_error(command, argc - optind < 1 ? "no PID given" : "too many arguments");
	}
	if (!parse_u64(argv[optind], &pid) || pid == 0 || pid > UINT32_MAX) {
		return usage_error(command, "not a process ID: %s", argv[optind]);
	}
	session.options.core_pid = (uint32_t)pid;
	return slim_write(&slim, &session);
}

const struct command command_snapshot = {
    .name = "snapshot",
    .summary = "write a small core of a live process",
    .arguments = "[options] -o SMALL PID",
    .about = "Writes a small core of a live process, as gopm slim does from a large core. The process is stopped while "
             "its memory is copied, and resumes before the file is written.\n\n"
             "You need permission to trace the process: be its user, or root if "
             "/proc/sys/kernel/yama/ptrace_scope is not 0 (or have CAP_SYS_PTRACE).",
    .options = slim_tables,
    .examples = examples,
    .run = snapshot_run,
    .old_letter = "fF",
};
