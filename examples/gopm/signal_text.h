/* SPDX-License-Identifier: Apache-2.0 */
/* The signal that a process died of, and the place in C that it interrupted. */
#ifndef GOPM_COMMAND_SIGNAL_TEXT_H
#define GOPM_COMMAND_SIGNAL_TEXT_H

#include <gopm/gopm.h>
#include <stdbool.h>

/* Prints "signal 11 SIGSEGV, code 1: address not mapped to object, address 0x10, pc 0x4a0a94". */
void text_signal(const gopm_core_info *info);

/* A frame of C, and its module. */
struct crash_frame {
	gopm_frame frame;
	gopm_str build_id; /* empty: unknown */
	bool in_program;   /* the module is the program */
};

/* The place in C that the signal interrupted. */
struct crash_place {
	gopm_stack *stack;         /* has the strings of the frames; free it */
	struct crash_frame at;     /* if its frame has no object, the pc is not in any code */
	struct crash_frame caller; /* the innermost frame of C in another module; no object: none */
};

/* Returns false if the signal did not interrupt C. The core must stay open. */
bool crash_place_find(gopm_core *core, const gopm_core_info *info, struct crash_place *place);

#endif
