/* SPDX-License-Identifier: Apache-2.0 */
/* gopm why: who waits for whom, and the goroutine to blame. */
#include "why.h"

#include <stdlib.h>

#include "message.h"
#include "output.h"
#include "progress.h"

#define DEFAULT_LIMIT 10

struct why_command {
	struct session session;
	uint64_t limit;
	uint64_t goroutine; /* 0: none */
	uint32_t flags;
	bool json, dot;
};

int why_analyze(struct session *session, uint32_t flags, gopm_why **why)
{
	gopm_why_options options;
	gopm_error *err = NULL;

	gopm_why_options_init(&options, sizeof options);
	options.flags = flags;
	options.progress = progress_update;
	progress_start("looking at who waits for whom", session->quiet);
	const gopm_status status = gopm_why_open(session->core, &options, why, &err);
	progress_stop();
	return status != GOPM_OK ? session_fail(status, err) : -1;
}

/* The text of a finding. The library has escaped the names in it, so that its lines are its own. */
static void print_words(const char *text, size_t size)
{
	output_lines(text, size);
}

static int print_text(gopm_why *why, size_t limit)
{
	gopm_why_info info = {.struct_size = sizeof info};
	size_t count = 0;

	(void)gopm_why_get_info(why, &info);
	gopm_why_finding *findings = why_array((size_t)info.findings, sizeof *findings);
	if (findings != NULL &&
	    gopm_why_findings(why, findings, sizeof *findings, (size_t)info.findings, &count) == GOPM_OK) {
		for (size_t i = 0; i < count && i < limit; i++) {
			output_string(i != 0 ? "\n" : "");
			output_u64(i + 1);
			output_text(". ");
			output_string(why_verdict_name(findings[i].verdict));
			output_text(", ");
			output_string(why_certainty_name(findings[i].certainty));
			output_text(": ");
			print_words(findings[i].text.data, findings[i].text.size);
		}
	}
	free(findings);
	if (count > limit) {
		output_printf("[%zu more findings; use --limit]\n", count - limit);
	}
	if (count == 0) {
		complain("no goroutine is seen to be stuck or slow%s; see gopm goroutines --group-by user",
		         (info.flags & GOPM_WHY_PARTIAL) != 0 ? ", but the core is damaged or lacks memory" : "");
		return EXIT_NOTHING;
	}
	return EXIT_DONE;
}

static int show(const struct why_command *c, gopm_why *why)
{
	const size_t all = c->limit != 0 ? (size_t)c->limit : SIZE_MAX;

	if (c->goroutine != 0) {
		return why_print_chain(c->session.core, why, c->goroutine, c->json);
	}
	if (c->dot) {
		why_print_dot(why, all);
	} else if (c->json) {
		why_print_json(why, all);
	} else {
		return print_text(why, c->limit != 0 ? (size_t)c->limit : DEFAULT_LIMIT);
	}
	return EXIT_DONE;
}

static int run_why(const struct command *command, int argc, char **argv)
{
	struct why_command c = {.limit = 0};
	gopm_why *why = NULL;
	int option, code = -1;

	session_init(&c.session, command);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		switch (option) {
		case 'j':
			c.json = true;
			break;
		case 0x301:
			c.flags |= GOPM_WHY_FLAG_QUICK;
			break;
		case 0x303:
			c.dot = true;
			break;
		case 'g':
			code = option_number(&c.session, "goroutine", &c.goroutine);
			break;
		case 0x302:
			code = option_number(&c.session, "limit", &c.limit);
			break;
		default:
			code = session_option(&c.session, option, argv);
		}
	}
	if (code < 0 && c.dot && (c.json || c.goroutine != 0)) {
		code = usage_error(command, "--dot excludes --json and --goroutine");
	}
	if (code < 0) {
		code = session_open(&c.session, argc, argv);
	}
	if (code >= 0) {
		return code;
	}
	code = why_analyze(&c.session, c.flags, &why);
	if (code < 0) {
		code = show(&c, why);
	}
	gopm_why_close(why);
	return session_close(&c.session, code);
}

static const struct option_row rows[] = {
    {0x301, "quick", NULL, "do not look at the heap: faster, but less is certain, and objects have no names"},
    {'g', "goroutine", "ID", "only the chain of waits from this goroutine on"},
    {0x303, "dot", NULL, "print the wait graph for Graphviz"},
    {0x302, "limit", "N", "show N findings; without it 10; all with --json"},
    {'j', "json", NULL, "print {\"result\":{\"findings\":[...]}}"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"why core", "say why the program hangs"},
    {"why -g 20 core", "show whom goroutine 20 waits for, and whom that one"},
    {"why --dot core | dot -Tsvg > why.svg", "draw who waits for whom"},
    {0},
};

const struct command command_why = {
    .name = "why",
    .summary = "say why the program hangs: who waits for whom, and whom to blame",
    .arguments = "[options] CORE [EXE]",
    .about =
        "Finds goroutines that cannot go on, and what they wait for. Each finding says how certain it is. Certain: "
        "no goroutine can end it. Likely: no goroutine is seen that could. Possible: it may be over in the next "
        "moment.",
    .options = tables,
    .examples = examples,
    .run = run_why,
};
