/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "json.h"
#include "message.h"
#include "progress.h"

#include <inttypes.h>

enum { most_kind = 16 }; /* the width of the column of kinds */

static void print_finding(const gopm_finding *f, bool json, bool first)
{
	if (json) {
		output_string(first ? "" : ",\n");
		json_finding(f);
		return;
	}
	const gopm_str kind = gopm_finding_kind_name(f->kind);
	output_str(kind);
	output_spaces(kind.size < most_kind ? most_kind - kind.size + 1 : 1);
	output_str(f->message);
	if (f->count > 1) {
		output_printf(" (%" PRIu64 " times)", f->count);
	}
	output_char('\n');
}

/* Lists all package variables, which reads all units of the DWARF. A program without any is not damaged. */
static void read_package_variables(struct session *session)
{
	gopm_vars *vars = NULL;

	gopm_package_vars(session->core, "*", NULL, &vars, NULL);
	gopm_vars_free(vars);
}

/* Reading makes findings: read all goroutines and stacks. */
static int read_stacks(struct session *session)
{
	enum { batch = 256 };
	static gopm_goroutine records[batch];
	gopm_goroutine_iter *it = NULL;
	gopm_stack *stack = NULL;
	gopm_error *err = NULL;
	size_t got = 0;
	gopm_goroutine_filter filter;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.progress = progress_update;
	gopm_status status = gopm_goroutine_iter_open(session->core, &filter, &it, &err);

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	progress_start("reading stacks", session->quiet);
	while ((status = gopm_goroutine_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			gopm_stack_options options;

			gopm_stack_options_init(&options, sizeof options);
			options.goroutine_address = records[i].address;
			if (stack == NULL) {
				gopm_stack_open(session->core, &options, &stack, NULL);
			} else {
				gopm_stack_reopen(stack, &options, NULL);
			}
		}
	}
	progress_stop();
	gopm_stack_free(stack);
	gopm_goroutine_iter_free(it);
	return status < 0 ? session_fail(status, NULL) : EXIT_DONE;
}

static int print_findings(struct session *session, bool json)
{
	enum { batch = 64 };
	gopm_finding records[batch];
	gopm_finding_iter *it = NULL;
	gopm_error *err = NULL;
	gopm_status status = gopm_finding_iter_open(session->core, &it, &err);
	size_t got = 0, printed = 0;
	uint64_t counted = 0;

	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (json) {
		output_text("{\"result\":[");
	}
	while ((status = gopm_finding_iter_next(it, records, sizeof records[0], batch, &got)) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			print_finding(&records[i], json, printed == 0);
			counted += records[i].count;
			printed++;
		}
	}
	if (json) {
		output_printf("],\"total\":%" PRIu64 "}\n", gopm_finding_total(session->core));
	} else if (counted < gopm_finding_total(session->core)) {
		output_printf("and %" PRIu64 " more\n", gopm_finding_total(session->core) - counted);
	}
	gopm_finding_iter_free(it);
	if (status < 0) {
		return session_fail(status, NULL);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}

static int run_findings(const struct command *command, int argc, char **argv)
{
	struct session session;
	bool json;
	int code = session_options_json(&session, command, argc, argv, &json);
	if (code < 0) {
		code = session_open(&session, argc, argv);
	}
	if (code >= 0) {
		return code;
	}
	int reading = read_stacks(&session);
	read_package_variables(&session);
	code = print_findings(&session, json);
	if (code == EXIT_NOTHING && reading == EXIT_DONE && !session.quiet) {
		output_flush();
		hint("no findings: nothing is known to be damaged or missing");
	}
	return session_close(&session, reading != EXIT_DONE ? reading : code);
}

static const struct example examples[] = {
    {"findings core", "list everything damaged or missing"},
    {"findings --json small.zst", "the same as JSON; for a small core, the list has the data that was left out"},
    {0},
};

const struct command command_findings = {
    .name = "findings",
    .summary = "read goroutines, stacks and DWARF, and list damaged or missing data",
    .arguments = "[options] CORE [EXE]",
    .about = "Lists data of the core and the executable that is damaged, missing or cut. If there is none, the exit "
             "code is 3.",
    .options = json_options,
    .examples = examples,
    .run = run_findings,
};
