/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GOPM_ARCH_AMD64_SYSCALLS_H
#define GOPM_ARCH_AMD64_SYSCALLS_H

#define GOPM__AMD64_SYSCALLS 451

/* The name of each system call; NULL: the number has none. */
extern const char *const gopm__amd64_syscalls[GOPM__AMD64_SYSCALLS];

#endif
