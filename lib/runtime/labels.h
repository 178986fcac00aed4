/* SPDX-License-Identifier: Apache-2.0 */
/* pprof labels of a goroutine. Source: runtime/pprof/label.go, internal/runtime/pprof/label. */
#ifndef GOPM_RUNTIME_LABELS_H
#define GOPM_RUNTIME_LABELS_H

#include "runtime/g.h"

/* Fills up to `capacity` labels. Returns how many there are; 0 with a finding if they are damaged. */
size_t gopm__labels(struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, gopm_label *out,
                    size_t capacity);

#endif
