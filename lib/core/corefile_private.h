/* SPDX-License-Identifier: Apache-2.0 */
/* Between corefile.c, which knows segments, and notes.c, which knows what notes mean. */
#ifndef GOPM_CORE_COREFILE_PRIVATE_H
#define GOPM_CORE_COREFILE_PRIVATE_H

#include "core/corefile.h"

struct gopm__note_state {
	struct gopm__corefile *core;
	struct gopm__thread *threads;
	size_t count, capacity;
	bool signal_pending; /* an NT_SIGINFO came before the first NT_PRSTATUS */
	struct gopm__thread signal;
};

/* Reads one range of notes. @return GOPM_OK (damage is a finding) or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__notes_read(struct gopm__note_state *state, uint64_t offset, uint64_t size, uint64_t align);

/* Hands what was collected to the core. */
gopm_status gopm__notes_end(struct gopm__note_state *state);

#endif
