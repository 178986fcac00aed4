/* SPDX-License-Identifier: Apache-2.0 */
/* gopm slim: a small core from a large one. */
#include "slim.h"

static const struct example examples[] = {
    {"slim -o small.zst core", "write a small core, compressed by zstd"},
    {"slim --profile stacks -o stacks.zst core", "write one without heap data"},
    {"slim -o small.zst - <core", "read the core from a pipe, as in the kernel's core_pattern"},
    {0},
};

static int slim_run(const struct command *command, int argc, char **argv)
{
	struct slim slim;
	struct session session;
	int code = slim_options(&slim, &session, command, argc, argv);

	if (code != -1) {
		return code;
	}
	code = session_files(&session, argc, argv);
	if (code != -1) {
		return code;
	}
	return slim_write(&slim, &session);
}

const struct command command_slim = {
    .name = "slim",
    .summary = "write a small core from a large one",
    .arguments = "[options] -o SMALL CORE [EXE]",
    .about = "Writes a small core with the part of CORE that a postmortem needs. gopm gives the same answers on "
             "goroutines, threads, stacks and variables; Delve and gdb can open it too.",
    .options = slim_tables,
    .examples = examples,
    .run = slim_run,
    .old_letter = "fF",
};
