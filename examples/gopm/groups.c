/* SPDX-License-Identifier: Apache-2.0 */
#include "goroutines.h"

#include "json.h"
#include "progress.h"
#include "text.h"
#include "waits.h"

static void group_print_json(const gopm_group *group, uint32_t group_by, uint32_t filter_flags)
{
	output_char('{');
	json_key("count");
	output_u64(group->count);
	if (group_by == GOPM_GROUP_USER || group_by == GOPM_GROUP_START || group_by == GOPM_GROUP_GO ||
	    group_by == GOPM_GROUP_CURRENT) {
		json_next_key("location");
		json_location(&group->location, (filter_flags & GOPM_FILTER_DELVE) != 0);
	} else {
		json_next_key("key");
		json_string(group->key);
	}
	if (group_by == GOPM_GROUP_OBJECT) {
		json_next_key("object");
		json_wait(&group->object);
	}
	json_next_key("exampleID");
	output_u64(group->example_id);
	json_next_key("longestWait");
	output_i64(group->longest_wait);
	if (group->partial_count != 0) {
		json_next_key("partial");
		output_u64(group->partial_count);
	}
	output_char('}');
}

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

int goroutines_groups(struct session *session, const struct goroutines_options *options)
{
	enum { batch = 64 };
	gopm_group records[batch];
	gopm_group_iter *it = NULL;
	gopm_error *err = NULL;
	gopm_status status;
	size_t got = 0;
	uint64_t printed = 0, counted = 0;

	progress_start("counting goroutines", session->quiet);
	status =
	    gopm_group_iter_open(session->core, options->group_by, options->label_key, &options->filter, &it, &err);
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
			if (options->json) {
				if (printed + i != 0) {
					output_text(",\n");
				}
				group_print_json(&records[i], options->group_by, options->filter.flags);
			} else {
				group_print_text(session->core, &records[i], options->group_by);
			}
			counted += records[i].count;
		}
		printed += got;
	}
	if (options->json) {
		output_text("]}\n");
	} else if (options->group_by != GOPM_GROUP_OBJECT) {
		output_printf("[%llu goroutines in %llu groups]\n", (unsigned long long)counted,
		              (unsigned long long)printed);
	} else {
		output_printf("[%llu groups]\n", (unsigned long long)printed);
	}
	gopm_group_iter_free(it);
	if (status < 0) {
		return session_fail(status, NULL);
	}
	return printed != 0 ? EXIT_DONE : EXIT_NOTHING;
}
