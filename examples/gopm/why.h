/* SPDX-License-Identifier: Apache-2.0 */
/* gopm why and gopm leaks: what they share. */
#ifndef GOPM_COMMAND_WHY_H
#define GOPM_COMMAND_WHY_H

#include "command.h"

/* The words of the JSON, by the library's constants. */
const char *why_verdict_name(uint32_t verdict);
const char *why_certainty_name(uint32_t certainty);
const char *why_basis_name(uint32_t basis);
const char *why_pattern_name(uint32_t pattern);
const char *why_edge_name(uint32_t how);

/* Opens the analysis, with progress. Returns -1 to continue, else the exit code. */
int why_analyze(struct session *session, uint32_t flags, gopm_why **why);

/* Prints ["defer",...], or "defer, ...". */
void why_json_evidence(uint32_t evidence);
void why_text_evidence(uint32_t evidence);

/* The array of a call that fills `count` records; NULL: none, or out of memory. */
void *why_array(size_t count, size_t size);

/* Prints the chain of waits from a goroutine on. Returns the exit code. */
int why_print_chain(gopm_core *core, gopm_why *why, uint64_t goroutine, bool json);

/* Prints findings as a graph for Graphviz. */
void why_print_dot(gopm_why *why, size_t limit);

/* Prints {"result":{...}} with all findings. */
void why_print_json(gopm_why *why, size_t limit);

#endif
