/* SPDX-License-Identifier: Apache-2.0 */
/* Changes DWARF. Reads the variables of frames and their values, through the libdwarf that is installed. */
#include "fuzz/fuzz.h"
#include "fuzz/patched.h"

static void read_all(gopm_core *core)
{
	patched_read_stacks(core, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	patched_run(PATCH_DWARF, 0, read_all, data, size);
	return 0;
}
