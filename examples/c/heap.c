/* SPDX-License-Identifier: Apache-2.0 */
/* What fills the heap, and who holds it? cc heap.c $(pkg-config --cflags --libs gopm) && ./a.out CORE [EXE] */
#include <gopm/gopm.h>
#include <stdio.h>
#include <stdlib.h>
#define STR(s) (int)(s).size, (s).data
static void check(gopm_status status, gopm_error *err)
{
	if (status < 0 || status == GOPM_NOT_FOUND) {
		fprintf(stderr, "heap: %s\n", err != NULL ? gopm_error_message(err) : gopm_status_text(status));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static const char *const forms[] = {"unknown", "", "[]", "bytes", "tiny ", "", "", "buffer ", "func "};
	gopm_error *err = NULL;
	gopm_core *core;
	gopm_heap *heap;
	gopm_heap_type_iter *types;
	gopm_heap_type t[10];
	gopm_heap_node_iter *nodes;
	gopm_heap_node n[10];
	size_t got;
	if (argc < 2) {
		return 2;
	}
	check(gopm_core_open_path(argv[1], argc > 2 ? argv[2] : NULL, &core, &err), err);
	check(gopm_heap_open(core, NULL, &heap, &err), err);
	check(gopm_heap_type_iter_open(heap, NULL, &types, &err), err);
	check(gopm_heap_type_iter_next(types, t, sizeof t[0], 10, &got), NULL);
	for (size_t i = 0; i < got; i++) {
		printf("%12llu bytes %8llu objects %s%.*s\n", (unsigned long long)t[i].bytes,
		       (unsigned long long)t[i].objects, t[i].form < 9 ? forms[t[i].form] : "", STR(t[i].type));
	}
	gopm_heap_type_iter_free(types);
	check(gopm_heap_node_iter_open(heap, GOPM_HEAP_BY_HOLDER, NULL, &nodes, &err), err);
	check(gopm_heap_node_iter_next(nodes, n, sizeof n[0], 10, &got), NULL);
	for (size_t i = 0; i < got; i++) {
		printf("%12llu bytes are retained by %.*s\n", (unsigned long long)n[i].bytes, STR(n[i].name));
	}
	gopm_heap_node_iter_free(nodes);
	gopm_heap_close(heap);
	gopm_core_close(core);
}
