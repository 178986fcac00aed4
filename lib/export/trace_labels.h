/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a goroutine's header line with its labels. Source: runtime/traceback.go, goroutineheader, Go 1.26
 * and 1.27. */
#ifndef GOPM_EXPORT_TRACE_LABELS_H
#define GOPM_EXPORT_TRACE_LABELS_H

#include "runtime/labels.h"
#include "util/text.h"

/* From the bracket that closes the state to the end of the line. */
void gopm__trace_labels(const struct gopm__runtime *rt, const struct gopm__g *g, struct gopm__text *out);

#endif
