/* SPDX-License-Identifier: Apache-2.0 */
/* What the command heap is asked for. */
#ifndef GOPM_COMMAND_HEAP_H
#define GOPM_COMMAND_HEAP_H

#include <gopm/heap.h>
#include <stdbool.h>

/* What is printed. */
enum heap_view {
	HEAP_TYPES,
	HEAP_OBJECTS,
	HEAP_RETAINED,
	HEAP_TREE,
	HEAP_PATH,
	HEAP_REFERRERS,
	HEAP_SUSPECTS,
	HEAP_WASTE,
	HEAP_CHECKS,
};

struct heap_request {
	enum heap_view view;
	gopm_heap_filter filter;
	uint64_t limit;   /* rows */
	uint32_t by;      /* GOPM_HEAP_BY_* */
	uint64_t depth;   /* of the tree */
	uint64_t address; /* of the object for HEAP_PATH and HEAP_REFERRERS; 0: the first live one of address_type */
	const char *address_type; /* glob */
	const char *diff;         /* path of an earlier core; NULL: none */
	bool json, quiet;
};

struct session;

/* heap_print.c: parts of rows. */

const char *heap_form_name(uint32_t form);
const char *heap_from_name(uint32_t from);
const char *heap_kind_name(uint32_t kind);

/* Prints a number of bytes in 9 columns: "1023 B", "9.8 KiB", "1.76 GiB"; or in as few as it needs. */
void heap_print_size(uint64_t bytes);
void heap_print_size_inline(uint64_t bytes);

/* Prints a type as a person names it. `slot_size` 0: objects of several sizes. */
void heap_print_type(gopm_str type, uint32_t form, uint32_t from, uint64_t slot_size, bool pointers);

/* heap_holders.c: the views of what holds objects. Each returns the exit code. */

int heap_retained(const struct heap_request *r, gopm_heap *heap);
int heap_tree(const struct heap_request *r, gopm_heap *heap);
int heap_path(const struct heap_request *r, gopm_heap *heap);
int heap_referrers(const struct heap_request *r, gopm_heap *heap);
int heap_suspects(const struct heap_request *r, gopm_heap *heap);

/* heap_waste.c. Returns the exit code. */
int heap_waste(const struct heap_request *r, gopm_heap *heap);

/* heap_checks.c: objects that the program should have closed. Returns the exit code. */
int heap_checks(const struct heap_request *r, struct session *session, gopm_heap *heap);

/* heap_diff.c: what has grown since r->diff. Returns the exit code. */
int heap_diff(const struct heap_request *r, const struct session *session, gopm_heap *heap);

#endif
