/* SPDX-License-Identifier: Apache-2.0 */
/* Changes memory and tables of a process whose executable has no symbols and no sections. The search by structure must
 * end, and must not find anything false. */
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
