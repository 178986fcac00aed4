/* SPDX-License-Identifier: Apache-2.0 */
/* Call frame information by pc: finds the module, its tables and the row, and keeps it. */
#ifndef GOPM_UNWIND_NATIVE_ROW_H
#define GOPM_UNWIND_NATIVE_ROW_H

#include "unwind/native.h"

/* The row at `pc`, which is within the call: pc - 1 of a return address. NULL: there is none, or it is damaged. Lives
 * as long as `native`. */
const struct gopm__cfi_row *gopm__native_row(struct gopm__native *native, uint64_t pc);

#endif
