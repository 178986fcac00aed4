/* SPDX-License-Identifier: Apache-2.0 */
/* gopm leaks: goroutines that never run again. */
#include <stdlib.h>

#include "json.h"
#include "message.h"
#include "text.h"
#include "why.h"

#define DEFAULT_LIMIT 20

/* Prints the ids with this certainty. */
static void print_ids(const gopm_leak *leaks, size_t count, bool certain)
{
	bool any = false;

	output_char('[');
	for (size_t i = 0; i < count; i++) {
		if ((leaks[i].certainty == GOPM_CERTAINTY_CERTAIN) == certain) {
			output_string(any ? "," : "");
			output_u64(leaks[i].id);
			any = true;
		}
	}
	output_char(']');
}

/* Prints all ids, each with what is known of it. */
static void print_goroutines(const gopm_leak *leaks, size_t count)
{
	output_char('[');
	for (size_t i = 0; i < count; i++) {
		output_string(i != 0 ? ",{" : "{");
		json_key("id");
		output_u64(leaks[i].id);
		json_next_key("certainty");
		json_cstring(why_certainty_name(leaks[i].certainty));
		json_next_key("basis");
		json_cstring(why_basis_name(leaks[i].basis));
		json_next_key("group");
		output_u64(leaks[i].group);
		output_char('}');
	}
	output_char(']');
}

static void print_group_json(const gopm_leak_group *group)
{
	output_char('{');
	json_key("count");
	output_u64(group->count);
	json_next_key("certainty");
	json_cstring(why_certainty_name(group->certainty));
	json_next_key("basis");
	json_cstring(why_basis_name(group->basis));
	json_next_key("example");
	output_u64(group->example_id);
	json_next_key("longestWait");
	output_i64(group->longest_wait);
	json_next_key("goStatement");
	json_location(&group->go_statement);
	json_next_key("start");
	json_location(&group->start);
	json_next_key("user");
	json_location(&group->user);
	output_char('}');
}

static void print_group(const gopm_leak_group *group)
{
	output_count(group->count, group->certainty == GOPM_CERTAINTY_CERTAIN ? "leaked goroutine" : "suspect");
	output_text(" of ");
	text_function(group->start.function);
	if (group->go_statement.line != 0) {
		output_text(", started at ");
		text_place(&group->go_statement);
	}
	output_text("\n  waits in ");
	text_function(group->user.function);
	output_text(" at ");
	text_place(&group->user);
	if (group->longest_wait > 0) {
		output_text(", for at least ");
		output_duration(group->longest_wait);
	}
	output_text("; see gopm stack -g ");
	output_u64(group->example_id);
	output_char('\n');
}

static int show_leaks(gopm_why *why, bool json, uint64_t limit)
{
	gopm_why_info info = {.struct_size = sizeof info};
	size_t count = 0, group_count = 0;

	(void)gopm_why_get_info(why, &info);
	(void)gopm_why_leak_groups(why, NULL, 0, 0, &group_count);
	const size_t most = (size_t)(info.leaked + info.suspects);
	gopm_leak *leaks = why_array(most, sizeof *leaks);
	gopm_leak_group *groups = why_array(group_count, sizeof *groups);
	gopm_status status = leaks != NULL && groups != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	if (status == GOPM_OK) {
		status = gopm_why_leaks(why, leaks, sizeof *leaks, most, &count);
	}
	if (status == GOPM_OK) {
		status = gopm_why_leak_groups(why, groups, sizeof *groups, group_count, &group_count);
	}
	if (status == GOPM_OK && json) {
		output_text("{\"result\":{\"leaked\":");
		print_ids(leaks, count, true);
		json_next_key("suspects");
		print_ids(leaks, count, false);
		json_next_key("goroutines");
		print_goroutines(leaks, count);
		json_next_key("groups");
		output_char('[');
		for (size_t i = 0; i < group_count && i < limit; i++) {
			output_string(i != 0 ? ",\n" : "\n");
			print_group_json(&groups[i]);
		}
		output_text("]}}\n");
	}
	for (size_t i = 0; status == GOPM_OK && !json && i < group_count && i < limit; i++) {
		print_group(&groups[i]);
	}
	free(leaks);
	free(groups);
	if (status != GOPM_OK) {
		return session_fail(status, NULL);
	}
	if (count == 0 && !json) {
		complain("no goroutine is leaked, and none is suspect");
		return EXIT_NOTHING;
	}
	return EXIT_DONE;
}

static int run_leaks(const struct command *command, int argc, char **argv)
{
	struct session session;
	uint64_t limit = 0;
	bool json = false;
	gopm_why *why = NULL;
	int option, code = -1;

	session_init(&session, command);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		if (option == 'j') {
			json = true;
		} else if (option == 0x301) {
			code = option_number(&session, "limit", &limit);
		} else {
			code = session_option(&session, option, argv);
		}
	}
	if (code < 0) {
		code = session_open(&session, argc, argv);
	}
	if (code >= 0) {
		return code;
	}
	code = why_analyze(&session, 0, &why);
	if (code < 0) {
		code = show_leaks(why, json, limit != 0 ? limit : json ? UINT64_MAX : DEFAULT_LIMIT);
	}
	gopm_why_close(why);
	return session_close(&session, code);
}

static const struct option_row rows[] = {
    {0x301, "limit", "N", "show N groups; without it 20; all with --json"},
    {'j', "json", NULL,
     "print {\"result\":{\"leaked\":[...],\"suspects\":[...],\"goroutines\":[...],\"groups\":[...]}}"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"leaks core", "list the goroutines that never run again, by the go statement that started them"},
    {0},
};

const struct command command_leaks = {
    .name = "leaks",
    .summary = "list goroutines that never run again",
    .arguments = "[options] CORE [EXE]",
    .about =
        "Lists leaked goroutines by the go statement that started them. A goroutine is leaked if no goroutine that "
        "can run reaches what it waits for: the rule of Go's own goroutine leak profile, made safe for weak "
        "pointers, and with the holders of locks. Suspects are goroutines that are likely stuck, and many of one "
        "birthplace that each wait on a channel of their own, which nobody is seen to use.",
    .options = tables,
    .examples = examples,
    .run = run_leaks,
};
