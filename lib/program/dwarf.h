/* SPDX-License-Identifier: Apache-2.0 */
/* The core's DWARF, made on first need under the core's dwarf_lock. */
#ifndef GOPM_API_DWARF_HANDLE_H
#define GOPM_API_DWARF_HANDLE_H

#include "api/handle.h"

/* The DWARF of the core's executable; the caller holds dwarf_lock.
 * @return GOPM_OK; GOPM_ERR_NO_DWARF (also where an open flag left it out); what gopm__dwarf_open() says. */
gopm_status gopm__core_dwarf(gopm_core *core, struct gopm__dwarf **out, gopm_error **err);

/* The same, but where there is no DWARF that can be read, one of type descriptors alone.
 * @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__core_types(gopm_core *core, struct gopm__dwarf **out, gopm_error **err);

/* Releases the DWARF of a core that nobody else holds; nothing where none was made. */
void gopm__core_dwarf_close(gopm_core *core);

#endif
