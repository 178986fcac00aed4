#include "api/dwarf_handle.h"

void gopm__core_dwarf_close(gopm_core *core)
{
	/* Nothing makes it yet: gopm_frame_vars() will. */
	core->dwarf = NULL;
}
