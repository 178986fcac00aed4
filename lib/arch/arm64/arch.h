/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GOPM_ARCH_ARM64_ARCH_H
#define GOPM_ARCH_ARM64_ARCH_H

#include "arch/arch.h"
#include "arch/instruction.h"

extern const struct gopm__arch gopm__arch_arm64;
extern const struct gopm__code_desc gopm__arm64_code; /* instruction.c */

/* gopm__code_desc.sp_change; stack_pointer.c. */
struct gopm__sp_change gopm__arm64_sp_change(const uint8_t *code, size_t size);

/* gopm__code_desc.static_load; static_load.c. */
unsigned gopm__arm64_static_load(const uint8_t *code, size_t size, uint64_t pc, const uint64_t *constants,
                                 uint64_t *address);

/* gopm__code_desc.next_store; static_store.c. */
bool gopm__arm64_next_store(const uint8_t *code, size_t size, uint64_t pc, size_t *at, uint64_t *address);

#endif
