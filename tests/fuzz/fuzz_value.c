/* SPDX-License-Identifier: Apache-2.0 */
/* Changed memory below sound DWARF: values of every kind that point nowhere, into themselves, or at
 * lengths that cannot be. */
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
