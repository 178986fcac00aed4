/* SPDX-License-Identifier: Apache-2.0 */
/* Changed memory and tables of a process whose executable has neither symbols nor sections: what is found by structure
 * must not be found wrongly, or for ever. */
#include "fuzz/fuzz.h"
#include "fuzz/patched.h"

static void read_all(gopm_core *core)
{
	patched_read_goroutines(core);
	patched_read_stacks(core, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	patched_run(PATCH_CORE | PATCH_CODE | PATCH_STRIPPED, GOPM_OPEN_NO_DWARF, read_all, data, size);
	return 0;
}
