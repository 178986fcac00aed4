/* SPDX-License-Identifier: Apache-2.0 */
/* gopm slim: a small core of a big one. */
#include "slim.h"

static const char usage[] = "usage: gopm slim [options] -o SMALL CORE [EXE]\n"
                            "\n"
                            "Writes a small core: what a postmortem needs of CORE, and nothing else. gopm\n"
                            "answers on goroutines, threads, stacks and variables as before; Delve and gdb\n"
                            "open it too. CORE \"-\" is standard input, as the kernel's core_pattern gives it.\n"
                            "\n" SLIM_USAGE SESSION_USAGE;

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

const struct command command_slim = {"slim", "write a small core of a big one", usage, slim_run};
