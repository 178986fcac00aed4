/* SPDX-License-Identifier: Apache-2.0 */
#include "core/delve_note.h"

#include <stdlib.h>
#include <strings.h>

uint32_t gopm__delve_header_pid(const struct gopm__note *note)
{
	static const char key[] = "Target Pid: ";
	const char *text = (const char *)note->data, *at = memmem(text, note->size, key, sizeof key - 1);
	uint32_t pid = 0;

	if (at == NULL) {
		return 0;
	}
	for (at += sizeof key - 1; at < text + note->size && *at >= '0' && *at <= '9'; at++) {
		pid = pid * 10 + (uint32_t)(*at - '0');
	}
	return pid;
}

/* Sets the register with this name. Delve writes "Rip" and "X0"; "Eflags" is rflags. */
static void set_register(const struct gopm__arch *arch, gopm_str name, uint64_t value, struct gopm__registers *out)
{
	for (size_t i = 0; i < arch->register_count; i++) {
		const char *own = arch->registers[i].name;
		if (strlen(own) == name.size && strncasecmp(own, name.data, name.size) == 0) {
			out->value[i] = value;
		}
	}
}

bool gopm__delve_thread_read(const struct gopm__arch *arch, const struct gopm__note *note, struct gopm__thread *out)
{
	struct gopm__cursor c = gopm__cursor(note->data, note->size);

	*out = (struct gopm__thread){.id = gopm__cursor_u64(&c)};
	uint64_t pc = gopm__cursor_u64(&c), sp = gopm__cursor_u64(&c), fp = gopm__cursor_u64(&c);
	out->thread_pointer = gopm__cursor_u64(&c);
	(void)gopm__cursor_u8(&c);  /* the next word is valid */
	(void)gopm__cursor_u64(&c); /* the g, by Delve's rules */
	uint32_t count = gopm__cursor_u32(&c);
	for (uint32_t i = 0; i < count && !c.failed; i++) {
		size_t size = gopm__cursor_u16(&c);
		gopm_str name = {(const char *)gopm__cursor_bytes(&c, size), size};
		size = gopm__cursor_u16(&c);
		const uint8_t *value = gopm__cursor_bytes(&c, size);
		if (!c.failed && size == 8) {
			set_register(arch, name, gopm__load64(value), &out->registers);
		}
	}
	out->registers.value[arch->pc] = pc;
	out->registers.value[arch->sp] = sp;
	out->registers.value[arch->fp] = fp;
	return !c.failed && pc != 0 && sp != 0;
}
