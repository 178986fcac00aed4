/* SPDX-License-Identifier: Apache-2.0 */
/* A graph of numbered nodes, which tells the successors of a node. */
#ifndef GOPM_HEAP_GRAPH_H
#define GOPM_HEAP_GRAPH_H

#include <stdint.h>

#define GOPM__GRAPH_BATCH 64u
#define GOPM__NO_NODE UINT32_MAX

struct gopm__graph {
	/* Nodes are [0, count); the last is the root. */
	uint32_t count;
	/* Starts with the successors of a node. */
	void (*begin)(void *user_data, uint32_t node);
	/* Writes the next successors to `to`, at most GOPM__GRAPH_BATCH of them, and returns how many. 0: no more. */
	uint32_t (*next)(void *user_data, uint32_t *to);
	void *user_data;
};

#endif
