#include "command.h"
#include "output.h"

static int32_t write_text(void *user_data, const char *text, size_t size)
{
	(void)user_data;
	output_bytes(text, size);
	return 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option table[] = {
	    {"goroutine", required_argument, NULL, 'g'},
	    {"level", required_argument, NULL, 'l'},
	    SESSION_OPTIONS,
	};
	struct session session;
	gopm_traceback_options options;
	gopm_error *err = NULL;
	int option, code = -1;

	session_init(&session, command);
	gopm_traceback_options_init(&options, sizeof options);
	while (code < 0 && (option = getopt_long(argc, argv, ":g:l:qh", table, NULL)) != -1) {
		switch (option) {
		case 'g':
			if (!parse_u64(optarg, &options.goroutine_id) || options.goroutine_id == 0) {
				code = usage_error(command, "--goroutine wants a number above 0, not %s", optarg);
			}
			break;
		case 'l':
			if (strcmp(optarg, "all") == 0) {
				options.level = GOPM_TRACEBACK_ALL;
			} else if (strcmp(optarg, "system") == 0) {
				options.level = GOPM_TRACEBACK_SYSTEM;
			} else {
				code = usage_error(command, "--level wants all or system, not %s", optarg);
			}
			break;
		default:
			code = session_option(&session, option, argv);
		}
	}
	if (code < 0) {
		code = session_open(&session, argc, argv);
	}
	if (code >= 0) {
		return code;
	}
	gopm_status status = gopm_traceback(session.core, &options, write_text, NULL, &err);
	code = EXIT_DONE;
	if (status == GOPM_NOT_FOUND) {
		complain("there is no goroutine %llu", (unsigned long long)options.goroutine_id);
		code = EXIT_NOTHING;
	} else if (status != GOPM_OK) {
		code = session_fail(status, err);
	}
	return session_close(&session, code);
}

const struct command command_traceback = {
    .name = "traceback",
    .summary = "print goroutines as the Go runtime prints them at SIGQUIT",
    .usage = "usage: gopm traceback [options] CORE [EXE]\n\n"
             "Prints what the runtime would have printed.\n\n"
             "  -g, --goroutine ID  this one alone\n"
             "  -l, --level LEVEL   as GOTRACEBACK: all (default) or system\n" SESSION_USAGE,
    .run = run,
};
