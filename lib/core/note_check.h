/* SPDX-License-Identifier: Apache-2.0 */
/* What all writers of cores guarantee of their notes: the kernel, gdb, lldb, `dlv dump`. A breach is damage. */
#ifndef GOPM_CORE_NOTE_CHECK_H
#define GOPM_CORE_NOTE_CHECK_H

#include "core/corefile_private.h"
#include "core/note.h"

/* What a note's header tells; NULL: nothing is wrong. */
const char *gopm__note_fault(const struct gopm__arch *arch, const struct gopm__note *note);

/* What the rows of NT_FILE tell, which are sorted; NULL: nothing is wrong. */
const char *gopm__note_files_fault(const struct gopm__corefile *core);

/* What the ids of the threads tell; NULL: nothing is wrong, or memory is short. */
const char *gopm__note_threads_fault(const struct gopm__corefile *core);

/* True if the signal numbers that NT_PRSTATUS stores twice differ; only the kernel stores both. True too if
 * NT_SIGINFO has another one, or none, for a few of the threads: gdb writes it for each. */
static inline bool gopm__note_signals_differ(const struct gopm__note_signals *signals)
{
	return (signals->twice && signals->differ) || signals->wrong ||
	       (signals->empty_infos != 0 && signals->empty_infos * 2 < signals->infos) ||
	       (signals->other_infos != 0 && signals->other_infos * 2 < signals->same_infos);
}

#endif
