/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "output.h"
#include "unique.h"

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
	    {"unique", no_argument, NULL, 'u'},
	    {"json", no_argument, NULL, 'j'},
	    SESSION_OPTIONS,
	};
	struct session session;
	gopm_traceback_options options;
	gopm_error *err = NULL;
	bool unique = false, json = false;
	int option, code = -1;

	session_init(&session, command);
	gopm_traceback_options_init(&options, sizeof options);
	while (code < 0 && (option = getopt_long(argc, argv, ":g:l:ujqh", table, NULL)) != -1) {
		switch (option) {
		case 'g':
			if (!parse_u64(optarg, &options.goroutine_id) || options.goroutine_id == 0) {
				code = usage_error(command, "--goroutine wants a number above 0, not %s", optarg);
			}
			break;
		case 'l':
			if (strcmp(optarg, "all") == 0) {
				options.level = GOPM_TRACEBACK_ALL;
			} else if (strcmp(optarg, "single") == 0) {
				options.level = GOPM_TRACEBACK_SINGLE;
			} else if (strcmp(optarg, "system") == 0 || strcmp(optarg, "crash") == 0) {
				options.level = GOPM_TRACEBACK_SYSTEM;
			} else {
				code =
				    usage_error(command, "--level wants single, all, system or crash, not %s", optarg);
			}
			break;
		case 'u':
			unique = true;
			break;
		case 'j':
			json = true;
			break;
		default:
			code = session_option(&session, option, argv);
		}
	}
	if (code < 0 && json && !unique) {
		code = usage_error(command, "--json goes with --unique; a traceback is text");
	}
	if (code < 0) {
		code = session_open(&session, argc, argv);
	}
	if (code >= 0) {
		return code;
	}
	gopm_status status = unique ? unique_print(session.core, &options, json, &err)
	                            : gopm_traceback(session.core, &options, write_text, NULL, &err);
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
             "  -l, --level LEVEL   as GOTRACEBACK: single, all (default), system or crash\n"
             "  -u, --unique        equal stacks once: how many have them, and for how long\n"
             "  -j, --json          with --unique: {\"result\":[...]}, a group each with its\n"
             "                      count, state, ids, waits and frames\n" SESSION_USAGE,
    .run = run,
};
