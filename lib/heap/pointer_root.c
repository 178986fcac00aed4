/* SPDX-License-Identifier: Apache-2.0 */
/* The edge of a root (pointer_scan.h): what its variable says of its target. */
#include "heap/pointer_scan.h"
#include "heap/root.h"

/* The edge of a package variable by the code that stores into it. The length and capacity of a slice follow its pointer
 * in memory; they are taken if they can be its. */
static struct gopm__edge edge_of_stored(struct gopm__pointer_scan *scan, const struct gopm__root *root,
                                        const struct gopm__stored_type *stored)
{
	struct gopm__object_types *types = &scan->heap->types;
	struct gopm__edge edge = {.word = root->word, .to = GOPM__TO_VALUE};
	uint64_t length, capacity;

	edge.type = gopm__object_type_number(types, stored->descriptor, GOPM__KEY_DESCRIPTOR);
	if (!stored->elements) {
		return edge;
	}
	edge.to = GOPM__TO_ELEMENTS;
	edge.elems = GOPM__UNKNOWN_ELEMS;
	const uint64_t size = gopm__object_type(types, edge.type)->size;
	const struct gopm__slots *span = gopm__index_span(&scan->heap->index, root->word);
	if (span != NULL && size != 0 && gopm__read_u64(&scan->reader, root->place + 8, &length) &&
	    gopm__read_u64(&scan->reader, root->place + 16, &capacity) && length <= capacity &&
	    capacity <= gopm__object_bytes(span) / size) {
		edge.elems = capacity;
		edge.used = length;
	}
	return edge;
}

struct gopm__edge gopm__pointer_scan_root(struct gopm__pointer_scan *scan, const struct gopm__root *root)
{
	struct gopm__static_types *statics = &scan->heap->statics;
	const bool local = root->kind == GOPM__ROOT_FRAME;
	const uint64_t base = local ? root->cfa : 0;
	const struct gopm__static_type *variable = NULL;

	if (root->place != 0 && !root->conservative && (local || root->kind == GOPM__ROOT_VARIABLE)) {
		variable = local ? gopm__static_local(statics, root->pc, (int64_t)(root->place - base))
		                 : gopm__static_variable(statics, root->place);
	}
	if (variable != NULL) {
		const uint64_t begin = base + (uint64_t)variable->begin;
		if (gopm__pointer_scan_value(scan, begin, variable->type, root->place - begin) &&
		    scan->edges[0].word == root->word) {
			struct gopm__edge *edge = &scan->edges[0];
			edge->elems = variable->pointer_only ? GOPM__UNKNOWN_ELEMS : edge->elems;
			return *edge;
		}
	}
	const struct gopm__stored_type *stored = NULL;
	if (root->kind == GOPM__ROOT_VARIABLE && !root->conservative) {
		stored = gopm__stored_type(&scan->heap->stored, root->place);
	}
	if (stored != NULL) {
		return edge_of_stored(scan, root, stored);
	}
	return (struct gopm__edge){.word = root->word, .to = GOPM__TO_UNKNOWN};
}
