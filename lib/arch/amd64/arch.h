/* SPDX-License-Identifier: Apache-2.0 */
/* linux/amd64. */
#ifndef GOPM_ARCH_AMD64_ARCH_H
#define GOPM_ARCH_AMD64_ARCH_H

#include "arch/arch.h"

extern const struct gopm__arch gopm__arch_amd64;
extern const struct gopm__code_desc gopm__amd64_code; /* instruction.c */

#endif
