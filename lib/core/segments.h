/* SPDX-License-Identifier: Apache-2.0 */
/* Damage of a core's program headers. */
#ifndef GOPM_CORE_SEGMENTS_H
#define GOPM_CORE_SEGMENTS_H

#include "core/elf.h"
#include "util/finding.h"

/* Adds a finding for each program header that breaks a rule that nearly all others keep. */
void gopm__segments_check(const struct gopm__elf *elf, const struct gopm__source *source,
                          struct gopm__findings *findings);

#endif
