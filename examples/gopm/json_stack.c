/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

/* Without the closing brace. */
static void open_frame(const gopm_frame *frame)
{
	/* Delve's Stackframe is a Location with more members. */
	output_text("{\"pc\":");
	output_u64(frame->pc);
	json_next_key("file");
	json_string(frame->location.file);
	json_next_key("line");
	output_u64(frame->location.line);
	json_next_key("function");
	output_text("{\"name\":");
	json_string(frame->location.function);
	json_next_key("value");
	output_u64(frame->location.entry);
	output_char('}');
	json_next_key("sp");
	output_u64(frame->sp);
	json_next_key("cfa");
	output_u64(frame->cfa);
	json_next_key("inlined");
	json_bool((frame->flags & GOPM_FRAME_INLINED) != 0);
	static const char *const languages[] = {"", "go", "c", "c++", "rust", "assembly", "other"};
	if (frame->language < sizeof languages / sizeof languages[0] && frame->language != GOPM_LANGUAGE_UNKNOWN) {
		json_next_key("language");
		json_cstring(languages[frame->language]);
	}
	if (frame->object.size != 0) {
		json_next_key("object");
		json_string(frame->object);
		json_next_key("objectOffset");
		output_u64(frame->object_offset);
	}
	if (frame->symbol.size != 0) {
		json_next_key("symbol");
		json_string(frame->symbol);
	}
	if ((frame->flags & GOPM_FRAME_GUESSED) != 0) {
		json_next_key("guessed");
		json_bool(true);
	}
	if ((frame->flags & GOPM_FRAME_AFTER_GAP) != 0) {
		json_next_key("afterGap");
		json_bool(true);
	}
}

void json_frame(const gopm_frame *frame)
{
	open_frame(frame);
	output_char('}');
}

void json_frames(const gopm_stack *stack, json_frame_more *more, const void *user_data)
{
	static const char *const ends[] = {"complete", "not go", "memory", "damaged", "limit", "no stack", "no thread"};
	enum { batch = 64 };
	gopm_frame frames[batch];
	size_t first = 0, got = 0;
	uint32_t end = gopm_stack_end(stack, NULL);

	json_key("Locations");
	output_char('[');
	while (gopm_stack_frames(stack, first, frames, sizeof frames[0], batch, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			if (first + i != 0) {
				output_char(',');
			}
			open_frame(&frames[i]);
			if (more != NULL) {
				more(user_data, stack, first + i);
			}
			output_char('}');
		}
		first += got;
	}
	output_text("],\"end\":\"");
	output_string(end < sizeof ends / sizeof ends[0] ? ends[end] : "unknown");
	output_char('"');
	if (gopm_stack_first(stack) != 0) {
		json_next_key("first");
		output_u64(gopm_stack_first(stack));
	}
	if (gopm_stack_depth(stack) != 0) {
		json_next_key("depth");
		output_u64(gopm_stack_depth(stack));
	}
}
