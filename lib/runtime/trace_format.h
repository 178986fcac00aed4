/* SPDX-License-Identifier: Apache-2.0 */
/* The format of tracebacks in each Go version. Source: runtime/traceback.go of the versions named. */
#ifndef GOPM_RUNTIME_TRACE_FORMAT_H
#define GOPM_RUNTIME_TRACE_FORMAT_H

#include <stdbool.h>

struct gopm__trace_format {
	int from;            /* first Go minor version with this format */
	bool argument_info;  /* FUNCDATA_ArgInfo instead of raw words (1.17) */
	bool elides_middle;  /* "...N frames elided..." in the middle instead of at the end (1.21) */
	bool creator;        /* "in goroutine N" (1.21) */
	bool pointers;       /* gp=, m= and mp= in headers of level system (1.22) */
	bool signal_address; /* "addr=" of a deadly signal */
	bool divide_bytes;   /* "instruction bytes:" of SIGFPE, as of SIGILL */
	bool plain_labels;   /* after the bracket, quoted only if necessary (1.27) */
	/* Liveness of arguments is taken at the outermost inlined call, not at the frame's pc (until 1.20). */
	bool arguments_at_parent;
};

/* The format of Go 1.`minor`. If that is 0, unknown: the newest format. Static. */
const struct gopm__trace_format *gopm__trace_format(int minor);

#endif
