/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "filter.h"
#include "json.h"
#include "message.h"
#include "nomatch.h"
#include "progress.h"
#include "signal_text.h"
#include "text.h"
#include "values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct stack_command {
	struct session session;
	gopm_goroutine_filter filter;
	gopm_stack_options stack;
	gopm_value_options values;
	bool full, json, all, where, delve;
	uint64_t printed;
};

/* Prints a stack, after the id of its goroutine; 0: of a thread. */
static gopm_status print_stack_json(const struct stack_command *c, const gopm_stack *stack, uint64_t id,
                                    gopm_error **err)
{
	output_char('{');
	if (id != 0) {
		json_key("goroutineID");
		output_u64(id);
		output_char(',');
	}
	const gopm_status status =
	    json_stack(stack, c->full ? &c->values : NULL, GOPM_JSON_MEMBERS | (c->delve ? GOPM_JSON_DELVE : 0), err);
	output_char('}');
	return status;
}

/* Of the thread that the process died in: the signal. */
static void text_death_signal(const struct stack_command *c)
{
	gopm_core_info info = {.struct_size = sizeof info};

	if (c->stack.thread_id != 0 && gopm_core_get_info(c->session.core, &info) == GOPM_OK && info.signal != 0 &&
	    info.death_thread == c->stack.thread_id) {
		output_char('(');
		text_signal(&info);
		output_text(")\n");
	}
}

static int stack_one(struct stack_command *c)
{
	gopm_stack *stack = NULL;
	gopm_error *err = NULL;
	gopm_status status = gopm_stack_open(c->session.core, &c->stack, &stack, &err);

	if (status == GOPM_NOT_FOUND) {
		return session_no_stack(c->stack.goroutine_id, c->stack.thread_id);
	}
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (c->json) {
		output_text("{\"result\":");
		status = print_stack_json(c, stack, c->stack.goroutine_id, &err);
		output_text("}\n");
	} else {
		text_death_signal(c);
		text_stack(stack, "", c->full ? &c->values : NULL);
	}
	gopm_stack_free(stack);
	return status < 0 ? session_fail(status, err) : EXIT_DONE;
}

static int stack_all(struct stack_command *c)
{
	enum { batch = 256 };
	static gopm_goroutine records[batch];
	gopm_goroutine_iter *it = NULL;
	gopm_stack *stack = NULL;
	gopm_error *err = NULL;
	gopm_status status, failed = GOPM_OK;
	size_t got = 0;

	c->filter.fields = c->json ? 0 : GOPM_FIELD_USER;
	c->filter.progress = progress_update;
	status = gopm_goroutine_iter_open(c->session.core, &c->filter, &it, &err);
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	progress_start("unwinding", c->session.quiet);
	if (c->json) {
		output_text("{\"result\":[");
	}
	while (failed == GOPM_OK &&
	       (status = gopm_goroutine_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got && failed == GOPM_OK; i++) {
			c->stack.goroutine_address = records[i].address;
			status = stack == NULL ? gopm_stack_open(c->session.core, &c->stack, &stack, NULL)
			                       : gopm_stack_reopen(stack, &c->stack, NULL);
			if (status != GOPM_OK) {
				continue;
			}
			if (c->json) {
				if (c->printed != 0) {
					output_text(",\n");
				}
				failed = print_stack_json(c, stack, records[i].id, NULL);
			} else {
				if (c->printed != 0) {
					output_char('\n');
				}
				text_goroutine(&records[i], "User", &records[i].user, c->delve);
				text_stack(stack, "", c->full ? &c->values : NULL);
			}
			c->printed++;
		}
	}
	if (c->json) {
		output_text("]}\n");
	}
	progress_stop();
	gopm_stack_free(stack);
	gopm_goroutine_iter_free(it);
	if (status < 0 || failed < 0) {
		return session_fail(failed < 0 ? failed : status, NULL);
	}
	if (c->printed == 0) {
		complain("no goroutine matches; list goroutines with gopm goroutines");
		nomatch_hint(c->session.core, &c->filter);
	}
	return c->printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

/* "A-B": frames A to B, both included. */
static int parse_frames(struct stack_command *c, const char *text)
{
	char *end = NULL, *last_end = NULL;

	errno = 0;
	unsigned long long first = strtoull(text, &end, 10);
	unsigned long long last = *end == '-' ? strtoull(end + 1, &last_end, 10) : first;
	bool digits = text[0] >= '0' && text[0] <= '9' && (*end == '\0' || (end[1] >= '0' && end[1] <= '9'));
	if (!digits || (last_end != NULL ? *last_end : *end) != '\0' || errno != 0 || last < first) {
		return usage_error(c->session.command, "--frames needs A-B, as 100-120, not %s", text);
	}
	c->stack.first_frame = first;
	c->stack.max_frames = last - first < UINT32_MAX ? (uint32_t)(last - first) + 1 : UINT32_MAX;
	return -1;
}

static int parse_stack(struct stack_command *c, int argc, char **argv)
{
	int option, code = -1;
	uint64_t number = 0;

	while (code < 0 && (option = options_next(c->session.command, argc, argv)) != -1) {
		switch (option) {
		case 'g':
			code = option_number(&c->session, "goroutine", &c->stack.goroutine_id);
			break;
		case 't':
			code = option_number(&c->session, "thread", &c->stack.thread_id);
			break;
		case 'a':
			c->all = true;
			break;
		case 'w':
			c->where = true;
			code = filter_where(c->session.command, &c->filter, optarg);
			break;
		case 'v':
			c->full = true;
			break;
		case 'j':
			c->json = true;
			break;
		case 'n':
			code = option_number(&c->session, "depth", &number);
			c->stack.max_frames = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
			break;
		case 0x306:
			code = option_number(&c->session, "outer", &number);
			c->stack.outer_frames = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
			break;
		case 0x307:
			code = parse_frames(c, optarg);
			break;
		case 0x305:
			c->delve = true;
			c->values.flags |= GOPM_VALUE_OPTION_EXACT_ONLY | GOPM_VALUE_OPTION_DELVE;
			c->stack.flags |= GOPM_STACK_DELVE;
			break;
		default:
			code = limits_option(&c->values, &c->session, option, argv);
		}
	}
	if (code >= 0) {
		return code;
	}
	if (c->stack.outer_frames != 0 && c->stack.max_frames != 0) {
		return usage_error(c->session.command, "give only one of --outer, --frames and --depth");
	}
	/* Text has one line for each variable; JSON has the library's defaults, which are Delve's. */
	if (!c->json && c->values.max_depth == 0) {
		c->values.max_depth = UINT32_MAX;
	}
	if (!c->json && c->values.max_fields == 0) {
		c->values.max_fields = 16;
	}
	c->values.flags |= GOPM_VALUE_OPTION_CHANNELS;
	if ((c->stack.goroutine_id != 0) + (c->stack.thread_id != 0) + (c->all || c->where) > 1) {
		return usage_error(c->session.command, "give only one of -g ID, --thread ID, --all and --where");
	}
	return -1;
}

/* Chooses the goroutine or thread that died, if the command line names none. Returns -1 to continue, else the exit
 * code. */
static int choose_stack(struct stack_command *c)
{
	gopm_core_info info = {.struct_size = sizeof info};

	if (c->all || c->where || c->stack.goroutine_id != 0 || c->stack.thread_id != 0) {
		return -1;
	}
	(void)gopm_core_get_info(c->session.core, &info);
	c->stack.goroutine_id = info.death_goroutine;
	c->stack.thread_id = info.death_goroutine == 0 ? info.death_thread : 0;
	if (info.death == GOPM_DEATH_NONE || (info.death_goroutine == 0 && info.death_thread == 0)) {
		return usage_error(c->session.command,
		                   "give one of -g ID, --thread ID, --all and --where; no goroutine died");
	}
	if (!c->session.quiet) {
		hint("%s %llu died; use -g ID or --thread ID for others",
		     info.death_goroutine != 0 ? "goroutine" : "thread",
		     (unsigned long long)(info.death_goroutine != 0 ? info.death_goroutine : info.death_thread));
	}
	return -1;
}

static int run_stack(const struct command *command, int argc, char **argv)
{
	struct stack_command c = {0};
	int code;

	session_init(&c.session, command);
	gopm_goroutine_filter_init(&c.filter, sizeof c.filter);
	gopm_stack_options_init(&c.stack, sizeof c.stack);
	gopm_value_options_init(&c.values, sizeof c.values);
	code = parse_stack(&c, argc, argv);
	if (code >= 0) {
		return code;
	}
	code = session_open(&c.session, argc, argv);
	if (code >= 0) {
		return code;
	}
	code = filter_complete(&c.session, &c.filter);
	if (code < 0) {
		code = choose_stack(&c);
	}
	if (code < 0) {
		code = c.all || c.where ? stack_all(&c) : stack_one(&c);
	}
	return session_close(&c.session, code);
}

static const struct option_row rows[] = {
    {'g', "goroutine", "ID", "show the stack of this goroutine"},
    {'t', "thread", "ID", "show the stack of this thread, from its registers on"},
    {'a', "all", NULL, "show the stacks of all goroutines"},
    {'v', "full", NULL, "show arguments, results and locals of each frame"},
    {'n', "depth", "N", "show at most N frames"},
    {0x306, "outer", "N", "show the last N frames, at the outer end of the stack"},
    {0x307, "frames", "A-B", "show frames A to B"},
    {'j', "json", NULL,
     "print {\"result\":{\"Locations\":[...]}}, as Delve's Stacktrace; a list of these for several goroutines"},
    {0x305, "delve", NULL, "answer as Delve does: lines by its rules, and only variables that the location lists have"},
    {0},
};

static const struct option_row *const tables[] = {rows, filter_rows, limit_rows, NULL};

static const struct example examples[] = {
    {"stack core", "show the stack of the goroutine that died"},
    {"stack -g 20 core", "show the stack of goroutine 20"},
    {"stack -g 20 --full core server", "the same with variables"},
    {"stack --where 'reason=chan send' core", "show the stacks of all goroutines that send"},
    {"stack -g 20 --outer 10 core", "show where a deep recursion began"},
    {"stack --thread 4711 core", "show the stack of a thread, signal handlers included"},
    {0},
};

const struct command command_stack = {
    .name = "stack",
    .summary = "show the stack of a goroutine or thread, with its variables",
    .arguments = "[options] CORE [EXE]",
    .about = "Shows the frames of a stack as Delve's `stack` does. Inlined calls are frames too.\n\n"
             "If you name no goroutine or thread, it shows the one that died.",
    .options = tables,
    .examples = examples,
    .run = run_stack,
    .old_letter = "fv",
};
