/* SPDX-License-Identifier: Apache-2.0 */
/* A stack as JSON, with the variables of its frames. */
#include "export/stack_json.h"

#include <gopm/json.h>

#include "api/stack.h"
#include "api/vars.h"
#include "util/allocate.h"

/* Bytes that `write` receives at once, but for longer values. */
enum { PIECE = 16384, BATCH = 64 };

struct stack_writer {
	struct gopm__json json;
	const gopm_stack *stack;
	const gopm_value_options *variables;
	uint32_t flags;
	struct gopm__text text; /* of one value; reused */
};

/* One of Delve's two lists of variables: arguments and results, or locals. */
static gopm_status write_values(struct stack_writer *w, gopm_vars *vars, bool arguments)
{
	const uint32_t flags = (w->flags & GOPM_JSON_DELVE) != 0 ? GOPM_VALUE_JSON_DELVE : 0;
	gopm_status status = GOPM_OK;
	bool first = true;

	gopm__json_text(&w->json, "[");
	for (size_t i = 0; status == GOPM_OK && i < gopm_vars_size(vars) && !w->json.stopped; i++) {
		gopm_value_info info = {.struct_size = sizeof info};
		gopm_value *value = NULL;

		status = gopm_vars_value(vars, i, &value);
		if (status == GOPM_OK) {
			status = gopm_value_get_info(value, &info);
		}
		if (status == GOPM_OK &&
		    arguments == ((info.variable_flags & (GOPM_VAR_ARGUMENT | GOPM_VAR_RESULT)) != 0)) {
			gopm__text_clear(&w->text);
			status = gopm__value_json_text(value, flags, &w->text);
			if (!first) {
				gopm__json_text(&w->json, ",");
			}
			first = false;
			if (status == GOPM_OK) {
				gopm__json_raw(&w->json, w->text.data, w->text.size);
			}
		}
		gopm_value_free(value);
	}
	gopm__json_text(&w->json, "]");
	return status;
}

/* True if the whole call fails, and not only this frame. */
static bool is_failure(gopm_status status)
{
	return status == GOPM_ERR_NO_MEMORY || status == GOPM_ERR_IO || status == GOPM_ERR_CANCELLED;
}

static void give_error(gopm_error **err, gopm_error *why)
{
	if (err != NULL) {
		*err = why;
	} else {
		gopm_error_free(why);
	}
}

/* Adds the variables of a frame to its members. */
static gopm_status write_variables(struct stack_writer *w, size_t frame, gopm_error **err)
{
	gopm_error *why = NULL;
	gopm_vars *vars = NULL;
	gopm_status status = gopm_frame_vars(w->stack, frame, w->variables, &vars, &why);

	if (is_failure(status)) {
		give_error(err, why);
		return status;
	}
	gopm__json_next_key(&w->json, "Arguments");
	gopm_status written = write_values(w, vars, true);
	gopm__json_next_key(&w->json, "Locals");
	if (written == GOPM_OK) {
		written = write_values(w, vars, false);
	}
	if (status < 0) {
		gopm__json_next_key(&w->json, "Err");
		gopm__json_cstring(&w->json, why != NULL ? gopm_error_message(why) : gopm_status_text(status));
	}
	gopm_error_free(why);
	gopm_vars_free(vars);
	return written;
}

/* Writes the list of frames. */
static gopm_status write_frames(struct stack_writer *w, gopm_error **err)
{
	gopm_status status = GOPM_OK;
	gopm_frame frames[BATCH];
	size_t first = 0, got = 0;

	gopm__json_key(&w->json, "Locations");
	gopm__json_text(&w->json, "[");
	while (status == GOPM_OK && !w->json.stopped &&
	       gopm_stack_frames(w->stack, first, frames, sizeof frames[0], BATCH, &got) == GOPM_OK) {
		for (size_t i = 0; status == GOPM_OK && i < got && !w->json.stopped; i++) {
			if (first + i != 0) {
				gopm__json_text(&w->json, ",");
			}
			gopm__json_text(&w->json, "{");
			gopm__frame_json(&w->json, &frames[i], w->flags | GOPM_JSON_MEMBERS);
			if (w->variables != NULL) {
				status = write_variables(w, first + i, err);
			}
			gopm__json_text(&w->json, "}");
		}
		first += got;
	}
	gopm__json_text(&w->json, "]");
	return status;
}

/* Checks the options also of a stack without frames. */
static gopm_status check_options(const gopm_stack *stack, const gopm_value_options *variables, gopm_error **err)
{
	gopm_vars *vars;
	gopm_status status = gopm__vars_new(gopm__stack_core(stack), variables, &vars, err);

	gopm_vars_free(vars);
	return status;
}

gopm_status gopm_stack_json(const gopm_stack *stack, const gopm_value_options *variables, uint32_t flags,
                            gopm_write_fn write, void *user_data, gopm_error **err)
{
	struct stack_writer w = {.stack = stack, .variables = variables, .flags = flags};
	char piece[PIECE];

	if (err != NULL) {
		*err = NULL;
	}
	if (stack == NULL || write == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "stack and write must not be NULL");
	}
	if ((flags & ~GOPM__JSON_FLAGS) != 0) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__NOWHERE, "unknown flags 0x%x; use GOPM_JSON_*",
		                  (unsigned)(flags & ~GOPM__JSON_FLAGS));
	}
	gopm_status status = check_options(stack, variables, err);
	if (status != GOPM_OK) {
		return status;
	}
	gopm__json_init(&w.json, piece, sizeof piece);
	w.json.write = write;
	w.json.user_data = user_data;
	gopm__json_open(&w.json, flags);
	status = write_frames(&w, err);
	gopm__stack_end_json(&w.json, gopm_stack_end(stack, NULL), gopm_stack_first(stack), gopm_stack_depth(stack));
	gopm__json_close(&w.json, flags);
	gopm__text_free(&w.text);
	if (status != GOPM_OK) {
		return status;
	}
	(void)gopm__json_end(&w.json);
	return w.json.stopped ? GOPM_DONE : GOPM_OK;
}
