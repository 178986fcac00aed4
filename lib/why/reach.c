/* SPDX-License-Identifier: Apache-2.0 */
#include "why/reach.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/g.h"
#include "unwind/walk.h"
#include "util/allocate.h"
#include "util/search.h"
#include "util/str.h"
#include "util/vector.h"

/* Words of a thread's system stack that are read. Of a stack that C code made only an estimate of its end is known. */
#define MOST_STACK_WORDS ((uint64_t)1 << 15)

/* Frames of a thread that are looked at. */
#define MOST_FRAMES 64u

/* A weak pointer has the address of a handle, which has that of the object, hidden from the collector. */
struct gopm__weak_target {
	uint32_t handle, object; /* slots */
};

/* Marks a node, to be scanned later. False: out of memory. */
static bool mark_node(struct gopm__reach *reach, uint32_t node)
{
	if (!gopm__set_bit(reach->reached, node)) {
		return true;
	}
	if (!GOPM__VECTOR_RESERVE(reach->stack, reach->count, reach->capacity, 1)) {
		return false;
	}
	reach->stack[reach->count++] = node;
	return true;
}

/* Marks the live object that contains `address`, if any. */
static bool mark_address(struct gopm__reach *reach, uint64_t address)
{
	const struct gopm__slots *span;
	const uint32_t slot = gopm__index_object(&reach->heap->index, address, &span);

	return slot == GOPM__NO_SLOT || !gopm__bit(reach->heap->live, slot) || mark_node(reach, slot);
}

/* Marks the objects of weak pointers that have this handle. */
static bool mark_weak(struct gopm__reach *reach, uint32_t handle)
{
	size_t i;

	GOPM__LOWER_BOUND(i, reach->weak_count, reach->weaks[i].handle < handle);
	for (; i < reach->weak_count && reach->weaks[i].handle == handle; i++) {
		if (gopm__bit(reach->heap->live, reach->weaks[i].object) && !mark_node(reach, reach->weaks[i].object)) {
			return false;
		}
	}
	return true;
}

/* Marks the successors of a node. */
static bool scan_node(struct gopm__reach *reach, uint32_t node)
{
	struct gopm__graph *graph = &reach->ownership->graph.graph;
	uint32_t to[GOPM__GRAPH_BATCH];
	uint32_t count;

	graph->begin(graph->user_data, node);
	while ((count = graph->next(graph->user_data, to)) != 0) {
		for (uint32_t i = 0; i < count; i++) {
			if (!mark_node(reach, to[i])) {
				return false;
			}
		}
	}
	return mark_weak(reach, node);
}

/* Marks all that the marked nodes reach. */
static bool drain(struct gopm__reach *reach)
{
	while (reach->count != 0) {
		if (!scan_node(reach, reach->stack[--reach->count])) {
			return false;
		}
	}
	return true;
}

/* The collector takes finalizers and cleanups for roots, if it reaches their objects or not. */
static bool mark_specials(struct gopm__reach *reach)
{
	const struct gopm__special_roots *specials = &reach->heap->specials;

	for (size_t i = 0; i < specials->count; i++) {
		const struct gopm__special_root *special = &specials->list[i];
		if (special->kind != GOPM__ROOT_WEAK &&
		    !(special->contents ? scan_node(reach, special->owner) : mark_address(reach, special->word))) {
			return false;
		}
	}
	return true;
}

/* True if the thread is idle, or runs no goroutine ever: what is left in its registers and on its stack is stale.
 * Source: runtime/proc.go, stopm, sysmon, templateThread; runtime/netpoll_epoll.go, Go 1.16 to 1.27. */
static bool is_idle(const struct gopm__runtime *rt, const struct gopm__m *m)
{
	static const char *const names[] = {"runtime.stopm",
	                                    "runtime.sysmon",
	                                    "runtime.templateThread",
	                                    "runtime.epollwait",
	                                    "runtime/internal/syscall.EpollWait",
	                                    "internal/runtime/syscall.EpollWait",
	                                    "internal/runtime/syscall/linux.EpollWait"};
	struct gopm__walk walk;
	unsigned frames = 0;

	if (m->curg != 0) {
		return false;
	}
	gopm__walk_thread(&walk, rt, m->thread);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		for (uint32_t i = 0; walk.info != NULL && walk.info->known && i < walk.info->call_count; i++) {
			for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
				if (gopm__str_equal(walk.info->calls[i].symbol,
				                    (gopm_str){names[k], strlen(names[k])})) {
					return true;
				}
			}
		}
	}
	return false;
}

/* Marks what the registers of a thread, and the system stack that it is on, may point to. */
static bool mark_thread(struct gopm__reach *reach, struct gopm__reader *reader, const struct gopm__m *m)
{
	const struct gopm__runtime *rt = &reach->heap->program->runtime;
	const struct gopm__arch *arch = rt->core->arch;
	const uint64_t stacks[] = {m->g0, m->gsignal};
	const uint64_t sp = m->thread->registers.value[arch->sp];

	for (size_t i = 0; i < arch->register_count; i++) {
		if (!mark_address(reach, m->thread->registers.value[i])) {
			return false;
		}
	}
	for (size_t i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
		struct gopm__g g;
		uint64_t word;
		if (stacks[i] == 0 || !gopm__g_read(rt, reader, stacks[i], &g) || sp < g.stack_lo || sp >= g.stack_hi) {
			continue;
		}
		uint64_t at = sp & ~UINT64_C(7);
		for (uint64_t k = 0; k < MOST_STACK_WORDS && at < g.stack_hi; k++, at += 8) {
			if (gopm__read_u64(reader, at, &word) && !mark_address(reach, word)) {
				return false;
			}
		}
	}
	return true;
}

static bool mark_threads(struct gopm__reach *reach)
{
	const struct gopm__runtime *rt = &reach->heap->program->runtime;
	struct gopm__reader reader = gopm__reader(&reach->heap->program->file.memory);

	for (size_t i = 0; i < rt->m_count; i++) {
		if (rt->ms[i].thread != NULL && !is_idle(rt, &rt->ms[i]) && !mark_thread(reach, &reader, &rt->ms[i])) {
			return false;
		}
	}
	return true;
}

/* Takes the holder of a goroutine, to mark from it later. True if it was taken: it is a member's, and its first. */
static bool take_goroutine_holder(struct gopm__reach *reach, uint64_t g, uint32_t node)
{
	const uint32_t member = gopm__blocked_member(reach->blocked, g);

	if (member == GOPM__NO_INDEX || reach->holders[member] != 0) {
		return false;
	}
	reach->holders[member] = node + 1;
	return true;
}

/* Lists the holders of goroutines, and marks from all other ones. */
static bool mark_holders(struct gopm__reach *reach)
{
	const struct gopm__holders *h = &reach->ownership->holders;
	const uint32_t first = reach->ownership->graph.first_holder;

	reach->holders = gopm__calloc(reach->blocked->member_count + 1, sizeof *reach->holders);
	if (reach->holders == NULL) {
		return false;
	}
	for (size_t i = 0; i < h->count; i++) {
		const uint32_t node = first + (uint32_t)i;
		const bool later = h->groups[h->list[i].group].kind == GOPM__HOLDER_GOROUTINE &&
		                   take_goroutine_holder(reach, h->list[i].key, node);
		if (!later && (!mark_node(reach, node) || !drain(reach))) {
			return false;
		}
	}
	return true;
}

static int compare_weaks(const void *a, const void *b)
{
	const struct gopm__weak_target *x = a, *y = b;

	return x->handle < y->handle ? -1 : x->handle > y->handle;
}

static bool list_weaks(struct gopm__reach *reach)
{
	const struct gopm__special_roots *specials = &reach->heap->specials;

	reach->weaks = gopm__malloc((specials->count + 1) * sizeof *reach->weaks);
	if (reach->weaks == NULL) {
		return false;
	}
	for (size_t i = 0; i < specials->count; i++) {
		const struct gopm__special_root *special = &specials->list[i];
		const struct gopm__slots *span;
		const uint32_t handle = special->kind == GOPM__ROOT_WEAK
		                            ? gopm__index_object(&reach->heap->index, special->word, &span)
		                            : GOPM__NO_SLOT;
		if (handle != GOPM__NO_SLOT) {
			reach->weaks[reach->weak_count++] = (struct gopm__weak_target){handle, special->owner};
		}
	}
	if (reach->weak_count != 0) {
		qsort(reach->weaks, reach->weak_count, sizeof *reach->weaks, compare_weaks);
	}
	return true;
}

gopm_status gopm__reach_open(struct gopm__reach *reach, struct gopm__ownership *ownership,
                             const struct gopm__blocked *blocked)
{
	struct gopm__heap *heap = ownership->heap;

	*reach = (struct gopm__reach){
	    .heap = heap, .ownership = ownership, .blocked = blocked, .partial = heap->unread != 0};
	reach->reached = gopm__calloc((size_t)ownership->graph.graph.count / 64 + 1, sizeof *reach->reached);
	if (reach->reached == NULL || !list_weaks(reach) || !mark_holders(reach) || !mark_specials(reach) ||
	    !mark_threads(reach) || !drain(reach)) {
		gopm__reach_close(reach);
		return GOPM_ERR_NO_MEMORY;
	}
	return GOPM_OK;
}

void gopm__reach_close(struct gopm__reach *reach)
{
	free(reach->reached);
	free(reach->stack);
	free(reach->weaks);
	free(reach->named);
	free(reach->holders);
	*reach = (struct gopm__reach){0};
}

static bool name_object(void *user_data, const struct gopm__root *root)
{
	struct gopm__reach *reach = user_data;
	const uint32_t object = root->conservative ? GOPM__NO_INDEX : gopm__blocked_object(reach->blocked, root->word);

	if (object != GOPM__NO_INDEX) {
		(void)gopm__set_bit(reach->named, object);
	}
	return true;
}

gopm_status gopm__reach_variables(struct gopm__reach *reach, struct gopm__program *program,
                                  const struct gopm__blocked *blocked)
{
	const struct gopm__root_request request = {
	    .program = program, .visit = name_object, .user_data = reach, .variables_only = true};

	*reach = (struct gopm__reach){.blocked = blocked, .symtab = &program->symtab};
	reach->named = gopm__calloc(blocked->object_count / 64 + 1, sizeof *reach->named);
	const gopm_status status = reach->named != NULL ? gopm__roots_visit(&request) : GOPM_ERR_NO_MEMORY;
	if (status != GOPM_OK) {
		gopm__reach_close(reach);
	}
	return status;
}

/* True if the address is in a variable, or a variable points to the object there. */
static bool is_named(const struct gopm__reach *reach, uint64_t address)
{
	const uint32_t object = gopm__blocked_object(reach->blocked, address);

	if (object != GOPM__NO_INDEX && gopm__bit(reach->named, object)) {
		return true;
	}
	for (size_t i = 0; i < reach->symtab->module_count; i++) {
		const struct gopm__module *m = &reach->symtab->modules[i];
		if ((address >= m->data && address < m->edata) || (address >= m->bss && address < m->ebss)) {
			return true;
		}
	}
	return false;
}

bool gopm__reach_goroutine(struct gopm__reach *reach, uint64_t address)
{
	/* Without the heap, nothing is known of what it reaches. */
	const uint32_t member = reach->holders != NULL ? gopm__blocked_member(reach->blocked, address) : GOPM__NO_INDEX;
	const uint32_t holder = member != GOPM__NO_INDEX ? reach->holders[member] : 0;

	return holder == 0 || (mark_node(reach, holder - 1) && drain(reach));
}

bool gopm__reach_address(struct gopm__reach *reach, uint64_t address)
{
	return mark_address(reach, address) && drain(reach);
}

bool gopm__reach_has(const struct gopm__reach *reach, uint64_t address)
{
	const struct gopm__slots *span;

	if (reach->heap == NULL) {
		return is_named(reach, address);
	}
	const uint32_t slot = gopm__index_object(&reach->heap->index, address, &span);
	return slot == GOPM__NO_SLOT || !gopm__bit(reach->heap->live, slot) || gopm__bit(reach->reached, slot);
}
