/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "json.h"
#include "message.h"
#include "object_print.h"
#include "text.h"
#include "why.h"

enum { most_steps = 256 };

static void print_step_json(const gopm_why_step *step)
{
	output_char('{');
	json_key("goroutine");
	output_u64(step->goroutine);
	json_next_key("certainty");
	json_cstring(step->certainty != 0 ? why_certainty_name(step->certainty) : "none");
	if (step->waits != 0) {
		json_next_key("side");
		json_cstring(object_side_name(step->side));
		json_next_key("object");
		output_char('{');
		object_json(&step->object);
		output_char('}');
	}
	if (step->next != 0) {
		json_next_key("next");
		output_u64(step->next);
		json_next_key("others");
		output_u64(step->others);
		json_next_key("how");
		json_cstring(why_edge_name(step->how));
		json_next_key("evidence");
		why_json_evidence(step->evidence);
	}
	output_char('}');
}

/* What it waits to do, and what the next goroutine has to do with that. */
static const char *wait_words(const gopm_why_step *step)
{
	static const char *const words[] = {
	    [GOPM_SIDE_WAITS] = "waits for ",
	    [GOPM_SIDE_SENDS] = "waits to send on ",
	    [GOPM_SIDE_RECEIVES] = "waits to receive from ",
	    [GOPM_SIDE_LOCKS] = "waits to lock ",
	    [GOPM_SIDE_READ_LOCKS] = "waits to read-lock ",
	    [GOPM_SIDE_READS] = "waits to read from ",
	    [GOPM_SIDE_WRITES] = "waits to write to ",
	};
	return step->side < sizeof words / sizeof words[0] ? words[step->side] : "waits for ";
}

static const char *next_words(uint32_t how)
{
	static const char *const words[] = {
	    [GOPM_EDGE_HOLDS] = "held by ",
	    [GOPM_EDGE_HOLDS_READ] = "read-locked by ",
	    [GOPM_EDGE_UNLOCKS] = "to be unlocked by ",
	    [GOPM_EDGE_SENDS] = "to be sent by ",
	    [GOPM_EDGE_RECEIVES] = "to be received by ",
	    [GOPM_EDGE_CLOSES] = "to be closed by ",
	    [GOPM_EDGE_DONE] = "to be done by ",
	    [GOPM_EDGE_SIGNALS] = "to be signalled by ",
	    [GOPM_EDGE_BEFORE] = "after ",
	};
	return how < sizeof words / sizeof words[0] ? words[how] : "";
}

static void print_step(gopm_core *core, const gopm_why_step *step)
{
	gopm_goroutine g;

	output_text("goroutine ");
	output_u64(step->goroutine);
	if (gopm_goroutine_by_id(core, step->goroutine, &g, sizeof g, NULL) == GOPM_OK) {
		output_text(" in ");
		text_function(g.user.function);
		output_text(" at ");
		text_place(&g.user);
		output_text(" [");
		output_str(g.wait_reason.size != 0 ? g.wait_reason : g.status_name);
		output_char(']');
	}
	if (step->certainty != 0) {
		output_text(", stuck: ");
		output_string(why_certainty_name(step->certainty));
	}
	output_char('\n');
	if (step->waits == 0) {
		return;
	}
	output_text("  ");
	output_string(wait_words(step));
	object_print_name(&step->object);
	object_print_state(core, &step->object);
	if (step->waits > 1) {
		output_printf(", one of %u cases", (unsigned)step->waits);
	}
	output_char('\n');
	if (step->next != 0) {
		output_text("  ");
		output_string(next_words(step->how));
		output_text("goroutine ");
		output_u64(step->next);
		if (step->others != 0) {
			output_text(", and ");
			output_u64(step->others);
			output_text(" more");
		}
		output_char('\n');
	}
}

int why_print_chain(gopm_core *core, gopm_why *why, uint64_t goroutine, bool json)
{
	gopm_why_step *steps = why_array(most_steps, sizeof *steps);
	size_t count = 0;
	const gopm_status status = steps != NULL
	                               ? gopm_why_chain(why, goroutine, steps, sizeof *steps, most_steps, &count)
	                               : GOPM_ERR_NO_MEMORY;

	if (status != GOPM_OK) {
		free(steps);
		return status == GOPM_NOT_FOUND ? session_no_stack(goroutine, 0) : session_fail(status, NULL);
	}
	if (json) {
		output_text("{\"result\":[");
	}
	for (size_t i = 0; i < count && i < most_steps; i++) {
		if (json) {
			output_string(i != 0 ? ",\n" : "");
			print_step_json(&steps[i]);
		} else {
			print_step(core, &steps[i]);
		}
	}
	if (json) {
		output_text("]}\n");
	}
	free(steps);
	return EXIT_DONE;
}
