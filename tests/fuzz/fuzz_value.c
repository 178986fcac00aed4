/* SPDX-License-Identifier: Apache-2.0 */
/* Changes memory; the DWARF is correct. Reads values of every kind: wild pointers, cycles, impossible lengths. */
#include "fuzz/fuzz.h"
#include "fuzz/patched.h"

static void read_all(gopm_core *core)
{
	patched_read_stacks(core, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	patched_run(PATCH_CORE, 0, read_all, data, size);
	return 0;
}
