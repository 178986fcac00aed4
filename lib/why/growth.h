/* SPDX-License-Identifier: Apache-2.0 */
/* Leaks that grow: goroutines of one birthplace, each on channels of its own, that were not started together. */
#ifndef GOPM_WHY_GROWTH_H
#define GOPM_WHY_GROWTH_H

#include "why/leak.h"

/* Adds a finding for each group of suspects that grows. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__add_growth(struct gopm__why *why, const struct gopm__leaks *leaks);

#endif
