/* SPDX-License-Identifier: Apache-2.0 */
/* Threads in the notes of `dlv dump` where Delve has no Linux notes: on arm64, and with other backends than its own.
 * Source: Delve 1.27, pkg/elfwriter/delve_core_notes.go and pkg/proc/dump.go, dumpThreadNotes(). */
#ifndef GOPM_CORE_DELVE_NOTE_H
#define GOPM_CORE_DELVE_NOTE_H

#include "core/corefile.h"
#include "core/note.h"

#define GOPM__DELVE_HEADER_OWNER "Delve Header"
#define GOPM__DELVE_HEADER_TYPE 0x444c5645
#define GOPM__DELVE_THREAD_TYPE 0x444c5654

/* The process id in the header's text; 0: it has none. */
uint32_t gopm__delve_header_pid(const struct gopm__note *note);

/* Reads a thread: its id, and the registers that this CPU's table names. False: the note is malformed, or lacks the pc
 * or sp. */
bool gopm__delve_thread_read(const struct gopm__arch *arch, const struct gopm__note *note, struct gopm__thread *out);

#endif
