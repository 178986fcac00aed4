#include "command.h"
#include "output.h"

static int32_t write_text(void *user_data, const char *text, size_t size)
{
	(void)user_data;
	output_bytes(text, size);
	return 0;
}

/* Ids on the line of a group; more are counted. */
#define SHOWN_IDS 10

/* The ids of a group's goroutines, as far as a line should be long. */
static gopm_status print_ids(gopm_core *core, const gopm_group *group, gopm_error **err)
{
	gopm_goroutine_filter filter;
	gopm_goroutine_iter *it;
	gopm_goroutine g[SHOWN_IDS];
	size_t got;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = 0;
	filter.stack_id = group->stack_id;
	gopm_status status = gopm_goroutine_iter_open(core, &filter, &it, err);
	if (status != GOPM_OK) {
		return status;
	}
	uint64_t shown = 0;
	while (shown < SHOWN_IDS && gopm_goroutine_iter_next(it, g, sizeof g[0], SHOWN_IDS, &got) == GOPM_OK) {
		for (size_t i = 0; i < got && shown < SHOWN_IDS; i++) {
			gopm_str state = g[i].wait_reason.size != 0 ? g[i].wait_reason : g[i].status_name;
			if (state.size == group->key.size && memcmp(state.data, group->key.data, state.size) == 0) {
				output_printf("%s%llu", shown++ != 0 ? ", " : "", (unsigned long long)g[i].id);
			}
		}
	}
	gopm_goroutine_iter_free(it);
	if (shown < group->count) {
		output_string(", ...");
	}
	return GOPM_OK;
}

static gopm_status print_group(gopm_core *core, const gopm_group *group, uint32_t level, gopm_error **err)
{
	gopm_traceback_options options;

	output_printf("%llu: %.*s", (unsigned long long)group->count, (int)group->key.size, group->key.data);
	if (group->longest_wait > 0) {
		output_string(", ");
		output_duration(group->shortest_wait);
		output_string(" to ");
		output_duration(group->longest_wait);
	}
	output_printf(": goroutine%s ", group->count == 1 ? "" : "s");
	gopm_status status = print_ids(core, group, err);
	if (status != GOPM_OK) {
		return status;
	}
	output_char('\n');
	gopm_traceback_options_init(&options, sizeof options);
	options.level = level;
	options.flags = GOPM_TRACEBACK_FRAMES_ONLY;
	options.goroutine_id = group->example_id;
	return gopm_traceback(core, &options, write_text, NULL, err);
}

/* Equal stacks once, the most frequent first. */
static gopm_status print_unique(gopm_core *core, const gopm_traceback_options *options, gopm_error **err)
{
	gopm_goroutine_filter filter;
	gopm_group_iter *it;
	gopm_group group;
	size_t got, groups = 0;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.id = options->goroutine_id;
	filter.flags = options->level == GOPM_TRACEBACK_SYSTEM ? 0 : GOPM_FILTER_NO_SYSTEM;
	gopm_status status = gopm_group_iter_open(core, GOPM_GROUP_STACK, NULL, &filter, &it, err);
	if (status != GOPM_OK) {
		return status;
	}
	while (status == GOPM_OK && gopm_group_iter_next(it, &group, sizeof group, 1, &got) == GOPM_OK) {
		output_string(groups++ != 0 ? "\n" : "");
		status = print_group(core, &group, options->level, err);
	}
	gopm_group_iter_free(it);
	return status == GOPM_OK && groups == 0 ? GOPM_NOT_FOUND : status;
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option table[] = {
	    {"goroutine", required_argument, NULL, 'g'},
	    {"level", required_argument, NULL, 'l'},
	    {"unique", no_argument, NULL, 'u'},
	    SESSION_OPTIONS,
	};
	struct session session;
	gopm_traceback_options options;
	gopm_error *err = NULL;
	bool unique = false;
	int option, code = -1;

	session_init(&session, command);
	gopm_traceback_options_init(&options, sizeof options);
	while (code < 0 && (option = getopt_long(argc, argv, ":g:l:uqh", table, NULL)) != -1) {
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
	gopm_status status = unique ? print_unique(session.core, &options, &err)
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
             "  -u, --unique        equal stacks once: how many have them, and for how long\n" SESSION_USAGE,
    .run = run,
};
