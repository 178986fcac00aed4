/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GOPM_ARCH_ARM64_SYSCALLS_H
#define GOPM_ARCH_ARM64_SYSCALLS_H

#define GOPM__ARM64_SYSCALLS 451

/* The name of each system call; NULL: the number has none. */
extern const char *const gopm__arm64_syscalls[GOPM__ARM64_SYSCALLS];

#endif
