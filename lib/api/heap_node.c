/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "api/first_release.h"
#include "api/heap.h"
#include "api/sized.h"
#include "export/heap_path.h"
#include "heap/birth.h"
#include "heap/retained_type.h"
#include "unwind/locate.h"
#include "util/allocate.h"

/* GOPM_HEAP_NODE_* of holders. */
static const uint8_t node_kinds[GOPM__HOLDER_KINDS] = {
    [GOPM__HOLDER_VARIABLE] = GOPM_HEAP_NODE_VARIABLE, [GOPM__HOLDER_GOROUTINE] = GOPM_HEAP_NODE_GOROUTINE,
    [GOPM__HOLDER_TIMER] = GOPM_HEAP_NODE_TIMER,       [GOPM__HOLDER_FINALIZER] = GOPM_HEAP_NODE_FINALIZER,
    [GOPM__HOLDER_CLEANUP] = GOPM_HEAP_NODE_CLEANUP,   [GOPM__HOLDER_WEAK] = GOPM_HEAP_NODE_WEAK,
    [GOPM__HOLDER_RUNTIME] = GOPM_HEAP_NODE_RUNTIME,
};

static const char *const kind_names[GOPM__HOLDER_KINDS] = {
    [GOPM__HOLDER_VARIABLE] = "variables", [GOPM__HOLDER_GOROUTINE] = "goroutines",
    [GOPM__HOLDER_TIMER] = "timers",       [GOPM__HOLDER_FINALIZER] = "finalizers",
    [GOPM__HOLDER_CLEANUP] = "cleanups",   [GOPM__HOLDER_WEAK] = "weak pointers",
    [GOPM__HOLDER_RUNTIME] = "runtime",
};

struct gopm_heap_node_iter {
	gopm_heap *heap;
	uint32_t by;
	uint32_t *nodes;                   /* of the graph, sorted */
	struct gopm__retained_type *types; /* BY_TYPE */
	struct gopm__birth *births;        /* BY_BIRTH */
	size_t next, count;
	struct gopm__arena arena; /* names */
};

static gopm_status fail_own(gopm_status status, gopm_error **err)
{
	switch (status) {
	case GOPM_OK:
		return status;
	case GOPM_ERR_CANCELLED:
		return gopm__fail_cancelled(err);
	case GOPM_ERR_LIMIT:
		return gopm__fail(err, status, GOPM__NOWHERE, "the heap has too many objects for a dominator tree");
	default:
		return gopm__fail_memory(err);
	}
}

gopm_status gopm__heap_hold(gopm_heap *heap, gopm_error **err)
{
	if (heap->ownership != NULL) {
		return GOPM_OK;
	}
	struct gopm__ownership *ownership = gopm__calloc(1, sizeof *ownership);
	if (ownership == NULL) {
		return gopm__fail_memory(err);
	}
	const gopm_status status = gopm__ownership_open(ownership, &heap->heap);
	if (status == GOPM_OK) {
		heap->ownership = ownership;
	} else {
		free(ownership);
	}
	return fail_own(status, err);
}

gopm_status gopm__heap_own(gopm_heap *heap, const gopm_heap_options *options, gopm_error **err)
{
	heap->heap.progress = (struct gopm__progress){options->progress, options->progress_user_data};
	gopm_status status = gopm__heap_hold(heap, err);
	if (status == GOPM_OK) {
		status = fail_own(gopm__ownership_weigh(heap->ownership), err);
	}
	heap->heap.progress = (struct gopm__progress){0};
	return status;
}

/* The name of a group: of a function, package or section. */
static void add_group_name(struct gopm__text *text, gopm_heap *heap, const struct gopm__holder_group *group)
{
	const struct gopm__pcinfo *info =
	    group->key != 0 ? gopm__symtab_pc(&heap->core->program->symtab, group->key) : NULL;

	if (info != NULL && info->known) {
		const gopm_str name = info->calls[info->call_count - 1].function;
		gopm__text_add(text, name.data, name.size);
	} else if (group->name.size != 0) {
		gopm__text_add(text, group->name.data, group->name.size);
	} else {
		gopm__text_str(text, kind_names[group->kind]);
	}
}

static void fill_object(gopm_heap *heap, uint32_t slot, gopm_heap_node *out)
{
	const struct gopm__slots *span = gopm__object_graph_span(&heap->ownership->graph, slot);
	const uint32_t typed = heap->heap.typed[slot];

	out->kind = GOPM_HEAP_NODE_OBJECT;
	out->name = gopm__heap_type_name(heap, gopm__typed_type(typed));
	out->form = gopm__heap_public_form(gopm__typed_form(typed));
	out->address = gopm__object_address(span, slot);
	out->own_bytes = span->size;
}

gopm_heap_node gopm__heap_node(gopm_heap *heap, uint32_t node, struct gopm__arena *arena)
{
	const struct gopm__ownership *o = heap->ownership;
	const struct gopm__object_graph *graph = &o->graph;
	struct gopm__text text = {0};
	gopm_heap_node out = {.id = node,
	                      .objects = o->retained.objects[node],
	                      .bytes = gopm__retained_bytes(&o->retained, node),
	                      .instances = 1};

	if (node < graph->first_holder) {
		fill_object(heap, node, &out);
		return out;
	}
	if (node == graph->root) {
		out.name = (gopm_str){"all", 3};
		return out;
	}
	if (node >= graph->first_kind) {
		const char *name = kind_names[node - graph->first_kind];
		out.kind = GOPM_HEAP_NODE_KIND;
		out.name = (gopm_str){name, strlen(name)};
		return out;
	}
	if (node >= graph->first_group) {
		out.kind = GOPM_HEAP_NODE_GROUP;
		add_group_name(&text, heap, &o->holders.groups[node - graph->first_group]);
	} else {
		const struct gopm__holder *holder = &o->holders.list[node - graph->first_holder];
		out.kind = node_kinds[o->holders.groups[holder->group].kind];
		out.address = holder->key;
		gopm__holder_text(&text, &o->holders, node - graph->first_holder);
	}
	out.name = gopm__heap_text(arena, &text);
	return out;
}

/* True if the list `by` has the node. */
static bool is_listed(const struct gopm__ownership *o, uint32_t node, uint32_t by)
{
	const struct gopm__object_graph *graph = &o->graph;
	const bool group = node >= graph->first_group;
	const uint8_t kind = group ? o->holders.groups[node - graph->first_group].kind
	                           : o->holders.groups[o->holders.list[node - graph->first_holder].group].kind;

	switch (by) {
	case GOPM_HEAP_BY_HOLDER:
		return !group;
	case GOPM_HEAP_BY_VARIABLE:
		return !group && kind == GOPM__HOLDER_VARIABLE;
	case GOPM_HEAP_BY_GOROUTINE:
		return !group && kind == GOPM__HOLDER_GOROUTINE;
	case GOPM_HEAP_BY_START:
		return group && kind == GOPM__HOLDER_GOROUTINE;
	default:
		return group && kind == GOPM__HOLDER_VARIABLE;
	}
}

struct sorted_node {
	uint64_t bytes;
	uint32_t node;
};

static int compare_nodes(const void *a, const void *b)
{
	const struct sorted_node *x = a, *y = b;

	if (x->bytes != y->bytes) {
		return x->bytes < y->bytes ? 1 : -1;
	}
	return (x->node > y->node) - (x->node < y->node);
}

static gopm_status list_nodes(gopm_heap_node_iter *it)
{
	const struct gopm__ownership *o = it->heap->ownership;
	const uint32_t first = o->graph.first_holder, end = o->graph.first_kind;
	struct sorted_node *sorted = gopm__calloc((size_t)(end - first) + 1, sizeof *sorted);

	it->nodes = gopm__calloc((size_t)(end - first) + 1, sizeof *it->nodes);
	if (sorted == NULL || it->nodes == NULL) {
		free(sorted);
		return GOPM_ERR_NO_MEMORY;
	}
	for (uint32_t node = first; node < end; node++) {
		if (o->retained.objects[node] != 0 && is_listed(o, node, it->by)) {
			sorted[it->count++] = (struct sorted_node){gopm__retained_bytes(&o->retained, node), node};
		}
	}
	if (it->count != 0) {
		qsort(sorted, it->count, sizeof *sorted, compare_nodes);
	}
	for (size_t i = 0; i < it->count; i++) {
		it->nodes[i] = sorted[i].node;
	}
	free(sorted);
	return GOPM_OK;
}

gopm_status gopm_heap_node_iter_open(gopm_heap *heap, uint32_t by, const gopm_heap_options *options,
                                     gopm_heap_node_iter **out, gopm_error **err)
{
	gopm_heap_options checked;
	gopm_status status;

	if (out == NULL) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = NULL;
	gopm_heap_node_iter *it = gopm__heap_iter_new(heap, sizeof *it, &status, err);
	if (it == NULL) {
		return status;
	}
	const uint64_t begun = gopm__call_begin();
	it->by = by;
	status = by <= GOPM_HEAP_BY_BIRTH
	             ? gopm__heap_options(options, &checked, err)
	             : gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "by must be one of GOPM_HEAP_BY_*");
	(void)pthread_mutex_lock(&heap->lock);
	if (status == GOPM_OK) {
		status = gopm__heap_own(heap, &checked, err);
	}
	if (status == GOPM_OK) {
		status = by == GOPM_HEAP_BY_TYPE    ? gopm__retained_by_type(heap->ownership, &it->types, &it->count)
		         : by == GOPM_HEAP_BY_BIRTH ? gopm__births(heap->ownership, &it->births, &it->count)
		                                    : list_nodes(it);
	}
	(void)pthread_mutex_unlock(&heap->lock);
	status = gopm__call_result(begun, status, err);
	if (status != GOPM_OK) {
		gopm_heap_node_iter_free(it);
		return status;
	}
	*out = it;
	return GOPM_OK;
}

static gopm_heap_node type_node(gopm_heap *heap, const struct gopm__retained_type *type)
{
	return (gopm_heap_node){
	    .id = UINT64_MAX,
	    .kind = GOPM_HEAP_NODE_TYPE,
	    .name = gopm__heap_type_name(heap, gopm__typed_type(type->typed)),
	    .form = gopm__heap_public_form(gopm__typed_form(type->typed)),
	    .objects = type->objects,
	    .bytes = type->bytes,
	    .own_bytes = type->own_bytes,
	    .instances = type->instances,
	};
}

/* Adds where a `go` statement is: the function, and the last two parts of the file's name. */
static void add_go_statement(struct gopm__text *text, gopm_heap *heap, uint64_t pc)
{
	const struct gopm__g g = {.gopc = pc};
	struct gopm__place_in_code place;

	gopm__locate_go(&heap->core->program->runtime, &g, false, &place);
	const gopm_location at = gopm__place_location(&place);
	if (at.function.size == 0) {
		return;
	}
	gopm__text_str(text, " started by ");
	gopm__text_add(text, at.function.data, at.function.size);
	size_t begin = at.file.size;
	for (unsigned parts = 0; begin != 0; begin--) {
		parts += at.file.data[begin - 1] == '/';
		if (parts == 2) {
			break;
		}
	}
	gopm__text_str(text, " at ");
	gopm__text_add(text, at.file.data + begin, at.file.size - begin);
	gopm__text_printf(text, ":%" PRId64, (int64_t)at.line);
}

static gopm_heap_node birth_node(gopm_heap *heap, const struct gopm__birth *birth, struct gopm__arena *arena)
{
	const struct gopm__holder_group group = {.key = birth->function, .kind = birth->kind};
	const bool exact = !birth->shared && birth->group != GOPM__NO_GROUP;
	struct gopm__text text = {0};

	if (birth->kind == GOPM__HOLDER_TIMER) {
		gopm__text_str(&text, "timers of ");
	}
	add_group_name(&text, heap, &group);
	if (birth->pc != 0) {
		add_go_statement(&text, heap, birth->pc);
	}
	return (gopm_heap_node){
	    .id = exact ? heap->ownership->graph.first_group + birth->group : UINT64_MAX,
	    .kind = GOPM_HEAP_NODE_BIRTH,
	    .name = gopm__heap_text(arena, &text),
	    .objects = birth->objects,
	    .bytes = birth->bytes,
	    .instances = birth->holders,
	};
}

static gopm_heap_node listed_node(gopm_heap_node_iter *it, size_t i)
{
	return it->types != NULL    ? type_node(it->heap, &it->types[i])
	       : it->births != NULL ? birth_node(it->heap, &it->births[i], &it->arena)
	                            : gopm__heap_node(it->heap, it->nodes[i], &it->arena);
}

gopm_status gopm_heap_node_iter_next(gopm_heap_node_iter *it, gopm_heap_node *records, size_t stride, size_t capacity,
                                     size_t *got)
{
	if (got == NULL) {
		return GOPM_ERR_ARGUMENT;
	}
	*got = 0;
	if (it == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_HEAP_NODE) {
		return GOPM_ERR_ARGUMENT;
	}
	const uint64_t begun = gopm__call_begin();
	(void)pthread_mutex_lock(&it->heap->lock);
	for (size_t next = it->next; *got < capacity && next < it->count; next++) {
		const gopm_heap_node record = listed_node(it, next);
		gopm__sized_out(gopm__sized_at(records, stride, (*got)++), stride, &record, sizeof record);
	}
	(void)pthread_mutex_unlock(&it->heap->lock);
	const gopm_status status = gopm__call_result(begun, *got != 0 ? GOPM_OK : GOPM_DONE, NULL);
	*got = status == GOPM_OK ? *got : 0;
	it->next += *got;
	return status;
}

void gopm_heap_node_iter_free(gopm_heap_node_iter *it)
{
	if (it != NULL) {
		free(it->nodes);
		free(it->types);
		free(it->births);
		gopm__arena_free(&it->arena);
		gopm__heap_release(it->heap);
		free(it);
	}
}

/* Fills the children of a node. The caller holds the lock. */
static gopm_status fill_children(gopm_heap *heap, uint64_t id, gopm_heap_node *records, size_t stride, size_t capacity,
                                 size_t *count, uint64_t *left_out)
{
	const struct gopm__ownership *o = heap->ownership;
	const uint32_t node = id == UINT64_MAX ? o->graph.root : (uint32_t)id;
	struct gopm__retained_children children;

	if (id != UINT64_MAX && (id > o->graph.root || o->retained.objects[node] == 0)) {
		return GOPM_NOT_FOUND;
	}
	const gopm_status status = gopm__retained_children(&o->retained, &node, 1, capacity, &children);
	if (status != GOPM_OK) {
		return status;
	}
	for (size_t i = 0; i < children.count && i < capacity; i++) {
		const gopm_heap_node record = gopm__heap_node(heap, children.list[i].node, &heap->arena);
		gopm__sized_out(gopm__sized_at(records, stride, (*count)++), stride, &record, sizeof record);
	}
	if (left_out != NULL) {
		*left_out = children.left_out[0];
	}
	free(children.list);
	free(children.left_out);
	return GOPM_OK;
}

gopm_status gopm_heap_node_children(gopm_heap *heap, uint64_t id, gopm_heap_node *records, size_t stride,
                                    size_t capacity, size_t *count, uint64_t *left_out, gopm_error **err)
{
	const gopm_heap_options none = {0};

	if (err != NULL) {
		*err = NULL;
	}
	if (left_out != NULL) {
		*left_out = 0;
	}
	if (heap == NULL || count == NULL || records == NULL || capacity == 0 || stride < GOPM__FIRST_HEAP_NODE) {
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE,
		                  "heap, records and count must not be NULL, and stride is the size of gopm_heap_node");
	}
	*count = 0;
	const uint64_t begun = gopm__call_begin();
	(void)pthread_mutex_lock(&heap->lock);
	gopm_status status = gopm__heap_own(heap, &none, err);
	if (status == GOPM_OK) {
		status = fill_children(heap, id, records, stride, capacity, count, left_out);
	}
	(void)pthread_mutex_unlock(&heap->lock);
	status = gopm__call_result(begun, status, err);
	*count = status == GOPM_OK ? *count : 0;
	return status;
}
