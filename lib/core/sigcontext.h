/* SPDX-License-Identifier: Apache-2.0 */
/* The registers that the kernel saved when it called a signal handler. */
#ifndef GOPM_CORE_SIGCONTEXT_H
#define GOPM_CORE_SIGCONTEXT_H

#include "arch/arch.h"
#include "core/memory.h"

/* `cfa` is the canonical frame address of the handler's trampoline. Source: the kernel's rt_sigframe of each CPU.
 * False: not in the core, or a CPU without such a frame. Registers that are not saved are 0. */
bool gopm__sigcontext_read(const struct gopm__arch *arch, struct gopm__reader *reader, uint64_t cfa,
                           struct gopm__registers *out);

#endif
