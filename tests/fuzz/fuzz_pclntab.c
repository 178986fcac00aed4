/* SPDX-License-Identifier: Apache-2.0 */
/* Changes pclntab, funcdata and type descriptors. */
#include "fuzz/fuzz.h"
#include "fuzz/patched.h"

static void read_all(gopm_core *core)
{
	patched_read_goroutines(core);
	patched_read_stacks(core, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	patched_run(PATCH_CODE, GOPM_OPEN_NO_DWARF, read_all, data, size);
	return 0;
}
