/* SPDX-License-Identifier: Apache-2.0 */
/* The wait graph for Graphviz: goroutines are boxes, objects are ellipses. */
#include <stdlib.h>

#include "object_print.h"
#include "output.h"
#include "why.h"

/* Prints a string of the program inside the quotes of a label. */
static void dot_text(gopm_str str)
{
	size_t begin = 0;

	for (size_t i = 0; i <= str.size; i++) {
		if (i == str.size || str.data[i] == '"' || str.data[i] == '\\') {
			output_str((gopm_str){str.data + begin, i - begin});
			output_string(i < str.size ? "\\" : "");
			begin = i;
		}
	}
}

static void print_objects(gopm_why *why, size_t finding, size_t count)
{
	gopm_object *objects = why_array(count, sizeof *objects);
	size_t got = 0;

	if (objects != NULL && gopm_why_objects(why, finding, objects, sizeof *objects, count, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			output_printf("    \"%zu.o%zu\" [shape=ellipse label=\"", finding, i);
			if (objects[i].type.size != 0) {
				dot_text(objects[i].type);
			} else {
				output_string(object_kind_name(objects[i].kind));
			}
			if (objects[i].in.size != 0) {
				output_text("\\n");
				dot_text(objects[i].in);
			}
			output_text("\"];\n");
		}
	}
	free(objects);
}

static void print_targets(gopm_why *why, size_t finding, size_t edge, const gopm_why_edge *record)
{
	uint64_t *ids = why_array((size_t)record->targets, sizeof *ids);
	size_t count = 0;

	if (ids != NULL && gopm_why_edge_targets(why, finding, edge, ids, (size_t)record->targets, &count) == GOPM_OK) {
		for (size_t i = 0; i < count; i++) {
			output_printf("    \"%zu.o%llu\" -> \"g%llu\" [label=\"%s\"%s];\n", finding,
			              (unsigned long long)record->object, (unsigned long long)ids[i],
			              why_edge_name(record->how),
			              record->certainty < GOPM_CERTAINTY_CERTAIN ? " style=dashed" : "");
		}
	}
	free(ids);
}

static void print_edges(gopm_why *why, size_t finding, size_t count)
{
	gopm_why_edge *edges = why_array(count, sizeof *edges);
	size_t got = 0;

	if (edges != NULL && gopm_why_edges(why, finding, edges, sizeof *edges, count, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			output_printf("    \"g%llu\" -> \"%zu.o%llu\" [label=\"%llu\"];\n",
			              (unsigned long long)edges[i].from, finding, (unsigned long long)edges[i].object,
			              (unsigned long long)edges[i].waiters);
			print_targets(why, finding, i, &edges[i]);
		}
	}
	free(edges);
}

/* Goroutines to blame are filled. */
static void print_blamed(gopm_why *why, size_t finding, size_t count)
{
	gopm_why_waiter *people = why_array(count, sizeof *people);
	size_t got = 0;

	if (people != NULL && gopm_why_blamed(why, finding, people, sizeof *people, count, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			output_printf("    \"g%llu\" [style=filled fillcolor=lightgrey];\n",
			              (unsigned long long)people[i].id);
		}
	}
	free(people);
}

void why_print_dot(gopm_why *why, size_t limit)
{
	gopm_why_info info = {.struct_size = sizeof info};
	size_t count = 0;

	(void)gopm_why_get_info(why, &info);
	gopm_why_finding *findings = why_array((size_t)info.findings, sizeof *findings);
	output_text("digraph why {\n  node [shape=box];\n");
	if (findings != NULL &&
	    gopm_why_findings(why, findings, sizeof *findings, (size_t)info.findings, &count) == GOPM_OK) {
		for (size_t i = 0; i < count && i < limit; i++) {
			output_printf("  subgraph cluster%zu {\n    label=\"%s, %s\";\n", i,
			              why_verdict_name(findings[i].verdict), why_certainty_name(findings[i].certainty));
			print_objects(why, i, (size_t)findings[i].objects);
			print_blamed(why, i, (size_t)findings[i].blamed);
			print_edges(why, i, (size_t)findings[i].edges);
			output_text("  }\n");
		}
	}
	output_text("}\n");
	free(findings);
}
