/* SPDX-License-Identifier: Apache-2.0 */
/* Changes DWARF and memory. The type descriptors do not give the layout of the runtime's structures, so that it comes
 * from the changed DWARF. Reads through its offsets and sizes must stay inside the core. */
#include "fuzz/fuzz.h"
#include "fuzz/patched.h"

static void read_all(gopm_core *core)
{
	patched_read_goroutines(core);
	patched_read_stacks(core, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	patched_run(PATCH_CORE | PATCH_DWARF | PATCH_NAMELESS, 0, read_all, data, size);
	return 0;
}
