/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by corefile.c, which reads the segments, and notes.c, which reads the notes. */
#ifndef GOPM_CORE_COREFILE_PRIVATE_H
#define GOPM_CORE_COREFILE_PRIVATE_H

#include "core/corefile.h"

/* The signal number is twice in the kernel's NT_PRSTATUS (pr_info and pr_cursig), and in NT_SIGINFO. Others write it
 * once. */
struct gopm__note_signals {
	bool twice;                /* a thread has it twice */
	bool differ;               /* the numbers of a thread differ */
	bool wrong;                /* a thread has two numbers */
	size_t infos, empty_infos; /* notes of NT_SIGINFO, with and without a number */
	/* Threads after whose NT_PRSTATUS the same number, or another one, is in NT_SIGINFO. */
	size_t same_infos, other_infos;
};

struct gopm__note_state {
	struct gopm__corefile *core;
	struct gopm__thread *threads;
	size_t count, capacity;
	bool signal_pending; /* an NT_SIGINFO came before the first NT_PRSTATUS: `signal` has its fields */
	struct gopm__thread signal;
	struct gopm__note_signals signals;
	bool fpregset;         /* the last thread has its NT_FPREGSET */
	uint64_t files_offset; /* of NT_FILE; 0: none */
};

/* Reads one range of notes. Damage is a finding. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__notes_read(struct gopm__note_state *state, uint64_t offset, uint64_t size, uint64_t align);

/* Moves the threads to the core. Adds findings for notes that are missing. */
gopm_status gopm__notes_end(struct gopm__note_state *state);

#endif
