/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of conditions. */
#ifndef GOPM_WHY_FINDING_CONDITION_H
#define GOPM_WHY_FINDING_CONDITION_H

#include "why/condition.h"
#include "why/finding.h"

/* Adds a finding for each condition, and sorts all. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__add_conditions(struct gopm__findings_of_why *findings, const struct gopm__conditions *conditions);

#endif
