/* SPDX-License-Identifier: Apache-2.0 */
#include "goroutines.h"

#include "filter.h"
#include "json.h"
#include "nomatch.h"
#include "progress.h"
#include "suggest.h"
#include "text.h"
#include "wait_objects.h"
#include "waits.h"

/* Small enough for the second-level cache, large enough for few calls. */
enum { batch = 256 };

static const struct {
	const char *name, *title;
	uint32_t field;
} locations[] = {
    {"user", "User", GOPM_FIELD_USER},
    {"current", "Runtime", GOPM_FIELD_CURRENT},
    {"go", "Go", GOPM_FIELD_GO},
    {"start", "Start", GOPM_FIELD_START},
};

static const gopm_location *location_of(const gopm_goroutine *g, uint32_t field)
{
	switch (field) {
	case GOPM_FIELD_CURRENT:
		return &g->current;
	case GOPM_FIELD_GO:
		return &g->go_statement;
	case GOPM_FIELD_START:
		return &g->start;
	default:
		return &g->user;
	}
}

struct list {
	struct session *session;
	const struct goroutines_options *options;
	const char *title;
	gopm_stack *stack;           /* for --stack; reused for each goroutine */
	struct wait_objects objects; /* for --waits */
	uint32_t json_flags;         /* GOPM_JSON_* */
	uint64_t printed;
};

static void print_stack(struct list *list, const gopm_goroutine *g)
{
	gopm_stack_options options;
	gopm_status status;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_address = g->address;
	if (list->stack == NULL) {
		status = gopm_stack_open(list->session->core, &options, &list->stack, NULL);
	} else {
		status = gopm_stack_reopen(list->stack, &options, NULL);
	}
	if (status == GOPM_OK) {
		text_stack(list->stack, "\t", NULL);
	}
}

static gopm_status print(struct list *list, const gopm_goroutine *g)
{
	gopm_status status = GOPM_OK;

	if (list->options->json) {
		if (list->printed != 0) {
			output_text(",\n");
		}
		status = json_goroutine(list->session->core, g, list->json_flags);
	} else {
		output_text("  ");
		text_goroutine(g, list->title, location_of(g, list->options->location),
		               (list->options->filter.flags & GOPM_FILTER_DELVE) != 0);
		if (list->options->labels) {
			text_labels(list->session->core, g, "\t");
		}
		if (list->options->waits) {
			text_waits(list->session->core, g, &list->objects, "\t");
		}
		if (list->options->stacks) {
			print_stack(list, g);
		}
	}
	list->printed++;
	return status;
}

int goroutines_list(struct session *session, const struct goroutines_options *options)
{
	static gopm_goroutine records[batch];
	struct list list = {.session = session, .options = options, .title = "User"};
	gopm_goroutine_filter filter = options->filter;
	gopm_goroutine_iter *it = NULL;
	gopm_error *err = NULL;
	gopm_status status;
	size_t got = 0;

	for (size_t i = 0; i < sizeof locations / sizeof locations[0]; i++) {
		if (locations[i].field == options->location) {
			list.title = locations[i].title;
		}
	}
	filter.fields =
	    options->location | (options->labels ? GOPM_FIELD_LABELS : 0) | (options->waits ? GOPM_FIELD_WAIT : 0);
	if (options->json) {
		const bool delve = (filter.flags & GOPM_FILTER_DELVE) != 0;
		list.json_flags = delve ? GOPM_JSON_DELVE : 0;
		filter.fields = delve ? GOPM_FIELD_ALL & ~GOPM_FIELD_WAIT : GOPM_FIELD_ALL;
	}
	filter.progress = progress_update;
	status = gopm_goroutine_iter_open(session->core, &filter, &it, &err);
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (options->waits && !options->json) {
		status = wait_objects_open(&list.objects, session->core, session->quiet, &err);
		if (status != GOPM_OK) {
			gopm_goroutine_iter_free(it);
			return session_fail(status, err);
		}
	}
	progress_start("listing", session->quiet);
	if (options->json) {
		output_text("{\"result\":[");
	}
	while (status == GOPM_OK && list.printed < options->limit) {
		size_t want = options->limit - list.printed < batch ? (size_t)(options->limit - list.printed) : batch;

		status = gopm_goroutine_iter_next(it, records, sizeof records[0], want, &got);
		if (status != GOPM_OK) {
			break;
		}
		for (size_t i = 0; i < got && status == GOPM_OK; i++) {
			status = print(&list, &records[i]);
		}
	}
	if (options->json) {
		output_text("]}\n");
	} else {
		output_char('[');
		output_count(list.printed, "goroutine");
		output_text("]\n");
	}
	progress_stop();
	gopm_stack_free(list.stack);
	wait_objects_close(&list.objects);
	gopm_goroutine_iter_free(it);
	if (status < 0) {
		return session_fail(status, NULL);
	}
	if (list.printed == 0) {
		output_flush();
		nomatch_hint(session->core, &options->filter);
	}
	return list.printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static int parse_group(const struct command *command, const char *text, struct goroutines_options *options)
{
	static const char *const names[] = {
	    "user", "start", "go", "current", "reason", "label", "object", "stack", NULL,
	};
	static const uint32_t keys[] = {
	    GOPM_GROUP_USER,   GOPM_GROUP_START, GOPM_GROUP_GO,     GOPM_GROUP_CURRENT,
	    GOPM_GROUP_REASON, GOPM_GROUP_LABEL, GOPM_GROUP_OBJECT, GOPM_GROUP_STACK,
	};

	for (size_t i = 0; names[i] != NULL; i++) {
		if (strcmp(text, names[i]) == 0) {
			options->group_by = keys[i];
			return -1;
		}
	}
	return usage_choice(command, "group-by", text, names);
}

static int parse_location(const struct command *command, const char *text, struct goroutines_options *options)
{
	const char *names[sizeof locations / sizeof locations[0] + 1] = {NULL};

	for (size_t i = 0; i < sizeof locations / sizeof locations[0]; i++) {
		if (strcmp(text, locations[i].name) == 0) {
			options->location = locations[i].field;
			return -1;
		}
		names[i] = locations[i].name;
	}
	return usage_choice(command, "location", text, names);
}

static int parse_goroutines(struct session *session, struct goroutines_options *options, int argc, char **argv)
{
	int option, code = -1;

	while (code < 0 && (option = options_next(session->command, argc, argv)) != -1) {
		switch (option) {
		case 'g':
			code = parse_group(session->command, optarg, options);
			break;
		case 'k':
			options->label_key = optarg;
			break;
		case 'w':
			code = filter_where(session->command, &options->filter, optarg);
			break;
		case 'l':
			code = parse_location(session->command, optarg, options);
			break;
		case 'n':
			code = option_number(session, "limit", &options->limit);
			break;
		case 's':
			options->stacks = true;
			break;
		case 'j':
			options->json = true;
			break;
		case 0x203:
			options->waits = true;
			break;
		case 0x201:
			options->labels = true;
			break;
		case 0x202:
			options->filter.flags |= GOPM_FILTER_DELVE;
			break;
		default:
			code = session_option(session, option, argv);
		}
	}
	if (code >= 0) {
		return code;
	}
	if (options->group_by == GOPM_GROUP_LABEL && options->label_key == NULL) {
		return usage_error(session->command, "--group-by label needs --key LABEL");
	}
	if (options->group_by != GOPM_GROUP_LABEL && options->label_key != NULL) {
		return usage_error(session->command, "--key goes with --group-by label");
	}
	return -1;
}

static int run_goroutines(const struct command *command, int argc, char **argv)
{
	struct session session;
	struct goroutines_options options = {.location = GOPM_FIELD_USER, .limit = UINT64_MAX};
	int code;

	session_init(&session, command);
	gopm_goroutine_filter_init(&options.filter, sizeof options.filter);
	code = parse_goroutines(&session, &options, argc, argv);
	if (code >= 0) {
		return code;
	}
	code = session_open(&session, argc, argv);
	if (code >= 0) {
		return code;
	}
	code = filter_complete(&session, &options.filter);
	if (code < 0) {
		code =
		    options.group_by != 0 ? goroutines_groups(&session, &options) : goroutines_list(&session, &options);
	}
	return session_close(&session, code);
}

static const struct option_row rows[] = {
    {'g', "group-by", "KEY",
     "count goroutines by KEY: user, start, go or current location, wait reason, label, object that they wait on, or "
     "whole stack; the largest group comes first"},
    {'k', "key", "LABEL", "the pprof label for --group-by label"},
    {'l', "location", "KEY", "location to list: user (default), current, go or start"},
    {0x201, "labels", NULL, "show pprof labels"},
    {0x203, "waits", NULL, "show the objects that each goroutine waits on: channels of a select, a timer, ..."},
    {'s', "stack", NULL, "show the stack of each goroutine"},
    {'n', "limit", "N", "stop after N goroutines or groups"},
    {'j', "json", NULL, "print {\"result\":[...]} with the members of Delve's api.Goroutine, then gopm's own"},
    {0x202, "delve", NULL,
     "answer as Delve does: an inlined user frame has the name of the function it was inlined into, the start "
     "location may be a wrapper, and JSON has only Delve's members"},
    {0},
};

static const struct option_row *const tables[] = {rows, filter_rows, NULL};

static const struct example examples[] = {
    {"goroutines --group-by user core", "count goroutines by the user's function and line"},
    {"goroutines --where 'reason=chan send' --where 'start=main.*' core",
     "list goroutines that send to a channel and were started in package main"},
    {"goroutines --group-by object --limit 5 core", "show the five objects with the most waiters"},
    {"goroutines --waits --where reason=select core", "list the channels of each select"},
    {0},
};

const struct command command_goroutines = {
    .name = "goroutines",
    .summary = "list goroutines, or count them by location, reason, label, object or stack",
    .arguments = "[options] CORE [EXE]",
    .about = "Lists goroutines, one a line in the order of runtime.allgs, or counts them.",
    .options = tables,
    .examples = examples,
    .run = run_goroutines,
};
