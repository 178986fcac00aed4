/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of a signal handler: the registers and the siginfo_t that the kernel saved on the stack. */
#ifndef GOPM_CORE_SIGCONTEXT_H
#define GOPM_CORE_SIGCONTEXT_H

#include "arch/arch.h"
#include "core/memory.h"

/* Reads the registers. `cfa` is the canonical frame address of the signal trampoline; the layout is that of the
 * kernel's struct rt_sigframe. Registers that are not saved become 0. Returns false if the memory is missing or the
 * layout of this CPU is unknown. */
bool gopm__sigcontext_read(const struct gopm__arch *arch, struct gopm__reader *reader, uint64_t cfa,
                           struct gopm__registers *out);

/* The parts of a siginfo_t. */
struct gopm__siginfo {
	int32_t signal, code;
	uint64_t address;     /* si_addr; 0: the signal has none */
	uint32_t sender;      /* si_pid; 0: the signal has none */
	uint64_t raw_address; /* the bytes of si_addr, whatever they mean */
};

/* Reads the siginfo_t of such a frame; parameters and result as above. */
bool gopm__siginfo_read(const struct gopm__arch *arch, struct gopm__reader *reader, uint64_t cfa,
                        struct gopm__siginfo *out);

/* True if the kernel raised the signal for a fault, so that si_addr is valid (si_code > 0). */
bool gopm__siginfo_is_fault(int32_t signal, int32_t code);

/* True if a process sent the signal by kill(2), tgkill(2) or sigqueue(3): si_pid is in the first half of the bytes of
 * si_addr. */
bool gopm__siginfo_is_sent(int32_t code);

#endif
