/* SPDX-License-Identifier: Apache-2.0 */
/* What a traceback looks like in each Go version: data. Source: runtime/traceback.go of the versions named. */
#ifndef GOPM_RUNTIME_TRACE_FORMAT_H
#define GOPM_RUNTIME_TRACE_FORMAT_H

#include <stdbool.h>

struct gopm__trace_format {
	int from;           /* first Go minor version that prints so */
	bool argument_info; /* FUNCDATA_ArgInfo instead of raw words (1.17) */
	bool elides_middle; /* "...N frames elided..." in the middle instead of at the end (1.21) */
	bool creator;       /* "in goroutine N" (1.21) */
	bool pointers;      /* gp=, m= and mp= in headers of level system (1.22) */
	bool plain_labels;  /* behind the bracket, quoted only where they must be (1.27) */
	/* Liveness of arguments is that of the outermost inlined call, not of the frame's pc (until 1.20). */
	bool arguments_at_parent;
};

/* The format of Go 1.`minor`; 0: unknown, taken for the newest. */
const struct gopm__trace_format *gopm__trace_format(int minor);

#endif
