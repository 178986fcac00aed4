/* SPDX-License-Identifier: Apache-2.0 */
/* Stack objects: variables whose address was taken. They are alive if a live pointer points into them (runtime/
 * mgcstack.go). Pointers of exact roots come first, so that an object is read conservatively only if nothing else
 * points to it. */
#include <stdlib.h>

#include "heap/root_stack.h"
#include "util/search.h"
#include "util/vector.h"

/* Objects of one stack. */
#define MAX_OBJECTS ((size_t)1 << 24)

void gopm__scan_add_object(struct gopm__stack_scan *scan, uint64_t begin, const struct gopm__root_object *object)
{
	const uint64_t end = begin + object->size;

	/* Below sp: the frame has not made it yet. */
	if (begin < scan->walk.sp || end < begin || end > scan->g.stack_hi || object->pointers == 0) {
		return;
	}
	if (scan->object_count == MAX_OBJECTS) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(scan->objects, scan->object_count, scan->object_capacity, 1)) {
		scan->roots->status = GOPM_ERR_NO_MEMORY;
		scan->roots->stopped = true;
		return;
	}
	scan->objects[scan->object_count++] = (struct gopm__scanned_object){.begin = begin,
	                                                                    .end = end,
	                                                                    .mask = object->mask,
	                                                                    .pc = scan->walk.lookup_pc,
	                                                                    .cfa = scan->walk.cfa,
	                                                                    .first = object->first,
	                                                                    .pointers = object->pointers,
	                                                                    .frame = scan->frame,
	                                                                    .guess = object->guess};
}

static int compare_scanned_objects(const void *a, const void *b)
{
	const struct gopm__scanned_object *x = a, *y = b;
	return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Sorts the objects. They are nearly sorted, as frames are: one function's objects may not be. */
static void sort_objects(struct gopm__stack_scan *scan)
{
	for (size_t i = 1; i < scan->object_count; i++) {
		if (scan->objects[i].begin < scan->objects[i - 1].begin) {
			qsort(scan->objects, scan->object_count, sizeof *scan->objects, compare_scanned_objects);
			return;
		}
	}
}

static struct gopm__scanned_object *object_at(struct gopm__stack_scan *scan, uint64_t address)
{
	size_t i;

	GOPM__LOWER_BOUND(i, scan->object_count, scan->objects[i].begin <= address);
	return i != 0 && address < scan->objects[i - 1].end ? &scan->objects[i - 1] : NULL;
}

static void scan_object(struct gopm__stack_scan *scan, const struct gopm__scanned_object *object, bool conservative)
{
	struct gopm__root root = {.kind = GOPM__ROOT_FRAME,
	                          .owner = scan->g.address,
	                          .pc = object->pc,
	                          .cfa = object->cfa,
	                          .frame = object->frame};
	uint64_t bits = UINT64_MAX;

	root.conservative = conservative || object->guess;
	for (uint64_t word = object->first / 8; word < object->pointers / 8 && !scan->roots->stopped; word++) {
		if (word % 8 == 0 && object->mask != 0 &&
		    !gopm__read_word(&scan->roots->probe, object->mask + word / 8, 1, &bits)) {
			gopm__finding_add(scan->roots->findings, GOPM_FINDING_BAD_SYMBOLS,
			                  GOPM__AT_ADDRESS(object->mask),
			                  "the pointer mask of a stack object is not in the core: it is read "
			                  "conservatively");
			bits = UINT64_MAX;
			root.conservative = true;
		}
		if ((bits >> word % 8 & 1) != 0) {
			root.place = object->begin + word * 8;
			gopm__scan_word(scan, &root);
		}
	}
}

/* Visits the object that the pointer points into, once. */
static void follow_pointer(struct gopm__stack_scan *scan, uint64_t pointer, bool conservative)
{
	struct gopm__scanned_object *object = object_at(scan, pointer);

	if (object != NULL && !object->seen) {
		object->seen = true;
		scan_object(scan, object, conservative);
	}
}

void gopm__scan_objects(struct gopm__stack_scan *scan)
{
	sort_objects(scan);
	while (scan->object_count != 0 && !scan->roots->stopped) {
		if (scan->exact.count != 0) {
			follow_pointer(scan, scan->exact.list[--scan->exact.count], false);
		} else if (scan->guessed.count != 0) {
			follow_pointer(scan, scan->guessed.list[--scan->guessed.count], true);
		} else {
			return;
		}
	}
}
