/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of a thread or frame as records. */
#ifndef GOPM_API_REGISTER_H
#define GOPM_API_REGISTER_H

#include <gopm/thread.h>

#include "arch/arch.h"

/* Fills at most `capacity` of the caller's records, `stride` bytes apart. Registers whose values are not known
 * are left out. Returns the number of the others. */
size_t gopm__registers_out(const struct gopm__arch *arch, const struct gopm__registers *registers,
                           gopm_register *records, size_t stride, size_t capacity);

#endif
