/* SPDX-License-Identifier: Apache-2.0 */
/* What `gopm slim` and `gopm snapshot` share: their options, and the call. */
#ifndef GOPM_COMMAND_SLIM_H
#define GOPM_COMMAND_SLIM_H

#include "command.h"

struct slim {
	gopm_slim_options options;
	bool json;
};

#define SLIM_USAGE                                                                                                     \
	"  -o, --output SMALL  the file to write, compressed by zstd where its name ends\n"                            \
	"                      in .zst; \"-\" is standard output\n"                                                    \
	"  -p, --profile NAME  default: goroutines, stacks, and what variables lead to;\n"                             \
	"                      stacks: no heap data, for privacy; heap: the heap too,\n"                               \
	"                      but for the contents of objects without pointers\n"                                     \
	"  -f, --force         replace SMALL\n"                                                                        \
	"  -j, --json          what was done, as JSON\n"                                                               \
	"      --self-contained\n"                                                                                     \
	"                      keep the executable's pages, so that SMALL is enough alone\n"                           \
	"      --zstd          compress whatever the name says\n"                                                      \
	"      --level N       zstd's level (default 3)\n"                                                             \
	"      --threads N     threads that compress (default: CPUs, at most 8)\n"                                     \
	"      --max-depth N   pointers followed from variables (default 2; 0: none)\n"                                \
	"      --max-object N  bytes of one object that a stack points to (default 4096)\n"                            \
	"      --max-reach N   bytes of all such objects (default 64 MiB)\n"                                           \
	"      --max-stacks N  goroutines whose variables are all read (default 10000)\n"

/* session_init() and all options. Returns -1 to go on, else the exit code. */
int slim_options(struct slim *slim, struct session *session, const struct command *command, int argc, char **argv);

/* Writes, and says what was done; returns the exit code. */
int slim_write(struct slim *slim, struct session *session);

#endif
