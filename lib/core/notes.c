/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the notes of a core: threads with registers and signals (NT_PRSTATUS, NT_FPREGSET, NT_SIGINFO), the process
 * (NT_PRPSINFO), the auxiliary vector (NT_AUXV), mapped files (NT_FILE), and the notes of small cores and of Delve.
 * Others are ignored. */
#include <elf.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/corefile_private.h"
#include "core/delve_note.h"
#include "core/note.h"
#include "core/note_check.h"
#include "core/sigcontext.h"
#include "core/slim_note.h"
#include "util/allocate.h"
#include "util/vector.h"

/* Linux has at most 2^22 thread ids (PID_MAX_LIMIT). */
#define MAX_THREADS ((size_t)1 << 22)
/* Sizes of pages that Linux has. */
#define LEAST_PAGE ((uint64_t)4096)
#define MOST_PAGE ((uint64_t)65536)

/* Offsets in struct elf_prstatus, elf_prpsinfo and siginfo_t; the same on every 64-bit Linux. */
enum {
	PRSTATUS_SIGNO = 0,
	PRSTATUS_CURSIG = 12,
	PRSTATUS_PID = 32,
	PRPSINFO_PID = 24,
	PRPSINFO_FNAME = 40,
	PRPSINFO_PSARGS = 56,
	PRPSINFO_SIZE = 136,
	SIGINFO_SIGNO = 0,
	SIGINFO_CODE = 8,
	SIGINFO_ADDR = 16,
	SIGINFO_SIZE = 24,
	AUXV_ENTRY_SIZE = 16,
	NT_FILE_HEADER_SIZE = 16
};

static void report_bad_note(const struct gopm__note_state *state, uint64_t offset, const char *what)
{
	gopm__finding_add(state->core->findings, GOPM_FINDING_BAD_NOTE,
	                  GOPM__AT_OFFSET(state->core->source.name, offset), "%s", what);
}

static gopm_status add_thread(struct gopm__note_state *state, const struct gopm__thread *thread, uint64_t offset)
{
	if (state->count >= MAX_THREADS) {
		gopm__finding_add(state->core->findings, GOPM_FINDING_LIMIT,
		                  GOPM__AT_OFFSET(state->core->source.name, offset),
		                  "more than %zu threads; the rest is ignored", MAX_THREADS);
		return GOPM_OK;
	}
	if (!GOPM__VECTOR_RESERVE(state->threads, state->count, state->capacity, 1)) {
		return GOPM_ERR_NO_MEMORY;
	}
	struct gopm__thread *t = &state->threads[state->count++];
	*t = *thread;
	state->fpregset = false;
	if (state->signal_pending) {
		state->signal_pending = false;
		t->signal = state->signal.signal;
		t->signal_code = state->signal.signal_code;
		t->signal_sender = state->signal.signal_sender;
		t->fault_address = state->signal.fault_address;
	}
	return GOPM_OK;
}

static gopm_status read_prstatus(struct gopm__note_state *state, const struct gopm__note *note, uint64_t offset)
{
	const struct gopm__arch *arch = state->core->arch;

	if (note->size < arch->prstatus_size) {
		report_bad_note(state, offset, "NT_PRSTATUS is too short for this CPU; its thread is missing");
		return GOPM_OK;
	}
	struct gopm__thread thread = {.id = gopm__load32(note->data + PRSTATUS_PID),
	                              .signal = gopm__load16(note->data + PRSTATUS_CURSIG)};
	for (size_t i = 0; i < arch->register_count; i++) {
		thread.registers.value[i] = gopm__load64(note->data + arch->registers[i].prstatus_offset);
	}
	int32_t number = (int32_t)gopm__load32(note->data + PRSTATUS_SIGNO);
	state->signals.twice = state->signals.twice || (number != 0 && number == thread.signal);
	state->signals.differ = state->signals.differ || number != thread.signal;
	state->signals.wrong = state->signals.wrong || (number != 0 && number != thread.signal);
	thread.thread_pointer = arch->thread_pointer != 0 ? thread.registers.value[arch->thread_pointer] : 0;
	return add_thread(state, &thread, offset);
}

static gopm_status read_delve_thread(struct gopm__note_state *state, const struct gopm__note *note, uint64_t offset)
{
	struct gopm__thread thread;

	if (!gopm__delve_thread_read(state->core->arch, note, &thread)) {
		report_bad_note(state, offset, "Delve's note of a thread is malformed; its thread is missing");
		return GOPM_OK;
	}
	return add_thread(state, &thread, offset);
}

/* The note follows the NT_PRSTATUS of its thread. `data` is the file offset of its contents. */
static void read_fpregset(struct gopm__note_state *state, const struct gopm__note *note, uint64_t offset, uint64_t data)
{
	const struct gopm__vectors_desc *vectors = &state->core->arch->vectors;

	if (note->size < vectors->note_size) {
		report_bad_note(state, offset,
		                note->type == NT_FPREGSET
		                    ? "NT_FPREGSET is too short for this CPU; its registers are missing"
		                    : "a note of vector registers is too short for this CPU; they are missing");
		return;
	}
	if (note->type == NT_FPREGSET) {
		if (state->fpregset || state->count == 0) {
			report_bad_note(state, offset, "NT_FPREGSET has no NT_PRSTATUS; its thread is missing");
			return;
		}
		state->fpregset = true;
	}
	struct gopm__registers *registers = state->count != 0 ? &state->threads[state->count - 1].registers : NULL;
	if (registers != NULL && (note->type == NT_FPREGSET || registers->vectors_in == GOPM__VECTORS_NOWHERE)) {
		registers->vectors = data + vectors->note_offset;
		registers->vectors_in = GOPM__VECTORS_FILE;
	}
}

/* The note follows the NT_PRSTATUS of its thread. */
static void read_thread_pointer(struct gopm__note_state *state, const struct gopm__note *note, uint64_t offset)
{
	if (note->size < sizeof(uint64_t)) {
		report_bad_note(state, offset, "the note of a thread pointer is too short and ignored");
	} else if (state->count != 0) {
		state->threads[state->count - 1].thread_pointer = gopm__load64(note->data);
	}
}

/* gdb writes this note after each thread's NT_PRSTATUS, the kernel only after the first one. */
static void read_siginfo(struct gopm__note_state *state, const struct gopm__note *note, uint64_t offset)
{
	struct gopm__thread *t = &state->signal;

	if (note->size < SIGINFO_SIZE) {
		report_bad_note(state, offset, "NT_SIGINFO is too short and ignored");
		return;
	}
	if (state->count != 0) {
		t = &state->threads[state->count - 1];
	} else {
		state->signal_pending = true;
	}
	int32_t number = (int32_t)gopm__load32(note->data + SIGINFO_SIGNO);
	int32_t code = (int32_t)gopm__load32(note->data + SIGINFO_CODE);
	state->signals.differ = state->signals.differ || (state->count != 0 && number != t->signal);
	state->signals.infos += number != 0;
	state->signals.empty_infos += number == 0;
	state->signals.same_infos += state->count != 0 && number != 0 && number == t->signal;
	state->signals.other_infos += state->count != 0 && number != t->signal;
	if (number == 0) {
		return;
	}
	t->signal = number;
	t->signal_code = code;
	t->signal_sender = gopm__siginfo_is_sent(code) ? gopm__load32(note->data + SIGINFO_ADDR) : 0;
	/* si_addr is valid only for a fault that the kernel raised (si_code > 0). */
	if (code > 0 &&
	    (number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE || number == SIGTRAP)) {
		t->fault_address = gopm__load64(note->data + SIGINFO_ADDR);
	}
}

static gopm_status read_prpsinfo(struct gopm__note_state *state, const struct gopm__note *note, uint64_t offset)
{
	struct gopm__corefile *core = state->core;

	if (note->size < PRPSINFO_SIZE) {
		report_bad_note(state, offset, "NT_PRPSINFO is too short and ignored");
		return GOPM_OK;
	}
	if (core->command_line.data != NULL) {
		return GOPM_OK;
	}
	core->pid = gopm__load32(note->data + PRPSINFO_PID);
	const char *text = (const char *)note->data + PRPSINFO_PSARGS;
	size_t size = strnlen(text, PRPSINFO_SIZE - PRPSINFO_PSARGS);
	while (size != 0 && text[size - 1] == ' ') {
		size--;
	}
	if (size == 0) {
		text = (const char *)note->data + PRPSINFO_FNAME;
		size = strnlen(text, PRPSINFO_PSARGS - PRPSINFO_FNAME);
	}
	core->command_line = gopm__arena_str(&core->arena, text, size);
	return core->command_line.data != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
}

static void read_auxv(struct gopm__note_state *state, const struct gopm__note *note)
{
	for (size_t at = 0; at + 16 <= note->size; at += 16) {
		uint64_t key = gopm__load64(note->data + at), value = gopm__load64(note->data + at + 8);
		if (key == AT_NULL) {
			break;
		}
		if (key == AT_ENTRY) {
			state->core->entry = value;
		} else if (key == AT_PHDR) {
			state->core->phdr = value;
		} else if (key == AT_EXECFN) {
			state->core->execfn = value;
		} else if (key == AT_RANDOM) {
			state->core->random = value;
		} else if (key == AT_SYSINFO_EHDR) {
			state->core->vdso = value;
		}
	}
}

static int files_by_start(const void *a, const void *b)
{
	const struct gopm__file_mapping *x = a, *y = b;
	return x->start < y->start ? -1 : x->start > y->start;
}

/* NT_FILE has a count, the page size, `count` triples (start, end, offset in pages), and then `count` file names. */
static gopm_status read_files(struct gopm__note_state *state, const struct gopm__note *note, uint64_t offset)
{
	struct gopm__corefile *core = state->core;
	struct gopm__cursor c = gopm__cursor(note->data, note->size);
	uint64_t count = gopm__cursor_u64(&c), page = gopm__cursor_u64(&c);

	if (core->files != NULL) {
		return GOPM_OK;
	}
	/* gdb counts in bytes: its page size is 1. */
	if (c.failed || (page != 1 && (page < LEAST_PAGE || page > MOST_PAGE || (page & (page - 1)) != 0))) {
		report_bad_note(state, offset, "NT_FILE has an invalid header and is ignored");
		return GOPM_OK;
	}
	state->files_offset = offset;
	uint64_t most = gopm__cursor_left(&c) / (3 * 8 + 1);
	if (count > most) {
		report_bad_note(state, offset, "NT_FILE declares more mappings than its size allows");
		count = most;
	}
	core->files = gopm__calloc((size_t)count + 1, sizeof *core->files);
	if (core->files == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	struct gopm__cursor names = c;
	(void)gopm__cursor_bytes(&names, (size_t)count * 3 * 8);
	gopm_str path = {NULL, 0};
	for (uint64_t i = 0; i < count; i++) {
		struct gopm__file_mapping m = {.start = gopm__cursor_u64(&c), .end = gopm__cursor_u64(&c)};
		uint64_t pages = gopm__cursor_u64(&c);
		size_t left = gopm__cursor_left(&names);
		const char *name = (const char *)names.at;
		size_t size = left != 0 ? strnlen(name, left) : 0;
		if (size == left) {
			report_bad_note(state, offset, "NT_FILE ends inside its file names");
			break;
		}
		(void)gopm__cursor_bytes(&names, size + 1);
		if (m.end <= m.start || pages > UINT64_MAX / page) {
			report_bad_note(state, offset,
			                "NT_FILE has a mapping with an invalid range; the mapping is ignored");
			continue;
		}
		/* Neighbours often have the same path: store it once. */
		if (path.data == NULL || path.size != size || memcmp(path.data, name, size) != 0) {
			path = gopm__arena_str(&core->arena, name, size);
			if (path.data == NULL) {
				return GOPM_ERR_NO_MEMORY;
			}
		}
		m.offset = pages * page;
		m.path = path;
		core->files[core->file_count++] = m;
	}
	qsort(core->files, core->file_count, sizeof *core->files, files_by_start);
	return GOPM_OK;
}

/* `offset` and `data` are the file offsets of the note and of its contents. */
static gopm_status read_note(struct gopm__note_state *state, const struct gopm__note *note, uint64_t offset,
                             uint64_t data)
{
	const struct gopm__arch *arch = state->core->arch;
	const char *fault = gopm__note_fault(arch, note);

	if (fault != NULL) {
		report_bad_note(state, offset, fault);
	}
	if (gopm__note_is_linux(note, NT_PRSTATUS, arch->prstatus_size)) {
		return read_prstatus(state, note, offset);
	}
	if (gopm__note_is_linux(note, NT_PRPSINFO, PRPSINFO_SIZE)) {
		return read_prpsinfo(state, note, offset);
	}
	if (gopm__note_is_linux(note, NT_FILE, NT_FILE_HEADER_SIZE)) {
		return read_files(state, note, offset);
	}
	if (gopm__note_is(note, "", GOPM__DELVE_THREAD_TYPE)) {
		return read_delve_thread(state, note, offset);
	}
	if (gopm__note_is_linux(note, NT_FPREGSET, arch->vectors.note_size) ||
	    (arch->vectors.extended_note != 0 &&
	     gopm__note_is_linux(note, arch->vectors.extended_note, arch->vectors.note_size))) {
		read_fpregset(state, note, offset, data);
	} else if (arch->thread_pointer_note != 0 &&
	           gopm__note_is_linux(note, arch->thread_pointer_note, sizeof(uint64_t))) {
		read_thread_pointer(state, note, offset);
	} else if (gopm__note_is_linux(note, NT_SIGINFO, SIGINFO_SIZE)) {
		read_siginfo(state, note, offset);
	} else if (gopm__note_is_linux(note, NT_AUXV, AUXV_ENTRY_SIZE)) {
		read_auxv(state, note);
	} else if (gopm__note_is(note, GOPM__SLIM_NOTE_OWNER, GOPM__SLIM_NOTE_TYPE)) {
		gopm__slim_note_read(state->core, (const char *)note->data, note->size);
	} else if (gopm__note_is(note, GOPM__DELVE_HEADER_OWNER, GOPM__DELVE_HEADER_TYPE) && state->core->pid == 0) {
		state->core->pid = gopm__delve_header_pid(note);
	}
	return GOPM_OK;
}

gopm_status gopm__notes_read(struct gopm__note_state *state, uint64_t offset, uint64_t size, uint64_t align)
{
	const uint8_t *data = gopm__source_span(&state->core->source, offset, size);
	struct gopm__cursor c = gopm__cursor(data, (size_t)size);
	gopm_status status = GOPM_OK;

	if (data == NULL) {
		report_bad_note(state, offset, "cannot read the notes");
		return GOPM_OK;
	}
	while (status == GOPM_OK) {
		uint64_t at = offset + gopm__cursor_offset(&c);
		struct gopm__note note;
		enum gopm__note_result result = gopm__note_next(&c, align, &note);
		if (result != GOPM__NOTE_OK) {
			if (result == GOPM__NOTE_TORN) {
				report_bad_note(state, at, "a note extends past the end of the notes");
			}
			break;
		}
		status = read_note(state, &note, at, offset + (uint64_t)(note.data - data));
	}
	return status;
}

gopm_status gopm__notes_end(struct gopm__note_state *state)
{
	struct gopm__corefile *core = state->core;

	core->threads = state->threads;
	core->thread_count = state->count;
	if (core->pid == 0 && core->thread_count != 0) {
		core->pid = (uint32_t)core->threads[0].id;
	}
	const char *fault = gopm__note_threads_fault(core);
	if (fault == NULL && gopm__note_signals_differ(&state->signals)) {
		fault = "the notes of a thread have different signals";
	}
	if (fault != NULL) {
		gopm__finding_add(core->findings, GOPM_FINDING_BAD_NOTE, GOPM__AT_FILE(core->source.name), "%s", fault);
	}
	fault = gopm__note_files_fault(core);
	if (fault != NULL) {
		report_bad_note(state, state->files_offset, fault);
	}
	if (core->thread_count == 0) {
		gopm__finding_add(
		    core->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(core->source.name),
		    "the core has no threads; registers are missing, and so are the stacks that were running");
	}
	if (core->file_count == 0) {
		gopm__finding_add(core->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(core->source.name),
		                  "the core has no NT_FILE; mappings have no file names");
	}
	return GOPM_OK;
}
