/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "output.h"
#include "progress.h"

const struct option_row session_rows[] = {
    {0x101, "no-dwarf", NULL,
     "do not read the executable's DWARF, for executables that you do not trust; there are no variables then"},
    {0x102, "no-search", NULL, "open only the files that you name"},
    {0x103, "sysroot", "DIR", "folder to prepend to paths from the core"},
    {0x104, "tmp", "DIR", "folder to unpack a compressed core in (default /var/tmp)"},
    {0x105, "pid", "PID", "read a live process instead of CORE; it is stopped until gopm ends"},
    {'q', "quiet", NULL, "print no warnings and no progress"},
    {'h', "help", NULL, "print this text"},
    {0},
};

static const struct option_row json_rows[] = {
    {'j', "json", NULL, "print {\"result\":...}"},
    {0},
};
const struct option_row *const json_options[] = {json_rows, NULL};

void session_init(struct session *session, const struct command *command)
{
	memset(session, 0, sizeof *session);
	session->command = command;
	gopm_core_options_init(&session->options, sizeof session->options);
	opterr = 0; /* gopm prints its own messages */
	optind = 1;
}

int usage_error(const struct command *command, const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (command != NULL) {
		complain("%s: %s (see gopm %s --help)", command->name, line, command->name);
	} else {
		complain("%s (see gopm --help)", line);
	}
	return EXIT_USAGE;
}

int session_option(struct session *session, int option, char **argv)
{
	switch (option) {
	case 0x101:
		session->options.flags |= GOPM_OPEN_NO_DWARF;
		return -1;
	case 0x102:
		session->options.flags |= GOPM_OPEN_NO_SEARCH;
		return -1;
	case 0x103:
		session->options.sysroot = optarg;
		return -1;
	case 0x104:
		session->options.temporary_folder = optarg;
		return -1;
	case 0x105: {
		uint64_t pid;
		if (!parse_u64(optarg, &pid) || pid == 0 || pid > UINT32_MAX) {
			return usage_error(session->command, "not a process ID: %s", optarg);
		}
		session->options.core_pid = (uint32_t)pid;
		return -1;
	}
	case 'q':
		session->quiet = true;
		return -1;
	case 'h':
		help_print(session->command);
		return EXIT_DONE;
	case ':':
		return usage_error(session->command, "option %s needs a value", argv[optind - 1]);
	default:
		/* For a long option, optopt is 0 or the option's id. A letter may be in the middle of its argument. */
		if (optopt > ' ' && optopt < 127 && !options_has_letter(optopt)) {
			return usage_error(session->command, "unknown option -%c%s", optopt,
			                   session->command == &command_print
			                       ? "; put -- before an expression that starts with -"
			                       : "");
		}
		return usage_error(session->command, "unknown or ambiguous option %s", argv[optind - 1]);
	}
}

int session_fail(gopm_status status, gopm_error *err)
{
	if (err != NULL) {
		complain("%s", gopm_error_message(err));
		gopm_error_free(err);
	} else {
		complain("%s", gopm_status_text(status));
	}
	return EXIT_FAILED;
}

int session_no_stack(uint64_t goroutine_id, uint64_t thread_id)
{
	if (thread_id != 0) {
		complain("no thread %llu; list threads with gopm threads", (unsigned long long)thread_id);
	} else {
		complain("no goroutine %llu; list goroutines with gopm goroutines", (unsigned long long)goroutine_id);
	}
	return EXIT_NOTHING;
}

int option_number(const struct session *session, const char *name, uint64_t *value)
{
	if (!parse_u64(optarg, value) || *value == 0) {
		return usage_error(session->command, "--%s needs a number above 0, not %s", name, optarg);
	}
	return -1;
}

int session_files(struct session *session, int argc, char **argv)
{
	int first = session->options.core_pid != 0 ? 0 : 1; /* arguments before EXE */

	if (argc - optind < first) {
		return usage_error(session->command, "no CORE given");
	}
	if (argc - optind > first + 1) {
		return usage_error(session->command, "too many arguments: %s", argv[optind + first + 1]);
	}
	session->exe_path = argc - optind > first ? argv[optind + first] : NULL;
	session->options.exe_path = session->exe_path;
	if (first == 1 && strcmp(argv[optind], "-") == 0) {
		session->options.core_fd = STDIN_FILENO;
	} else if (first == 1) {
		session->core_path = argv[optind];
		session->options.core_path = session->core_path;
	}
	return -1;
}

int session_open(struct session *session, int argc, char **argv)
{
	gopm_error *err = NULL;

	int code = session_files(session, argc, argv);
	if (code != -1) {
		return code;
	}

	progress_start("opening the core", session->quiet);
	gopm_status status = gopm_core_open(&session->options, &session->core, &err);
	progress_stop();
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	return -1;
}

/* Prints the first few findings as warnings. */
static void report_findings(const struct session *session)
{
	enum { shown = 3 };
	gopm_finding records[shown];
	gopm_finding_iter *it = NULL;
	size_t got = 0;
	uint64_t total = gopm_finding_total(session->core), shown_count = 0;

	if (total == 0 || gopm_finding_iter_open(session->core, &it, NULL) != GOPM_OK) {
		return;
	}
	if (gopm_finding_iter_next(it, records, sizeof records[0], shown, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			complain("warning: %.*s", (int)records[i].message.size, records[i].message.data);
			shown_count += records[i].count;
		}
	}
	if (shown_count < total) {
		complain("warning: %llu more findings; list them with gopm findings",
		         (unsigned long long)(total - shown_count));
	}
	gopm_finding_iter_free(it);
}

int session_options_json(struct session *session, const struct command *command, int argc, char **argv, bool *json)
{
	int option, code = -1;

	*json = false;
	session_init(session, command);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		if (option == 'j') {
			*json = true;
		} else {
			code = session_option(session, option, argv);
		}
	}
	return code;
}

int session_close(struct session *session, int code)
{
	output_flush();
	if (session->core != NULL && !session->quiet && session->command != &command_findings) {
		report_findings(session);
	}
	gopm_core_close(session->core);
	session->core = NULL;
	return code;
}

bool parse_u64(const char *text, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9') {
		return false;
	}
	errno = 0;
	*value = strtoull(text, &end, text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10);
	return errno == 0 && *end == '\0';
}
