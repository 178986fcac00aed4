/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "output.h"
#include "progress.h"
#include "suggest.h"
#include "unique.h"

static int32_t write_text(void *user_data, const char *text, size_t size)
{
	(void)user_data;
	output_raw(text, size); /* gopm_traceback() escapes */
	return 0;
}

static const char *const levels[] = {"single", "all", "system", "crash", NULL};

static int run_traceback(const struct command *command, int argc, char **argv)
{
	struct session session;
	gopm_traceback_options options;
	gopm_error *err = NULL;
	bool unique = false, json = false;
	int option, code = -1;

	session_init(&session, command);
	gopm_traceback_options_init(&options, sizeof options);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		switch (option) {
		case 'g':
			code = option_number(&session, "goroutine", &options.goroutine_id);
			break;
		case 'l':
			if (strcmp(optarg, "all") == 0) {
				options.level = GOPM_TRACEBACK_ALL;
			} else if (strcmp(optarg, "single") == 0) {
				options.level = GOPM_TRACEBACK_SINGLE;
			} else if (strcmp(optarg, "system") == 0 || strcmp(optarg, "crash") == 0) {
				options.level = GOPM_TRACEBACK_SYSTEM;
			} else {
				code = usage_choice(command, "level", optarg, levels);
			}
			break;
		case 0x308:
			options.flags |= GOPM_TRACEBACK_FLAG_NATIVE;
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
		code = usage_error(command, "--json goes with --unique only");
	}
	if (code < 0) {
		code = session_open(&session, argc, argv);
	}
	if (code >= 0) {
		return code;
	}
	progress_start("unwinding", session.quiet);
	gopm_status status = unique ? unique_print(session.core, &options, json, &err)
	                            : gopm_traceback(session.core, &options, write_text, NULL, &err);
	progress_stop();
	code = EXIT_DONE;
	if (status == GOPM_NOT_FOUND) {
		code = session_no_stack(options.goroutine_id, 0);
	} else if (status != GOPM_OK) {
		code = session_fail(status, err);
	}
	return session_close(&session, code);
}

static const struct option_row rows[] = {
    {'g', "goroutine", "ID", "print only this goroutine"},
    {'l', "level", "LEVEL", "level of GOTRACEBACK: single, all (default), system or crash"},
    {0x308, "c", NULL, "print the frames of C too, as the runtime does if the program has a cgo symbolizer"},
    {'u', "unique", NULL, "print equal stacks once, with the number of goroutines and their waits"},
    {'j', "json", NULL, "with --unique: print {\"result\":[...]}, one object for each stack"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"traceback core", "print all goroutines, as SIGQUIT does"},
    {"traceback --unique core", "print each different stack once"},
    {"traceback --c core", "print goroutines with the frames of C that they called"},
    {"traceback -g 20 core", "print goroutine 20"},
    {0},
};

const struct command command_traceback = {
    .name = "traceback",
    .summary = "print goroutines as the Go runtime does on SIGQUIT",
    .arguments = "[options] CORE [EXE]",
    .about = "Prints the traceback that the runtime would have printed, in the same format. Tools that read Go "
             "tracebacks can read it.",
    .options = tables,
    .examples = examples,
    .run = run_traceback,
};
