/* SPDX-License-Identifier: Apache-2.0 */
#include "goroutines.h"

#include "json.h"
#include "nomatch.h"
#include "progress.h"
#include "text.h"
#include "waits.h"

static void group_print_text(gopm_core *core, const gopm_group *group, uint32_t group_by)
{
	output_printf("%8llu  ", (unsigned long long)group->count);
	switch (group_by) {
	case GOPM_GROUP_USER:
	case GOPM_GROUP_GO:
	case GOPM_GROUP_CURRENT:
	case GOPM_GROUP_START:
		text_function(group->location.function);
		if (group->location.line != 0) {
			output_text(" at ");
			text_place(&group->location);
		}
		break;
	default:
		if (group->key.size != 0) {
			output_function_colour();
			output_str(group->key);
			output_normal_colour();
			text_deadline(core, group->object.deadline);
		} else {
			output_text("(none)");
		}
	}
	output_text("  (goroutine ");
	output_u64(group->example_id);
	if (group->longest_wait > 0) {
		output_text(" waits ");
		output_duration(group->longest_wait);
	}
	output_text(")");
	if (group->partial_count != 0) {
		output_printf(" (%llu partial)", (unsigned long long)group->partial_count);
	}
	output_char('\n');
}

/* The stack of the group's example, which all of its goroutines have. `reused` is opened at the first call. */
static gopm_status group_stack(gopm_core *core, const gopm_group *group, gopm_stack **reused, gopm_error **err)
{
	gopm_stack_options options;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_id = group->example_id;
	return *reused == NULL ? gopm_stack_open(core, &options, reused, err)
	                       : gopm_stack_reopen(*reused, &options, err);
}

/* Prints a group, and its stack if the groups are of stacks. */
static gopm_status group_print(struct session *session, const struct goroutines_options *options,
                               const gopm_group *group, gopm_stack **stack, gopm_error **err)
{
	const bool delve = (options->filter.flags & GOPM_FILTER_DELVE) != 0;
	const uint32_t flags = GOPM_JSON_MEMBERS | (delve ? GOPM_JSON_DELVE : 0);
	gopm_status status = GOPM_OK;

	if (options->group_by == GOPM_GROUP_STACK) {
		status = group_stack(session->core, group, stack, err);
	}
	if (options->json) {
		output_char('{');
		json_group(group, options->group_by, flags);
		if (options->group_by == GOPM_GROUP_STACK && status == GOPM_OK) {
			output_char(',');
			status = json_stack(*stack, NULL, flags, err);
		}
		output_char('}');
	} else {
		group_print_text(session->core, group, options->group_by);
		if (options->group_by == GOPM_GROUP_STACK && status == GOPM_OK) {
			text_stack(*stack, "\t", NULL);
		}
	}
	return status;
}

static void print_total(const struct goroutines_options *options, uint64_t counted, uint64_t printed)
{
	output_char('[');
	/* A goroutine that waits on several objects counts once for each. */
	if (options->group_by != GOPM_GROUP_OBJECT) {
		output_count(counted, "goroutine");
		output_text(" in ");
	}
	output_count(printed, "group");
	output_text("]\n");
}

int goroutines_groups(struct session *session, const struct goroutines_options *options)
{
	enum { batch = 64 };
	gopm_group records[batch];
	gopm_group_iter *it = NULL;
	gopm_stack *stack = NULL;
	gopm_error *err = NULL;
	gopm_status status;
	size_t got = 0;
	uint64_t printed = 0, counted = 0;
	bool unlabelled = false; /* the last group is of goroutines without the label */

	gopm_goroutine_filter filter = options->filter;
	filter.progress = progress_update;
	progress_start("counting", session->quiet);
	status = gopm_group_iter_open(session->core, options->group_by, options->label_key, &filter, &it, &err);
	progress_stop();
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	if (options->json) {
		output_text("{\"result\":[");
	}
	while (printed < options->limit) {
		size_t want = options->limit - printed < batch ? (size_t)(options->limit - printed) : batch;

		status = gopm_group_iter_next(it, records, sizeof records[0], want, &got);
		if (status != GOPM_OK) {
			break;
		}
		for (size_t i = 0; i < got; i++) {
			if (options->json && printed != 0) {
				output_text(",\n");
			}
			status = group_print(session, options, &records[i], &stack, &err);
			if (status < 0) {
				goto end;
			}
			counted += records[i].count;
			unlabelled = records[i].key.size == 0;
			printed++;
		}
	}
end:
	if (options->json) {
		output_text("]}\n");
	} else {
		print_total(options, counted, printed);
	}
	gopm_stack_free(stack);
	gopm_group_iter_free(it);
	if (status < 0) {
		return session_fail(status, err);
	}
	output_flush();
	if (printed == 0) {
		nomatch_hint(session->core, &options->filter);
	} else if (options->group_by == GOPM_GROUP_LABEL && printed == 1 && printed < options->limit && unlabelled) {
		nomatch_hint_labels(session->core, &options->filter, options->label_key);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}
