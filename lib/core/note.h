/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a PT_NOTE segment or an SHT_NOTE section. */
#ifndef GOPM_CORE_NOTE_H
#define GOPM_CORE_NOTE_H

#include "util/cursor.h"

struct gopm__note {
	uint32_t type;
	const uint8_t *name, *data;
	size_t name_size; /* as stored, usually with a NUL */
	size_t size;
};

enum gopm__note_result {
	GOPM__NOTE_END,
	GOPM__NOTE_OK,
	GOPM__NOTE_TORN /* it extends past the end of the notes */
};

/* Reads the next note. `align` is the p_align of the segment: 8 means padding to 8 bytes, all others to 4, as in other
 * readers. */
static inline enum gopm__note_result gopm__note_next(struct gopm__cursor *c, uint64_t align, struct gopm__note *note)
{
	size_t unit = align == 8 ? 8 : 4;

	if (gopm__cursor_left(c) == 0) {
		return GOPM__NOTE_END;
	}
	note->name_size = gopm__cursor_u32(c);
	note->size = gopm__cursor_u32(c);
	note->type = gopm__cursor_u32(c);
	size_t head = 12 + note->name_size;
	note->name = gopm__cursor_bytes(c, note->name_size);
	(void)gopm__cursor_bytes(c, (unit - head % unit) % unit);
	note->data = gopm__cursor_bytes(c, note->size);
	if (c->failed) {
		return GOPM__NOTE_TORN;
	}
	size_t pad = (unit - note->size % unit) % unit, left = gopm__cursor_left(c);
	(void)gopm__cursor_bytes(c, pad < left ? pad : left);
	return GOPM__NOTE_OK;
}

/* True if the note has this owner and type. */
static inline bool gopm__note_is(const struct gopm__note *note, const char *name, uint32_t type)
{
	size_t size = strlen(name);
	return note->type == type && note->name_size >= size && memcmp(note->name, name, size) == 0 &&
	       strnlen((const char *)note->name, note->name_size) == size;
}

/* True if it is Linux's note of this type. The kernel's owners are CORE and LINUX, which have no type in common, and
 * writers do not agree which of them owns a register set. `dlv dump` writes no owner: then the size must be one that
 * the type can have. */
static inline bool gopm__note_is_linux(const struct gopm__note *note, uint32_t type, size_t least)
{
	return gopm__note_is(note, "CORE", type) || gopm__note_is(note, "LINUX", type) ||
	       (note->size >= least && gopm__note_is(note, "", type));
}

#endif
