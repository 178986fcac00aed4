/* SPDX-License-Identifier: Apache-2.0 */
/* The death of the process: a signal, a panic or a fatal error, by what the kernel recorded, what the runtime recorded,
 * and what the frames of the dying thread show. */
#ifndef GOPM_PROGRAM_DEATH_H
#define GOPM_PROGRAM_DEATH_H

#include "runtime/runtime.h"

/* The function of the runtime that printed the traceback. */
enum gopm__death_printer {
	GOPM__PRINTER_UNKNOWN,
	GOPM__PRINTER_THROW,  /* fatalthrow: of throw and fatal */
	GOPM__PRINTER_PANIC,  /* fatalpanic */
	GOPM__PRINTER_SIGNAL, /* sighandler */
};

struct gopm__death {
	uint32_t kind; /* GOPM_DEATH_* */
	/* The first signal: the one that led to the death. */
	int32_t signal, signal_code;
	uint64_t signal_pc; /* where it interrupted the thread; 0: unknown */
	uint64_t fault_address;
	uint32_t signal_sender; /* process that sent it; 0: none, or unknown */
	int32_t kernel_signal;  /* the one that ended the process */
	uint64_t thread, goroutine;
	uint64_t g;    /* address of the goroutine's g; 0: none */
	gopm_str text; /* in rt->arena or the core */

	/* The traceback that the runtime printed. It began at the frame with this pc and sp of the thread. */
	enum gopm__death_printer printer;
	const struct gopm__thread *dying; /* NULL: unknown */
	const struct gopm__m *m;          /* of that thread; NULL: none */
	uint64_t start_pc, start_sp;
	uint64_t gp;          /* the g that it printed first: of a goroutine, or g0; 0: unknown */
	bool from_vdso;       /* that frame called the vDSO: the thread's frames do not lead to it */
	bool on_system_stack; /* that frame is on g0's stack */
	uint64_t raw_address; /* that the runtime printed for the signal */
	bool in_cgo;          /* "signal arrived during cgo execution" */
	gopm_str before;      /* the runtime's lines before its message: "runtime: ...\n"; in rt->backlog */
	bool after_panic;     /* they have a panic, and the message is indented */
};

/* Called once, when the core is opened. */
void gopm__death_find(struct gopm__death *death, struct gopm__runtime *rt);

#endif
