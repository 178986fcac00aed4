/* SPDX-License-Identifier: Apache-2.0 */
#include "export/thread_json.h"

static void registers_member(struct gopm__json *w, const struct gopm__corefile *core, uint64_t id)
{
	const struct gopm__arch *arch = core->arch;
	const struct gopm__thread *thread = core->threads, *end = thread + core->thread_count;
	bool any = false;

	while (thread != end && thread->id != id) {
		thread++;
	}
	if (thread == end) {
		return;
	}
	gopm__json_next_key(w, "registers");
	gopm__json_text(w, "{");
	for (size_t i = 0; i < arch->register_count; i++) {
		if ((thread->registers.lost >> i & 1) != 0) {
			continue;
		}
		if (any) {
			gopm__json_text(w, ",");
		}
		any = true;
		gopm__json_cstring(w, arch->registers[i].name);
		gopm__json_text(w, ":");
		gopm__json_u64(w, thread->registers.value[i]);
	}
	gopm__json_text(w, "}");
}

void gopm__thread_json(struct gopm__json *w, const struct gopm__corefile *core, const gopm_thread *thread,
                       uint32_t flags)
{
	gopm__json_open(w, flags);
	gopm__json_key(w, "id");
	gopm__json_u64(w, thread->id);
	gopm__json_next_key(w, "pc");
	gopm__json_u64(w, thread->pc);
	gopm__json_next_key(w, "file");
	gopm__json_string(w, thread->location.file);
	gopm__json_next_key(w, "line");
	gopm__json_u64(w, thread->location.line);
	if (thread->location.function.size != 0) {
		gopm__json_text(w, ",\"function\":{\"name\":");
		gopm__json_string(w, thread->location.function);
		gopm__json_next_key(w, "value");
		gopm__json_u64(w, thread->location.entry);
		gopm__json_text(w, "}");
	}
	if (thread->object.size != 0) {
		gopm__json_next_key(w, "object");
		gopm__json_string(w, thread->object);
		gopm__json_next_key(w, "objectOffset");
		gopm__json_u64(w, thread->object_offset);
	}
	gopm__json_next_key(w, "goroutineID");
	gopm__json_u64(w, thread->goroutine);
	gopm__json_next_key(w, "sp");
	gopm__json_u64(w, thread->sp);
	gopm__json_next_key(w, "m");
	gopm__json_u64(w, thread->m);
	if (thread->m != 0) {
		gopm__json_next_key(w, "mID");
		gopm__json_u64(w, thread->m_id);
	}
	gopm__json_next_key(w, "signal");
	gopm__json_i64(w, thread->signal);
	if ((flags & GOPM_JSON_REGISTERS) != 0) {
		registers_member(w, core, thread->id);
	}
	gopm__json_close(w, flags);
}
