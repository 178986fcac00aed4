/* SPDX-License-Identifier: Apache-2.0 */
#include "unique.h"

#include "json.h"
#include "output.h"
#include "progress.h"

/* Ids to print for a group. */
#define SHOWN_IDS 10

struct ids {
	uint64_t list[SHOWN_IDS];
	size_t count;
};

static int32_t write_text(void *user_data, const char *text, size_t size)
{
	(void)user_data;
	output_lines(text, size);
	return 0;
}

/* The first ids of a group's goroutines. */
static gopm_status find_ids(gopm_core *core, const gopm_group *group, gopm_goroutine_filter filter, struct ids *ids,
                            gopm_error **err)
{
	gopm_goroutine_iter *it;
	gopm_goroutine g[SHOWN_IDS];
	size_t got;

	ids->count = 0;
	filter.progress = NULL;
	filter.fields = 0;
	filter.stack_id = group->stack_id;
	gopm_status status = gopm_goroutine_iter_open(core, &filter, &it, err);
	if (status != GOPM_OK) {
		return status;
	}
	while (ids->count < SHOWN_IDS && gopm_goroutine_iter_next(it, g, sizeof g[0], SHOWN_IDS, &got) == GOPM_OK) {
		for (size_t i = 0; i < got && ids->count < SHOWN_IDS; i++) {
			gopm_str state = g[i].wait_reason.size != 0 ? g[i].wait_reason : g[i].status_name;
			if (state.size == group->key.size && memcmp(state.data, group->key.data, state.size) == 0) {
				ids->list[ids->count++] = g[i].id;
			}
		}
	}
	gopm_goroutine_iter_free(it);
	return GOPM_OK;
}

static gopm_status text_group(gopm_core *core, const gopm_group *group, const struct ids *ids,
                              const gopm_traceback_options *as, gopm_error **err)
{
	gopm_traceback_options options;

	output_u64(group->count);
	output_text(": ");
	output_str(group->key);
	if (group->longest_wait > 0) {
		output_string(", ");
		output_duration(group->shortest_wait);
		output_string(" to ");
		output_duration(group->longest_wait);
	}
	output_string(group->count == 1 ? ": goroutine " : ": goroutines ");
	for (size_t i = 0; i < ids->count; i++) {
		output_printf("%s%llu", i != 0 ? ", " : "", (unsigned long long)ids->list[i]);
	}
	output_string(ids->count < group->count ? ", ...\n" : "\n");
	gopm_traceback_options_init(&options, sizeof options);
	options.level = as->level;
	options.flags = as->flags | GOPM_TRACEBACK_FLAG_FRAMES_ONLY;
	options.goroutine_id = group->example_id;
	return gopm_traceback(core, &options, write_text, NULL, err);
}

/* The `go` statement of the example, or null if the runtime started it without one. */
static void json_go_statement(gopm_core *core, uint64_t id)
{
	gopm_goroutine_filter filter;
	gopm_goroutine_iter *it;
	gopm_goroutine g;
	size_t got = 0;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = GOPM_FIELD_GO;
	filter.id = id;
	json_next_key("goStatementLoc");
	if (gopm_goroutine_iter_open(core, &filter, &it, NULL) == GOPM_OK) {
		if (gopm_goroutine_iter_next(it, &g, sizeof g, 1, &got) != GOPM_OK) {
			got = 0;
		}
		if (got != 0 && g.go_statement.pc != 0) {
			json_location(&g.go_statement);
		} else {
			got = 0;
		}
		gopm_goroutine_iter_free(it);
	}
	if (got == 0) {
		output_text("null");
	}
}

static gopm_status print_group_json(gopm_core *core, const gopm_group *group, const struct ids *ids, gopm_error **err)
{
	gopm_stack_options options;
	gopm_stack *stack;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_id = group->example_id;
	gopm_status status = gopm_stack_open(core, &options, &stack, err);
	if (status != GOPM_OK) {
		return status;
	}
	output_char('{');
	json_key("count");
	output_u64(group->count);
	json_next_key("state");
	json_string(group->key);
	json_next_key("ids");
	for (size_t i = 0; i < ids->count; i++) {
		output_char(i != 0 ? ',' : '[');
		output_u64(ids->list[i]);
	}
	output_string(ids->count != 0 ? "]" : "[]");
	json_next_key("exampleID");
	output_u64(group->example_id);
	json_next_key("shortestWait");
	output_i64(group->shortest_wait);
	json_next_key("longestWait");
	output_i64(group->longest_wait);
	json_go_statement(core, group->example_id);
	output_char(',');
	status = json_stack(stack, NULL, GOPM_JSON_MEMBERS, err);
	output_char('}');
	gopm_stack_free(stack);
	return status;
}

gopm_status unique_print(gopm_core *core, const gopm_traceback_options *options, bool json, gopm_error **err)
{
	gopm_goroutine_filter filter;
	gopm_group_iter *it;
	gopm_group group;
	struct ids ids;
	size_t got, groups = 0;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.progress = progress_update;
	filter.id = options->goroutine_id;
	filter.flags = options->level == GOPM_TRACEBACK_SYSTEM ? 0 : GOPM_FILTER_NO_SYSTEM;
	gopm_status status = gopm_group_iter_open(core, GOPM_GROUP_STACK, NULL, &filter, &it, err);
	if (status != GOPM_OK) {
		return status;
	}
	output_string(json ? "{\"result\":[" : "");
	while (status == GOPM_OK && gopm_group_iter_next(it, &group, sizeof group, 1, &got) == GOPM_OK) {
		status = find_ids(core, &group, filter, &ids, err);
		if (status == GOPM_OK) {
			if (groups++ != 0) {
				output_string(json ? ",\n" : "\n");
			}
			status = json ? print_group_json(core, &group, &ids, err)
			              : text_group(core, &group, &ids, options, err);
		}
	}
	gopm_group_iter_free(it);
	output_string(json ? "]}\n" : "");
	return status == GOPM_OK && groups == 0 ? GOPM_NOT_FOUND : status;
}
