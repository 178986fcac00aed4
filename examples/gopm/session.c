/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "output.h"
#include "progress.h"

const struct option_row session_rows[] = {
    {0x101, "no-dwarf", NULL,
     "do not read the executable's DWARF, for executables that you do not trust; there are no variables then"},
    {0x102, "no-search", NULL, "open only the files that you name"},
    {0x103, "sysroot", "DIR", "folder to prepend to paths from the core"},
    {0x104, "tmp", "DIR", "folder to unpack a compressed core in (default /var/tmp)"},
    {0x106, "max-unpacked", "SIZE",
     "unpack at most SIZE bytes to disk, and as many to memory, at any ratio: a number, or with K, M, G (default 64G "
     "and 2G, "
     "and not more than 1000 times the compressed size)"},
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
	/* main() reports the signal that a mapped file may cause. */
	session->options.flags |= GOPM_OPEN_MAP;
	opterr = 0; /* gopm prints its own messages */
	optind = 0; /* start again: see options_ask_json() */
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
	case 0x106: {
		uint64_t size;
		if (!parse_size(optarg, &size) || size == 0) {
			return usage_error(session->command, "--max-unpacked needs a size such as 8G, not %s", optarg);
		}
		session->options.max_unpacked_size = session->options.max_unpacked_disk = size;
		session->options.max_unpacked_memory = session->options.max_section_size = size;
		session->options.max_unpacked_ratio = UINT32_MAX;
		return -1;
	}
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
	default:
		return options_error(session->command, option, argv);
	}
}

int session_fail(gopm_status status, gopm_error *err)
{
	complain_error(status, err, NULL);
	gopm_error_free(err);
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

/* The ELF type of a file (ET_EXEC ...). ET_NONE: it is not an ELF file, or cannot be read. */
static unsigned elf_type(const char *path)
{
	unsigned char head[EI_NIDENT + 2] = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat about;
	bool whole = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
	             read(fd, head, sizeof head) == (ssize_t)sizeof head && memcmp(head, ELFMAG, SELFMAG) == 0;

	if (fd >= 0) {
		close(fd);
	}
	unsigned type = head[EI_NIDENT] + 256u * head[EI_NIDENT + 1];
	return whole ? type : ET_NONE;
}

static bool is_executable(const char *path)
{
	unsigned type = path != NULL ? elf_type(path) : ET_NONE;

	return type == ET_EXEC || type == ET_DYN;
}

/* Delve and gdb take EXE first: accepts that order if the files themselves say which is which. */
static void order_files(struct session *session)
{
	const char *first = session->core_path, *second = session->exe_path;

	if (first != NULL && second != NULL && is_executable(first) && !is_executable(second) &&
	    access(second, R_OK) == 0) {
		session->options.core_path = session->core_path = second;
		session->options.exe_path = session->exe_path = first;
	}
}

const char *session_glob(const struct session *session, int argc, char **argv)
{
	const int files = session->options.core_pid != 0 ? 0 : 1;
	const int given = argc - optind;

	return given == files + 2 || (given == files + 1 && access(argv[optind], F_OK) != 0) ? argv[optind++] : NULL;
}

int session_files(struct session *session, int argc, char **argv)
{
	int first = session->options.core_pid != 0 ? 0 : 1; /* arguments before EXE */

	uint64_t number;

	if (argc - optind < first) {
		return usage_error(session->command, "no CORE given");
	}
	if (first == 1 && parse_u64(argv[optind], &number) && access(argv[optind], F_OK) != 0) {
		return usage_error(session->command,
		                   "no file %s; name a goroutine with -g ID, a process with --pid PID", argv[optind]);
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
	order_files(session);
	return -1;
}

int session_fail_open(const struct session *session, gopm_status status, gopm_error *err)
{
	bool advise = status == GOPM_ERR_FORMAT && is_executable(session->core_path);
	char advice[512] = "give CORE first, then EXE";

	if (status == GOPM_ERR_NO_EXECUTABLE && session->exe_path == NULL && session->core_path != NULL) {
		(void)snprintf(advice, sizeof advice, "for example gopm %s %s EXE", session->command->name,
		               session->core_path);
		advise = true;
	}
	complain_error(status, err, advise ? advice : NULL);
	gopm_error_free(err);
	return EXIT_FAILED;
}

int session_open(struct session *session, int argc, char **argv)
{
	gopm_error *err = NULL;

	int code = session_files(session, argc, argv);
	if (code != -1) {
		return code;
	}

	session->options.progress = progress_update;
	progress_start("opening the core", session->quiet);
	gopm_status status = gopm_core_open(&session->options, &session->core, &err);
	progress_stop();
	return status != GOPM_OK ? session_fail_open(session, status, err) : -1;
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
			warn("%.*s", (int)records[i].message.size, records[i].message.data);
			shown_count += records[i].count;
		}
	}
	if (shown_count < total) {
		warn("%llu more finding%s; list them with gopm findings", (unsigned long long)(total - shown_count),
		     total - shown_count == 1 ? "" : "s");
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

bool parse_size(const char *text, uint64_t *value)
{
	static const char units[] = "KMG";
	size_t size = strlen(text);
	const char *unit = size > 1 ? strchr(units, text[size - 1]) : NULL;
	char digits[32];

	if (unit == NULL) {
		return parse_u64(text, value);
	}
	if (size > sizeof digits) {
		return false;
	}
	memcpy(digits, text, size - 1);
	digits[size - 1] = '\0';
	unsigned shift = 10 * (unsigned)(unit - units + 1);
	if (!parse_u64(digits, value) || *value > UINT64_MAX >> shift) {
		return false;
	}
	*value <<= shift;
	return true;
}
