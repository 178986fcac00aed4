/* The core's DWARF, made on first need under the core's dwarf_lock. */
#ifndef GOPM_API_DWARF_HANDLE_H
#define GOPM_API_DWARF_HANDLE_H

#include "api/handle.h"

/* Releases the DWARF of a core that nobody else holds; nothing where none was made. */
void gopm__core_dwarf_close(gopm_core *core);

#endif
