/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a stack: each is visited, and remembered if it points into the stack. */
#include "heap/root_stack.h"
#include "util/vector.h"

/* Pointers to the stack of one goroutine that are looked up. */
#define MAX_POINTERS ((size_t)1 << 27)

static void push_pointer(struct gopm__stack_scan *scan, uint64_t word, bool conservative)
{
	struct gopm__stack_pointers *to = conservative ? &scan->guessed : &scan->exact;

	if (to->count == MAX_POINTERS) {
		return;
	}
	if (!GOPM__VECTOR_RESERVE(to->list, to->count, to->capacity, 1)) {
		scan->roots->status = GOPM_ERR_NO_MEMORY;
		scan->roots->stopped = true;
		return;
	}
	to->list[to->count++] = word;
}

void gopm__scan_value(struct gopm__stack_scan *scan, const struct gopm__root *root)
{
	gopm__root_visit_value(scan->roots, root);
	if (root->word >= scan->g.stack_lo && root->word < scan->g.stack_hi) {
		push_pointer(scan, root->word, root->conservative);
	}
}

void gopm__scan_word(struct gopm__stack_scan *scan, struct gopm__root *root)
{
	if (gopm__root_visit_word(scan->roots, root) && root->word >= scan->g.stack_lo &&
	    root->word < scan->g.stack_hi) {
		push_pointer(scan, root->word, root->conservative);
	}
}

void gopm__scan_range(struct gopm__stack_scan *scan, const struct gopm__root *like, uint64_t from, uint64_t to)
{
	struct gopm__root root = *like;
	const uint64_t lost = scan->roots->lost;

	root.conservative = true;
	for (root.place = (from + 7) / 8 * 8; root.place < to && to - root.place >= 8; root.place += 8) {
		gopm__scan_word(scan, &root);
		if (scan->roots->stopped || scan->roots->lost != lost) {
			return;
		}
	}
}

struct gopm__root gopm__scan_frame_root(const struct gopm__stack_scan *scan)
{
	return (struct gopm__root){.kind = GOPM__ROOT_FRAME,
	                           .owner = scan->g.address,
	                           .pc = scan->walk.lookup_pc,
	                           .cfa = scan->walk.cfa,
	                           .frame = scan->frame};
}
