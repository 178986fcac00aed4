/* SPDX-License-Identifier: Apache-2.0 */
/* pprof labels of a goroutine. */
#ifndef GOPM_RUNTIME_LABELS_H
#define GOPM_RUNTIME_LABELS_H

#include "runtime/g.h"

/* Fills up to `capacity` labels; returns how many there are. Damage is no labels, and a finding. */
size_t gopm__labels(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, gopm_label *out,
                    size_t capacity);

#endif
