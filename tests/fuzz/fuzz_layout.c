/* SPDX-License-Identifier: Apache-2.0 */
/* Changed DWARF and memory where the type descriptors do not tell the layout of the runtime's structures: what is read
 * by hostile offsets and sizes must stay inside. */
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
