/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands, and what they share. */
#ifndef GOPM_COMMAND_COMMAND_H
#define GOPM_COMMAND_COMMAND_H

#include <getopt.h>
#include <gopm/gopm.h>
#include <stdbool.h>

/* Exit codes: part of the command's interface, see docs/gopm.md. */
#define EXIT_DONE 0
#define EXIT_FAILED 1  /* a file cannot be read, or is not what it must be */
#define EXIT_USAGE 2   /* the command line is wrong */
#define EXIT_NOTHING 3 /* all is well, but what was asked for is not there */

struct command {
	const char *name;
	const char *summary;
	const char *usage; /* the whole --help text */
	int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command command_info, command_goroutines, command_stack, command_traceback, command_threads,
    command_findings, command_mappings, command_slim, command_snapshot, command_vars, command_type, command_print;

/* What every subcommand takes: CORE [EXE] and the options about opening them. */
struct session {
	const struct command *command;
	const char *core_path, *exe_path;
	gopm_core_options options;
	bool quiet;
	gopm_core *core;
};

/* For the end of each subcommand's option table. */
#define SESSION_OPTIONS                                                                                                \
	{"no-dwarf", no_argument, NULL, 0x101}, {"no-search", no_argument, NULL, 0x102},                               \
	    {"sysroot", required_argument, NULL, 0x103}, {"tmp", required_argument, NULL, 0x104},                      \
	    {"pid", required_argument, NULL, 0x105}, {"quiet", no_argument, NULL, 'q'},                                \
	    {"help", no_argument, NULL, 'h'},                                                                          \
	{                                                                                                              \
		NULL, 0, NULL, 0                                                                                       \
	}
#define SESSION_USAGE                                                                                                  \
	"\nOptions of every command:\n"                                                                                \
	"      --no-dwarf      do not read the executable's DWARF (no variables); for\n"                               \
	"                      executables nobody vouches for\n"                                                       \
	"      --no-search     open no file that is not named\n"                                                       \
	"      --sysroot DIR   folder that stands before paths taken from the core\n"                                  \
	"      --tmp DIR       where a compressed core is unpacked (default /var/tmp)\n"                               \
	"      --pid PID       of a live process instead of CORE; it stands still while\n"                             \
	"                      this looks at it\n"                                                                     \
	"  -q, --quiet         no warnings and no progress on standard error\n"                                        \
	"  -h, --help          this text\n"                                                                            \
	"\nCORE may be compressed by zstd, lz4 or xz; \"-\" is standard input. EXE is found\n"                         \
	"through the core when it is not named. Exit codes: 0 done, 1 failed, 2 wrong\n"                               \
	"command line, 3 nothing found.\n"

void session_init(struct session *session, const struct command *command);

/* Handles an option of SESSION_OPTIONS, '?' and ':' too. Returns -1 to go on, else the exit code.
 * `argv` is for the message. */
int session_option(struct session *session, int option, char **argv);

/* Takes CORE [EXE], or [EXE] after --pid, from what getopt left into the options. CORE "-" is standard input. As
 * session_open(). */
int session_files(struct session *session, int argc, char **argv);

/* Takes CORE [EXE] from what getopt left and opens them. Returns -1 to go on, else the exit code. */
int session_open(struct session *session, int argc, char **argv);

/* session_init(), and all options of a command that has --json and no other of its own. Returns -1 to go on, else the
 * exit code. */
int session_options_json(struct session *session, const struct command *command, int argc, char **argv, bool *json);

/* Reports what was found damaged, closes, flushes; returns `code`. */
int session_close(struct session *session, int code);

/* Prints `err` (and frees it), or the status where there is none; returns EXIT_FAILED. */
int session_fail(gopm_status status, gopm_error *err);

/* Prints a message about the command line; returns EXIT_USAGE. */
int usage_error(const struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A whole number, decimal or 0x; false and nothing printed when it is none. */
bool parse_u64(const char *text, uint64_t *value);

#endif
