/* SPDX-License-Identifier: Apache-2.0 */
/* Prints as JSON what the library finds of who retains what in a heap, before any text is made: for retained.py. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/handle.h"
#include "export/heap_path.h"
#include "heap/ownership.h"
#include "heap/referrer.h"
#include "heap/retained_type.h"
#include "heap/suspect.h"
#include "runtime/g.h"

static const char *const kinds[GOPM__HOLDER_KINDS] = {"variable", "goroutine", "timer",  "finalizer",
                                                      "cleanup",  "weak",      "runtime"};

static void print_string(gopm_str text)
{
	(void)printf("\"");
	for (size_t i = 0; i < text.size; i++) {
		const unsigned char c = (unsigned char)text.data[i];
		(void)printf(c == '"' || c == '\\' || c < ' ' ? "\\u%04x" : "%c", c);
	}
	(void)printf("\"");
}

static void print_function(const struct gopm__heap *heap, uint64_t entry)
{
	const struct gopm__symtab *symtab = &heap->program->symtab;
	struct gopm__func func;
	const bool found = gopm__func_find(symtab->modules, symtab->module_count, entry, &func);

	print_string(found ? gopm__func_name(func.module, func.name) : (gopm_str){0});
}

static void print_holder(struct gopm__ownership *o, size_t i)
{
	const struct gopm__holder *h = &o->holders.list[i];
	const struct gopm__holder_group *group = &o->holders.groups[h->group];
	struct gopm__reader reader = gopm__reader(&o->heap->program->file.memory);
	struct gopm__root_variable variable;
	struct gopm__g g;
	uint64_t id = 0;

	(void)printf("\"name\": ");
	if (group->kind == GOPM__HOLDER_VARIABLE && gopm__root_variable(o->holders.names, h->key, &variable)) {
		if (variable.name.size != 0) {
			print_string(variable.name);
		} else {
			(void)printf("\"%s+0x%" PRIx64 "\"", variable.section, variable.offset);
		}
	} else if (group->key != 0) {
		print_function(o->heap, group->key);
		if (group->kind == GOPM__HOLDER_GOROUTINE &&
		    gopm__g_read(&o->heap->program->runtime, &reader, h->key, &g)) {
			id = g.id;
		}
	} else {
		(void)printf("\"\"");
	}
	(void)printf(", \"id\": %" PRIu64 ", \"address\": %" PRIu64, id, h->key);
}

static void print_node(struct gopm__ownership *o, uint32_t node, const char *kind)
{
	(void)printf(", \"kind\": \"%s\", \"objects\": %" PRIu32 ", \"bytes\": %" PRIu64 "}", kind,
	             o->retained.objects[node], gopm__retained_bytes(&o->retained, node));
}

/* The type of an object, as far as it is known. */
static void print_type(const struct gopm__heap *heap, uint32_t slot)
{
	const struct gopm__object_type *type = &heap->types.list[gopm__typed_type(heap->typed[slot])];

	if (type->key_kind == GOPM__KEY_CLOSURE) {
		print_function(heap, type->key);
	} else {
		print_string(gopm__runtime_type_name(&heap->program->runtime, type->key));
	}
}

/* The largest nodes at the top of the dominator tree that are no holders, and their largest children. */
static void print_top(struct gopm__ownership *o)
{
	struct gopm__retained_children top;
	uint32_t nodes[64] = {o->graph.root};
	size_t count = 1;

	(void)printf("],\n\"top\": [");
	if (gopm__retained_children(&o->retained, nodes, count, 64, &top) != GOPM_OK) {
		return;
	}
	for (size_t i = 0; i < top.count; i++) {
		const uint32_t node = top.list[i].node;
		(void)printf("%s\n{\"node\": %" PRIu32 ", \"name\": ", i != 0 ? "," : "", node);
		if (node < o->graph.first_holder) {
			print_type(o->heap, node);
		} else {
			print_string((gopm_str){0});
		}
		print_node(o, node, "");
	}
	free(top.list);
	free(top.left_out);
}

/* The name of a node: a holder, a group, or the type of an object. */
static void print_node_name(struct gopm__ownership *o, uint32_t node)
{
	struct gopm__text text = {0};

	if (node < o->graph.first_holder) {
		print_type(o->heap, node);
	} else if (node < o->graph.first_group) {
		gopm__holder_text(&text, &o->holders, node - o->graph.first_holder);
		print_string((gopm_str){text.data, text.size});
	} else if (node < o->graph.first_kind) {
		print_function(o->heap, o->holders.groups[node - o->graph.first_group].key);
	} else {
		print_string((gopm_str){0});
	}
	gopm__text_free(&text);
}

static void print_typed(const struct gopm__heap *heap, uint32_t typed)
{
	const struct gopm__object_type *type = &heap->types.list[gopm__typed_type(typed)];

	print_string(type->key_kind == GOPM__KEY_DESCRIPTOR
	                 ? gopm__runtime_type_name(&heap->program->runtime, type->key)
	                 : (gopm_str){0});
}

static void print_suspects(struct gopm__ownership *o)
{
	struct gopm__suspect *list;
	size_t count;

	(void)printf("],\n\"suspects\": [");
	if (gopm__suspects(o, 10, &list, &count) != GOPM_OK) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		(void)printf("%s\n{\"kind\": %u, \"name\": ", i != 0 ? "," : "", list[i].kind);
		print_node_name(o, list[i].node);
		(void)printf(", \"bytes\": %" PRIu64 ", \"instances\": %" PRIu64 ", \"point\": ", list[i].bytes,
		             list[i].instances);
		print_node_name(o, list[i].point == GOPM__NO_NODE ? o->graph.root : list[i].point);
		(void)printf(", \"point_bytes\": %" PRIu64 ", \"child\": ", list[i].point_bytes);
		print_typed(o->heap, list[i].child_typed);
		(void)printf(", \"child_objects\": %" PRIu64 ", \"child_bytes\": %" PRIu64 "}", list[i].child_objects,
		             list[i].child_bytes);
	}
	free(list);
}

static void print_types(struct gopm__ownership *o)
{
	struct gopm__retained_type *rows;
	size_t count;

	(void)printf("],\n\"types\": [");
	if (gopm__retained_by_type(o, &rows, &count) != GOPM_OK) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		(void)printf("%s\n{\"type\": ", i != 0 ? "," : "");
		print_typed(o->heap, rows[i].typed);
		(void)printf(", \"form\": %u, \"instances\": %" PRIu64 ", \"own\": %" PRIu64 ", \"objects\": %" PRIu64
		             ", \"bytes\": %" PRIu64 "}",
		             gopm__typed_form(rows[i].typed), rows[i].instances, rows[i].own_bytes, rows[i].objects,
		             rows[i].bytes);
	}
	free(rows);
}

/* The path to each address, and the number of its referrers. */
static void print_paths(struct gopm__ownership *o, char **addresses, int count)
{
	struct gopm__paths paths;
	struct gopm__referrers referrers;

	(void)printf("],\n\"paths\": [");
	if (count == 0 || gopm__paths_open(&paths, &o->graph) != GOPM_OK) {
		return;
	}
	for (int i = 0; i < count; i++) {
		const struct gopm__slots *span;
		const uint32_t slot = gopm__index_object(&o->heap->index, strtoull(addresses[i], NULL, 0), &span);
		struct gopm__path path;
		struct gopm__text text = {0};
		(void)printf("%s\n{\"text\": ", i != 0 ? "," : "");
		const clock_t begin = clock();
		if (slot == GOPM__NO_SLOT || gopm__paths_find(&paths, slot, &path) != GOPM_OK ||
		    gopm__referrers(o->heap, slot, 100, &referrers) != GOPM_OK) {
			(void)printf("null}");
			continue;
		}
		(void)fprintf(stderr, "path and referrers %.3f s\n", (double)(clock() - begin) / CLOCKS_PER_SEC);
		gopm__heap_path_text(&text, &o->holders, &path);
		print_string((gopm_str){text.data, text.size});
		(void)printf(", \"steps\": %zu, \"referrers\": %zu, \"left_out\": %" PRIu64 "}", path.count,
		             referrers.count, referrers.left_out);
		gopm__text_free(&text);
		gopm__path_free(&path);
		free(referrers.list);
	}
	gopm__paths_close(&paths);
}

static void print_anonymous(const char *what)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, "RssAnon", 7) == 0) {
			(void)fprintf(stderr, "%s: %s", what, line);
		}
	}
	if (f != NULL) {
		(void)fclose(f);
	}
}

static int32_t watch_memory(void *user_data, uint32_t phase, uint64_t done, uint64_t total)
{
	(void)user_data;
	(void)phase;
	(void)total;
	if (done % (1 << 20) == 0) {
		print_anonymous("progress");
	}
	return 0;
}

int main(int argc, char **argv)
{
	gopm_core_options options;
	gopm_core *core;
	gopm_error *err;
	static struct gopm__heap heap;
	static struct gopm__ownership o;
	struct gopm__progress progress = {getenv("GOPM_WATCH") != NULL ? watch_memory : NULL, NULL};

	gopm_core_options_init(&options, sizeof options);
	options.core_path = argv[1];
	options.exe_path = argc > 2 ? argv[2] : NULL;
	options.flags |= GOPM_OPEN_MAP;
	if (gopm_core_open(&options, &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	const clock_t begin = clock();
	gopm_status status = gopm__heap_open(&heap, core->program, &progress);
	const clock_t marked = clock();
	print_anonymous("marked");
	if (status == GOPM_OK) {
		status = gopm__ownership_open(&o, &heap);
		status = status == GOPM_OK ? gopm__ownership_weigh(&o) : status;
	}
	if (status != GOPM_OK) {
		(void)fprintf(stderr, "status %d\n", status);
		return 1;
	}
	const clock_t end = clock();
	print_anonymous("done");
	(void)fprintf(stderr, "mark %.3f s, retained %.3f s, core %u of %u, %zu holders, %zu targets, scans %u\n",
	              (double)(marked - begin) / CLOCKS_PER_SEC, (double)(end - marked) / CLOCKS_PER_SEC,
	              o.dominators.core, o.graph.graph.count, o.holders.count, o.holders.target_count,
	              (unsigned)o.dominators.scans);
	(void)printf("{\"live_objects\": %" PRIu64 ", \"live_bytes\": %" PRIu64 ", \"holders\": [", heap.live_objects,
	             heap.live_bytes);
	for (size_t i = 0; i < o.holders.count; i++) {
		(void)printf("%s\n{", i != 0 ? "," : "");
		print_holder(&o, i);
		print_node(&o, o.graph.first_holder + (uint32_t)i,
		           kinds[o.holders.groups[o.holders.list[i].group].kind]);
	}
	(void)printf("],\n\"groups\": [");
	for (size_t i = 0; i < o.holders.group_count; i++) {
		const struct gopm__holder_group *group = &o.holders.groups[i];
		(void)printf("%s\n{\"name\": ", i != 0 ? "," : "");
		if (group->key != 0) {
			print_function(&heap, group->key);
		} else {
			print_string(group->name);
		}
		print_node(&o, o.graph.first_group + (uint32_t)i, kinds[group->kind]);
	}
	(void)printf("],\n\"kinds\": [");
	for (uint32_t i = 0; i < GOPM__HOLDER_KINDS; i++) {
		(void)printf("%s\n{\"name\": \"\"", i != 0 ? "," : "");
		print_node(&o, o.graph.first_kind + i, kinds[i]);
	}
	print_top(&o);
	print_suspects(&o);
	print_types(&o);
	print_paths(&o, argv + 3, argc > 3 ? argc - 3 : 0);
	(void)printf("],\n\"all\": {\"name\": \"\"");
	print_node(&o, o.graph.root, "root");
	(void)printf("}\n");
	gopm__ownership_close(&o);
	gopm__heap_close(&heap);
	gopm_core_close(core);
	return 0;
}
