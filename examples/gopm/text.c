/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "output.h"
#include "values.h"

void text_function(gopm_str name)
{
	output_function_colour();
	if (name.size != 0) {
		output_str(name);
	} else {
		output_text("???");
	}
	output_normal_colour();
}

void text_place(const gopm_location *location)
{
	output_place_colour();
	if (location->file.size != 0) {
		output_str(location->file);
	} else {
		output_char('?');
	}
	output_char(':');
	output_u64(location->line);
	output_normal_colour();
}

void text_location(const gopm_location *location)
{
	text_place(location);
	output_char(' ');
	text_function(location->function);
	output_text(" (");
	output_hex(location->pc, 0);
	output_char(')');
}

void text_goroutine(const gopm_goroutine *g, const char *name, const gopm_location *location, bool delve)
{
	output_text("Goroutine ");
	output_u64(g->id);
	output_text(" - ");
	output_string(name);
	output_text(": ");
	text_location(location);
	if (g->thread_id != 0) {
		output_text(" (thread ");
		output_u64(g->thread_id);
		output_char(')');
	}
	if (g->wait_reason.size != 0) {
		output_text(" [");
		output_str(g->wait_reason);
		if (delve && g->wait_since > 0) {
			output_char(' ');
			output_i64(g->wait_since);
		} else if (!delve && g->wait_time > 0) {
			output_char(' ');
			output_duration(g->wait_time);
		}
		output_char(']');
	}
	if ((g->flags & GOPM_G_FLAG_PARTIAL) != 0) {
		output_text(" (partial)");
	}
	output_char('\n');
}

const char *provenance_name(uint32_t provenance)
{
	switch (provenance) {
	case GOPM_FROM_EXACT:
		return "exact";
	case GOPM_FROM_RUNTIME:
		return "runtime";
	case GOPM_FROM_RECOVERED:
		return "recovered";
	case GOPM_FROM_STALE:
		return "stale-possible";
	default:
		return NULL;
	}
}

static unsigned digits(size_t number)
{
	unsigned count = 1;

	while (number >= 10) {
		number /= 10;
		count++;
	}
	return count;
}

void text_provenance(const gopm_value_info *info)
{
	const char *name = provenance_name(info->provenance);

	bool exact = name == NULL || info->provenance == GOPM_FROM_EXACT;
	bool dangling = (info->flags & GOPM_VALUE_DANGLING) != 0;
	if (exact && !dangling) {
		return;
	}
	output_text("  (");
	if (!exact) {
		output_string(name);
		output_text(": ");
		output_str(info->origin);
	}
	if (dangling) {
		output_string(exact ? "" : "; ");
		output_string(provenance_name(GOPM_FROM_STALE));
		output_text(": its target is not used any more, and may have been freed");
	}
	output_char(')');
}

/* Prints the variables of a frame. */
static void variables(const gopm_stack *stack, size_t frame, const char *indent, unsigned margin,
                      const gopm_value_options *options)
{
	gopm_vars *vars = NULL;
	gopm_error *err = NULL;
	gopm_status status = gopm_frame_vars(stack, frame, options, &vars, &err);

	if (status < 0) {
		output_string(indent);
		output_spaces(margin + 4);
		output_text("(variables: ");
		output_string(err != NULL ? gopm_error_message(err) : gopm_status_text(status));
		output_text(")\n");
		gopm_error_free(err);
		return;
	}
	for (size_t i = 0; i < gopm_vars_size(vars); i++) {
		gopm_value *value = NULL;
		gopm_value_info info = {.struct_size = sizeof info};

		if (gopm_vars_value(vars, i, &value) != GOPM_OK) {
			continue;
		}
		if (gopm_value_get_info(value, &info) == GOPM_OK) {
			output_string(indent);
			output_spaces(margin + 4);
			output_str(info.name);
			output_text(" = ");
			values_text(value);
			text_provenance(&info);
			output_char('\n');
		}
		gopm_value_free(value);
	}
	gopm_vars_free(vars);
}

void text_place_in(const gopm_location *location, gopm_str object, uint64_t offset)
{
	if (location->file.size != 0 || object.size == 0) {
		text_place(location);
		return;
	}
	output_place_colour();
	output_str(object);
	if (offset != 0) {
		output_char('+');
		output_hex(offset, 0);
	}
	output_normal_colour();
}

static void frame_place(const gopm_frame *frame)
{
	text_place_in(&frame->location, frame->object, frame->object_offset);
	if ((frame->flags & GOPM_FRAME_GUESSED) != 0) {
		output_text(" (guessed)");
	}
}

void text_stack(const gopm_stack *stack, const char *indent, const gopm_value_options *full)
{
	enum { batch = 64 };
	gopm_frame frames[batch];
	size_t size = gopm_stack_size(stack), first = 0, got = 0;
	size_t number = (size_t)gopm_stack_first(stack); /* of the first frame shown */
	unsigned width = digits(size != 0 ? number + size - 1 : 0);
	uint64_t end_address = 0;

	if (number != 0 && size != 0) {
		output_string(indent);
		output_printf("(%zu inner frames are not shown)\n", number);
	} else if (number != 0) {
		output_string(indent);
		output_printf("(the stack has %llu frames)\n", (unsigned long long)gopm_stack_depth(stack));
	}

	while (gopm_stack_frames(stack, first, frames, sizeof frames[0], batch, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			if ((frames[i].flags & GOPM_FRAME_AFTER_GAP) != 0) {
				output_string(indent);
				output_text("(frames of C are missing here; see gopm findings)\n");
			}
			output_string(indent);
			output_spaces(width - digits(number + first + i));
			output_u64(number + first + i);
			output_text("  ");
			output_hex(frames[i].pc, 16);
			output_text(" in ");
			text_function(frames[i].location.function);
			output_char('\n');
			output_string(indent);
			output_spaces(width + 2);
			output_text("at ");
			frame_place(&frames[i]);
			output_char('\n');
			if (full != NULL) {
				variables(stack, first + i, indent, width + 2, full);
				output_char('\n');
			}
		}
		first += got;
	}

	static const char *const ends[] = {
	    [GOPM_STACK_END_NOT_GO] = "the callers are not Go code, and unknown",
	    [GOPM_STACK_END_MEMORY] = "the core lacks this memory",
	    [GOPM_STACK_END_DAMAGED] = "these bytes cannot be a stack",
	    [GOPM_STACK_END_LIMIT] = "limit of frames reached",
	    [GOPM_STACK_END_NO_THREAD] = "it was running, and the core lacks its thread",
	};
	uint32_t end = gopm_stack_end(stack, &end_address);
	if (end == GOPM_STACK_END_NO_STACK) {
		output_string(indent);
		output_text("(no stack)\n");
	} else if (end < sizeof ends / sizeof ends[0] && ends[end] != NULL) {
		output_string(indent);
		output_printf("(truncated: %s", ends[end]);
		if (end_address != 0) {
			output_printf(", at 0x%" PRIx64, end_address);
		}
		output_string(end == GOPM_STACK_END_LIMIT ? "; gopm stack --outer N shows the outer end)\n" : ")\n");
	}
}

void text_labels(gopm_core *core, const gopm_goroutine *g, const char *indent)
{
	enum { most = 64 };
	gopm_label labels[most];
	size_t count = 0;

	if (g->label_count == 0 ||
	    gopm_goroutine_labels(core, g->address, labels, sizeof labels[0], most, &count) != GOPM_OK) {
		return;
	}
	output_string(indent);
	output_text("Labels: ");
	for (size_t i = 0; i < count && i < most; i++) {
		output_string(i != 0 ? ", \"" : "\"");
		output_str(labels[i].key);
		output_text("\":\"");
		output_str(labels[i].value);
		output_char('"');
	}
	if (count > most) {
		output_printf("... (%zu more)", count - most);
	}
	output_char('\n');
}

void text_word(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:,@%=";
	gopm_str whole = {word, strlen(word)};

	if (whole.size != 0 && strspn(word, plain) == whole.size) {
		output_str(whole);
		return;
	}
	output_char('\'');
	for (const char *c = word; *c != '\0';) {
		size_t size = strcspn(c, "'");
		output_str((gopm_str){c, size});
		c += size;
		if (*c == '\'') {
			output_text("'\\''");
			c++;
		}
	}
	output_char('\'');
}
