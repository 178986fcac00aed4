/* SPDX-License-Identifier: Apache-2.0 */
/* Names what is wrong with a component: verdict, certainty, pattern. */
#ifndef GOPM_WHY_PATTERN_H
#define GOPM_WHY_PATTERN_H

#include <gopm/why.h>

#include "why/blame.h"

/* GOPM_VERDICT_* */
uint8_t gopm__blame_verdict(const struct gopm__blame *blame);

/* GOPM_CERTAINTY_*: that of those who are to blame, or for whom nobody is. */
uint8_t gopm__blame_certainty(const struct gopm__prospects *prospects, const struct gopm__blame *blame);

/* GOPM_PATTERN_* */
uint8_t gopm__blame_pattern(const struct gopm__ports *ports, const struct gopm__blame *blame);

#endif
