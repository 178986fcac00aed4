/* SPDX-License-Identifier: Apache-2.0 */
#include "export/stack_json.h"

static const char *const languages[] = {
    [GOPM_LANGUAGE_GO] = "go",     [GOPM_LANGUAGE_C] = "c",         [GOPM_LANGUAGE_CPP] = "c++",
    [GOPM_LANGUAGE_RUST] = "rust", [GOPM_LANGUAGE_OTHER] = "other", [GOPM_LANGUAGE_ASSEMBLY] = "assembly",
};

static const char *const ends[] = {
    [GOPM_STACK_END_COMPLETE] = "complete",   [GOPM_STACK_END_NOT_GO] = "not go",
    [GOPM_STACK_END_MEMORY] = "memory",       [GOPM_STACK_END_DAMAGED] = "damaged",
    [GOPM_STACK_END_LIMIT] = "limit",         [GOPM_STACK_END_NO_STACK] = "no stack",
    [GOPM_STACK_END_NO_THREAD] = "no thread",
};

/* Of native code: its module, and the linker's name. */
static void native_members(struct gopm__json *w, const gopm_frame *frame)
{
	if (frame->object.size != 0) {
		gopm__json_next_key(w, "object");
		gopm__json_string(w, frame->object);
		gopm__json_next_key(w, "objectOffset");
		gopm__json_u64(w, frame->object_offset);
	}
	if (frame->symbol.size != 0) {
		gopm__json_next_key(w, "symbol");
		gopm__json_string(w, frame->symbol);
	}
	if ((frame->flags & GOPM_FRAME_GUESSED) != 0) {
		gopm__json_text(w, ",\"guessed\":true");
	}
	if ((frame->flags & GOPM_FRAME_AFTER_GAP) != 0) {
		gopm__json_text(w, ",\"afterGap\":true");
	}
}

void gopm__frame_json(struct gopm__json *w, const gopm_frame *frame, uint32_t flags)
{
	gopm__json_open(w, flags);
	gopm__json_key(w, "pc");
	gopm__json_u64(w, frame->pc);
	gopm__json_next_key(w, "file");
	gopm__json_string(w, frame->location.file);
	gopm__json_next_key(w, "line");
	gopm__json_u64(w, frame->location.line);
	gopm__json_text(w, ",\"function\":{\"name\":");
	gopm__json_string(w, frame->location.function);
	gopm__json_next_key(w, "value");
	gopm__json_u64(w, frame->location.entry);
	gopm__json_text(w, "},\"sp\":");
	gopm__json_u64(w, frame->sp);
	gopm__json_next_key(w, "cfa");
	gopm__json_u64(w, frame->cfa);
	gopm__json_next_key(w, "inlined");
	gopm__json_bool(w, (frame->flags & GOPM_FRAME_INLINED) != 0);
	if (frame->language < sizeof languages / sizeof languages[0] && languages[frame->language] != NULL) {
		gopm__json_next_key(w, "language");
		gopm__json_cstring(w, languages[frame->language]);
	}
	native_members(w, frame);
	gopm__json_close(w, flags);
}

void gopm__stack_end_json(struct gopm__json *w, uint32_t end, uint64_t first, uint64_t depth)
{
	gopm__json_next_key(w, "end");
	gopm__json_cstring(w, end < sizeof ends / sizeof ends[0] ? ends[end] : "unknown");
	if (first != 0) {
		gopm__json_next_key(w, "first");
		gopm__json_u64(w, first);
	}
	if (depth != 0) {
		gopm__json_next_key(w, "depth");
		gopm__json_u64(w, depth);
	}
}
