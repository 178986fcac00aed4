/* SPDX-License-Identifier: Apache-2.0 */
/* The registers that the kernel saved on the stack when it called a signal handler. */
#ifndef GOPM_CORE_SIGCONTEXT_H
#define GOPM_CORE_SIGCONTEXT_H

#include "arch/arch.h"
#include "core/memory.h"

/* Reads the registers. `cfa` is the canonical frame address of the signal trampoline; the layout is that of the
 * kernel's struct rt_sigframe. Registers that are not saved become 0. Returns false if the memory is missing or the
 * layout of this CPU is unknown. */
bool gopm__sigcontext_read(const struct gopm__arch *arch, struct gopm__reader *reader, uint64_t cfa,
                           struct gopm__registers *out);

#endif
