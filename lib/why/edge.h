/* SPDX-License-Identifier: Apache-2.0 */
/* The objects and edges that a finding shows. */
#ifndef GOPM_WHY_EDGE_H
#define GOPM_WHY_EDGE_H

#include "why/finding.h"

/* Adds objects and edges of a component to the last finding: first those of the blamed goroutines and of the cycle,
 * then one for each place at which others wait for an object. False: out of memory. */
bool gopm__add_edges(struct gopm__findings_of_why *findings, const struct gopm__component *component,
                     const struct gopm__blame *blame);

#endif
