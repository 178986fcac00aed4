/* SPDX-License-Identifier: Apache-2.0 */
/* The language of a unit. */
#ifndef GOPM_DWARF_LANGUAGE_H
#define GOPM_DWARF_LANGUAGE_H

#include <stdint.h>

/* The GOPM_LANGUAGE_* of a DW_LANG_*. */
uint32_t gopm__dwarf_language(int64_t dwarf);

#endif
