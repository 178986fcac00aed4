/* SPDX-License-Identifier: Apache-2.0 */
#include "core/note_check.h"

#include <elf.h>
#include <stdlib.h>

#include "core/slim_note.h"
#include "util/allocate.h"
#include "util/cursor.h"

/* Register sets of Linux have these types (include/uapi/linux/elf.h). */
#define FIRST_REGISTER_SET 0x100u
#define LAST_REGISTER_SET 0xfffu

#define LEAST_PAGE 4096u
/* Linux has at most 2^22 thread ids (PID_MAX_LIMIT). */
#define MAX_THREAD_ID (UINT64_C(1) << 22)

/* Bytes of struct elf_prpsinfo and of siginfo_t, on every 64-bit Linux. */
enum { PRPSINFO_BYTES = 136, SIGINFO_BYTES = 128, LAST_SIGNAL = 64 };

/* The size that notes of this type have; 0: any. */
static size_t size_of_type(const struct gopm__arch *arch, uint32_t type)
{
	switch (type) {
	case NT_PRSTATUS:
		return arch->prstatus_size;
	case NT_PRPSINFO:
		return PRPSINFO_BYTES;
	case NT_SIGINFO:
		return SIGINFO_BYTES;
	default:
		return 0;
	}
}

static bool is_type_of_core(uint32_t type)
{
	return (type >= NT_PRSTATUS && type <= NT_TASKSTRUCT) || type == NT_AUXV || type == NT_FILE ||
	       type == NT_SIGINFO || type == NT_PRXFPREG || (type >= FIRST_REGISTER_SET && type <= LAST_REGISTER_SET);
}

static bool begins_with(const uint8_t *data, size_t size, const char *text)
{
	return size > strlen(text) && memcmp(data, text, strlen(text) + 1) == 0;
}

/* CORE has 5 bytes with its NUL, LINUX 6; some writers count the padding too. */
static bool has_owner(const struct gopm__note *note, const char *owner)
{
	return begins_with(note->name, note->name_size, owner);
}

static bool is_own(const struct gopm__note *note)
{
	return note->name_size == sizeof GOPM__SLIM_NOTE_OWNER && has_owner(note, GOPM__SLIM_NOTE_OWNER);
}

static bool is_owner_size(const struct gopm__note *note)
{
	return note->name_size == sizeof "CORE" || note->name_size == sizeof "LINUX";
}

const char *gopm__note_fault(const struct gopm__arch *arch, const struct gopm__note *note)
{
	const size_t size = size_of_type(arch, note->type);

	if (note->type == GOPM__SLIM_NOTE_TYPE && !is_own(note)) {
		return "the owner of the note of a small core is damaged: what the core lacks on purpose is unknown";
	}
	if (note->name_size == 0) {
		return begins_with(note->data, note->size, "CORE") || begins_with(note->data, note->size, "LINUX")
		           ? "a note has an owner, but its size is 0"
		           : NULL;
	}
	if (has_owner(note, "CORE") || has_owner(note, "LINUX")) {
		return note->name_size > 8 ? "the owner of a note has a wrong size"
		       : has_owner(note, "CORE") && !is_type_of_core(note->type)
		           ? "a note has a type that CORE does not have"
		       : size != 0 && note->size > size                ? "a note is longer than its type allows"
		       : note->type == NT_SIGINFO && note->size < size ? "a note is shorter than its type allows"
		       : note->type == NT_SIGINFO && gopm__load32(note->data) > LAST_SIGNAL
		           ? "a note has a signal that Linux does not have"
		           : NULL;
	}
	if (is_own(note) && note->type != GOPM__SLIM_NOTE_TYPE) {
		return "a note of a small core has an unknown type: what the core lacks on purpose is unknown";
	}
	if (note->name_size == 4 && memcmp(note->name, "CORE", 4) == 0) {
		return "the owner of a note has a wrong size";
	}
	/* Its size is that of Linux's own notes. */
	return is_owner_size(note) && (note->type == NT_FILE || (size != 0 && note->size == size))
	           ? "the owner of a note is damaged"
	           : NULL;
}

const char *gopm__note_files_fault(const struct gopm__corefile *core)
{
	for (size_t i = 0; i < core->file_count; i++) {
		const struct gopm__file_mapping *m = &core->files[i];
		if (m->start < LEAST_PAGE) {
			return "NT_FILE has a mapping of the first page, which no process has";
		}
		if (m->start % LEAST_PAGE != 0 || m->end % LEAST_PAGE != 0) {
			return "NT_FILE has a mapping that does not begin and end with a page";
		}
		if (i != 0 && m->start < core->files[i - 1].end) {
			return "NT_FILE has mappings that overlap";
		}
	}
	return NULL;
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

const char *gopm__note_threads_fault(const struct gopm__corefile *core)
{
	const size_t count = core->thread_count;
	const char *fault = NULL;
	uint64_t *ids = gopm__calloc(count + 1, sizeof *ids);

	if (ids == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		ids[i] = core->threads[i].id;
	}
	qsort(ids, count, sizeof *ids, compare_ids);
	for (size_t i = 0; i < count && fault == NULL; i++) {
		fault = ids[i] == 0 || ids[i] > MAX_THREAD_ID ? "a thread has an id that Linux does not give"
		        : i != 0 && ids[i] == ids[i - 1]      ? "two threads have the same id"
		                                              : NULL;
	}
	free(ids);
	return fault;
}
