/* SPDX-License-Identifier: Apache-2.0 */
/* One step of a stack through native code: from the registers of a frame to those of its caller. In this order:
 *
 *	1. the code that a signal handler returns to: the kernel saved all registers
 *	2. call frame information
 *	3. the frame pointer, if it points to a frame record on the stack: guessed
 *	4. the first word of the stack that can be a return address: guessed */
#ifndef GOPM_UNWIND_NATIVE_FRAME_H
#define GOPM_UNWIND_NATIVE_FRAME_H

#include "core/memory.h"
#include "unwind/native.h"

enum gopm__native_end {
	GOPM__NATIVE_CALLER, /* there is one */
	GOPM__NATIVE_FIRST,  /* it is the first function of its stack */
	GOPM__NATIVE_LOST,   /* the caller is not known */
	GOPM__NATIVE_MEMORY, /* the core lacks the stack there */
};

struct gopm__native_caller {
	uint8_t end;                      /* enum gopm__native_end */
	bool exact;                       /* the caller was interrupted at its pc: it is no return address */
	bool guessed;                     /* not by call frame information */
	uint64_t cfa;                     /* of the frame; 0: unknown */
	struct gopm__registers registers; /* of the caller, with pc and sp */
	const char *why;                  /* why it is guessed, or not known; static */
};

/* Finds the caller of the frame with these registers. `exact`: its pc is the next instruction, not a return address. */
void gopm__native_find_caller(struct gopm__native *native, struct gopm__reader *reader,
                              const struct gopm__registers *registers, bool exact, struct gopm__native_caller *out);

/* True if `pc` is code that a signal handler returns to: it calls rt_sigreturn(2). */
bool gopm__native_is_sigreturn(struct gopm__native *native, uint64_t pc);

/* Copies code or constants at `address`, of the core or of a module's file. Returns the number of bytes. */
size_t gopm__native_code(struct gopm__native *native, uint64_t address, void *buffer, size_t size);

/* True if a function that C or assembly called may return to `pc`: what is known of the process and of the code there
 * does not speak against it. */
bool gopm__native_may_return_to(struct gopm__native *native, uint64_t pc);

/* True if `pc` can be a return address: it is in code of a module, after a call. */
bool gopm__native_is_return_address(struct gopm__native *native, uint64_t pc);

#endif
