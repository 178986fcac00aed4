/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the profiler labels of a goroutine in its header line. Source: runtime/traceback.go, goroutineheader, Go 1.26
 * and 1.27. */
#ifndef GOPM_EXPORT_TRACE_LABELS_H
#define GOPM_EXPORT_TRACE_LABELS_H

#include "runtime/labels.h"
#include "util/text.h"

/* Prints the header line from the bracket after the state to its end. */
void gopm__trace_labels(const struct gopm__runtime *rt, const struct gopm__g *g, struct gopm__text *out);

#endif
